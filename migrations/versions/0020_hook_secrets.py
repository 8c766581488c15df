"""Hooks' addresses are kept encrypted, and found by a keyed hash.

What is stored already is converted here, with the keys of the configuration, in the transaction of the migration: no
deploy is without its hook in between, and none keeps its address in plain. So it is with deploys in the trash. Marks of
gone hooks, of which only a plain hash is known, get the keyed hash of that. The way back opens everything again; a mark
whose hook no deploy has any more is lost then, since a keyed hash tells nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services import vault
from services.deploys import hooks, sealing

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BATCH = 5_000
NEW = ("hook_sealed", "hook_key", "hook_digest", "hook_masked")
HOST = r"coalesce(regexp_replace(lower(substring(hook_url from '^[^:]*://([^/?#\\]*)')), '\.?(:(80|443))?$', ''), '')"
SEALED_ANEW = "WHEN ((OLD.hook_sealed, OLD.hook_digest) IS NOT DISTINCT FROM (NEW.hook_sealed, NEW.hook_digest))"
"""A hook that is sealed under another key is the same hook: its deploy does not count as changed."""
WAITING = "status IN ('queued', 'retry_scheduled')"

Row = dict[str, Any]


def upgrade() -> None:
    keeper = vault.of_engine(op.get_bind())
    op.execute("DROP TRIGGER deploy_texts_update ON deploys; DROP TRIGGER deploys_touch ON deploys")
    for name in NEW:
        op.add_column("deploys", sa.Column(name, sa.Text(), nullable=True))
    op.execute("ALTER TABLE deploys ALTER COLUMN host DROP EXPRESSION")
    _fill(("hook_url",), NEW, lambda row: sealing.columns_of(keeper, row["hook_url"])._asdict())
    for name in (*NEW, "host"):
        op.alter_column("deploys", name, nullable=False)
    op.drop_column("deploys", "hook_url")
    op.create_index("ix_deploys_hook_digest", "deploys", ["hook_digest"])
    op.execute(_texts_follow("host"))
    op.execute(_touched_by(SEALED_ANEW))
    _rewrite_trash(lambda row: _sealed(keeper, row))
    _mark_gone({digest: keeper.digest_of(digest) for digest in _gone_digests()})
    _rename_column("hook_url", "hook_masked")


def downgrade() -> None:
    keeper = vault.of_engine(op.get_bind())
    op.execute("DROP TRIGGER deploy_texts_update ON deploys; DROP TRIGGER deploys_touch ON deploys")
    op.add_column("deploys", sa.Column("hook_url", sa.Text(), nullable=True))
    _fill(("hook_sealed",), ("hook_url",), lambda row: {"hook_url": keeper.open(row["hook_sealed"])})
    op.alter_column("deploys", "hook_url", nullable=False)
    _unmark_gone()
    op.execute(_touched_by(""))
    for name in (*NEW, "host"):
        op.drop_column("deploys", name)  # and its indexes
    op.add_column("deploys", sa.Column("host", sa.Text(), sa.Computed(HOST, persisted=True)))
    op.alter_column("deploys", "host", nullable=False)
    op.create_index("ix_deploys_host_created_at", "deploys", ["host", sa.text("created_at DESC")])
    op.create_index(
        "ix_deploys_waiting", "deploys", ["host", "next_attempt_at", "id"], postgresql_where=sa.text(WAITING)
    )
    op.create_index("ix_deploys_in_flight", "deploys", ["host"], postgresql_where=sa.text("status = 'in_flight'"))
    op.execute(_texts_follow("hook_url"))
    _rewrite_trash(lambda row: _opened(keeper, row))
    _rename_column("hook_masked", "hook_url")


def _fill(read: Sequence[str], written: Sequence[str], values: Callable[[Row], Mapping[str, Any]]) -> None:
    """Write columns of all deploys, made of others; no deploy counts as changed by that."""
    arrays = ", ".join(f"CAST(:{name} AS text[])" for name in written)
    statement = sa.text(
        f"UPDATE deploys AS d SET {', '.join(f'{name} = e.{name}' for name in written)}"  # noqa: S608 - ours
        f" FROM unnest(CAST(:ids AS uuid[]), {arrays}) AS e (id, {', '.join(written)}) WHERE d.id = e.id"
    )
    op.execute("ALTER TABLE deploys DISABLE TRIGGER USER")
    for rows in _batches(read):
        made = [values(row) for row in rows]
        columns = {name: [one[name] for one in made] for name in written}
        op.get_bind().execute(statement, {"ids": [row["id"] for row in rows]} | columns)
    op.execute("ALTER TABLE deploys ENABLE TRIGGER USER")


def _batches(columns: Sequence[str]) -> Iterator[Sequence[Row]]:
    statement = sa.text(
        f"SELECT id, {', '.join(columns)} FROM deploys"  # noqa: S608 - ours
        " WHERE CAST(:after AS uuid) IS NULL OR id > :after ORDER BY id LIMIT :most"
    )
    after = None
    while rows := [row._asdict() for row in op.get_bind().execute(statement, {"after": after, "most": BATCH})]:
        yield rows
        after = rows[-1]["id"]


def _texts_follow(column: str) -> str:
    return f"""
        CREATE TRIGGER deploy_texts_update AFTER UPDATE OF {column}, actor ON deploys
        FOR EACH ROW WHEN ((OLD.{column}, OLD.actor) IS DISTINCT FROM (NEW.{column}, NEW.actor))
        EXECUTE FUNCTION console_deploy_texts_update()
    """


def _touched_by(condition: str) -> str:
    touch = "EXECUTE FUNCTION console_touch()"
    return f"CREATE TRIGGER deploys_touch BEFORE UPDATE ON deploys FOR EACH ROW {condition} {touch}"


def _sealed(keeper: vault.Vault, row: Row) -> Row:
    url = row["hook_url"]
    kept = {name: value for name, value in row.items() if name != "hook_url"}
    return kept | sealing.columns_of(keeper, url)._asdict() | {"host": hooks.host_of(url)}


def _opened(keeper: vault.Vault, row: Row) -> Row:
    kept = {name: value for name, value in row.items() if name not in (*NEW, "host")}
    return kept | {"hook_url": keeper.open(row["hook_sealed"])}


def _rewrite_trash(rewrite: Callable[[Row], Row]) -> None:
    """Convert deploys that went into the trash with their sessions, as those are that stayed."""
    connection = op.get_bind()
    holding = connection.execute(
        sa.text("SELECT id FROM trashed_records WHERE rows @> CAST(:deploys AS jsonb)"),
        {"deploys": '[{"table": "deploys"}]'},
    ).scalars()
    read = sa.text("SELECT rows FROM trashed_records WHERE id = :id")
    write = sa.text("UPDATE trashed_records SET rows = :rows WHERE id = :id")
    write = write.bindparams(sa.bindparam("rows", type_=JSONB))
    for trashed_id in holding.all():
        entries = connection.execute(read, {"id": trashed_id}).scalar_one()
        rows = [_rewritten(entry, rewrite) if entry["table"] == "deploys" else entry for entry in entries]
        connection.execute(write, {"id": trashed_id, "rows": rows})


def _rewritten(entry: Row, rewrite: Callable[[Row], Row]) -> Row:
    return {"table": entry["table"], "row": rewrite(entry["row"])}


def _gone_digests() -> Sequence[str]:
    return op.get_bind().execute(sa.text("SELECT url_digest FROM gone_hooks")).scalars().all()


def _mark_gone(digests: Mapping[str, str]) -> None:
    statement = sa.text(
        "UPDATE gone_hooks AS g SET url_digest = e.new"
        " FROM unnest(CAST(:old AS text[]), CAST(:new AS text[])) AS e (old, new) WHERE g.url_digest = e.old"
    )
    op.get_bind().execute(statement, {"old": list(digests), "new": list(digests.values())})


def _unmark_gone() -> None:
    """Give the marks their plain hashes again, where a deploy tells of which address."""
    statement = sa.text(
        "SELECT DISTINCT ON (d.hook_digest) d.hook_digest, d.hook_url FROM gone_hooks AS g"
        " JOIN deploys AS d ON d.hook_digest = g.url_digest"
    )
    found = op.get_bind().execute(statement).all()
    _mark_gone({row.hook_digest: sha256(row.hook_url.encode("utf-8", "surrogatepass")).hexdigest() for row in found})
    known = [sha256(row.hook_url.encode("utf-8", "surrogatepass")).hexdigest() for row in found]
    op.get_bind().execute(sa.text("DELETE FROM gone_hooks WHERE url_digest <> ALL (:known)"), {"known": known})


def _rename_column(old: str, new: str) -> None:
    """Have what people chose of the lists go on naming the column that shows hooks."""
    values = {"old": old, "new": new, "deeper_old": f"deploy.{old}", "deeper_new": f"deploy.{new}"}
    op.get_bind().execute(
        sa.text(
            "UPDATE list_preferences SET"
            " columns = array_replace(array_replace(columns, :old, :new), :deeper_old, :deeper_new),"
            " sorted_by = array_replace(array_replace(sorted_by, :old, :new), '-' || :old, '-' || :new)"
            " WHERE endpoint IN ('deploy', 'attempt')"
        ),
        values,
    )
    op.get_bind().execute(
        sa.text(
            "UPDATE saved_views SET arguments = regexp_replace(arguments, '(?<!vercel_)' || :old, :new, 'g')"
            " WHERE endpoint IN ('deploy', 'attempt')"
        ),
        {"old": old, "new": new},
    )
