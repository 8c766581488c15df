"""The deploy hooks of seeded sessions: all of them on this machine, where the demo's receiver answers."""

import re
from functools import cache, partial

from sqlalchemy import select, text, update

from models import Deploy, FailureGroup
from services import vault
from services.database import DbSession
from services.deploys import hooks, sealing
from services.deploys.fingerprint import of_parts
from services.deploys.sealing import HookColumns

CLOSED = "http://127.0.0.1:9"
"""The discard port, on which nothing listens: calls to it are refused."""
BEHAVIOURS = ("503", "404", "429", "slow", "reset", "flaky")
"""The hooks whose path says how the receiver misbehaves."""
LOOKED_AT = 500
"""Of the newest deploys to this machine: so many are looked at for where the receiver was."""
BATCH = 5_000
"""Sessions whose hooks are sealed at once."""
_BASE = re.compile(r"(http://127\.0\.0\.1:\d+)/hooks/")
_KEEP = text(
    """
    INSERT INTO seed_sealed_hook (n, ordinal, hook_sealed, hook_key, hook_digest, hook_masked, host)
    SELECT * FROM unnest(
        CAST(:n AS bigint[]), CAST(:ordinal AS int[]), CAST(:hook_sealed AS text[]), CAST(:hook_key AS text[]),
        CAST(:hook_digest AS text[]), CAST(:hook_masked AS text[]), CAST(:host AS text[])
    )
    """
)


def prefixes(base: str) -> dict[str, str]:
    """What the hook URLs of each kind begin with; a secret of the session's own follows.

    Args:
        base: where the receiver listens, such as http://127.0.0.1:8011.

    Raises:
        InvalidInputError: it is no such address.
    """
    base = hooks.parse(base).rstrip("/")
    misbehaving = {name: f"{base}/hooks/{name}/" for name in BEHAVIOURS}
    return misbehaving | {
        "good": f"{base}/hooks/",
        "closed": f"{CLOSED}/hooks/",
        "tls": base.replace("http://", "https://", 1) + "/hooks/",  # the receiver speaks no TLS
    }


def default_hook(base: str) -> str:
    """The hook of the sessions that name none of their own."""
    return prefixes(base)["good"] + "default-5f1c0a7be2d94c31"


def find_base(db: DbSession) -> str | None:
    """Where the receiver listened when the newest of the demo's deploys was asked for; None where there is none."""
    newest = (
        select(Deploy.hook_sealed)
        .where(Deploy.host.startswith("127.0.0.1:"), Deploy.host != hooks.host_of(CLOSED))
        .order_by(Deploy.created_at.desc(), Deploy.id.desc())
        .limit(LOOKED_AT)
    )
    found = (_BASE.match(vault.of(db).open(sealed)) for sealed in db.scalars(newest))
    return next((match[1] for match in found if match), None)


def seal_planned(db: DbSession, statement: str, *, sessions: int) -> None:
    """Write down the sealed hooks of the planned deploys.

    Args:
        statement: a SELECT of `n`, `ordinal` and `url` of those of the sessions after `:after` and up to `:upto`.
    """
    seal = cache(partial(sealing.columns_of, vault.of(db)))
    for after in range(0, sessions, BATCH):
        planned = db.execute(text(statement), {"after": after, "upto": after + BATCH}).all()
        sealed = [seal(row.url) for row in planned]
        columns = {name: [getattr(hook, name) for hook in sealed] for name in HookColumns._fields}
        db.execute(_KEEP, {"n": [row.n for row in planned], "ordinal": [row.ordinal for row in planned]} | columns)
        seal.cache_clear()


def move(db: DbSession, old_base: str, new_base: str) -> None:
    """Point every hook at `old_base` to `new_base`; no record counts as changed by that."""
    values = {
        "old": "^(https?)" + re.escape(old_base.removeprefix("http")),
        "new": r"\1" + new_base.removeprefix("http"),
    }
    for table in ("deploys", "onboarding_sessions"):
        db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    _move_deploys(db, **values)
    db.execute(
        text(
            "UPDATE onboarding_sessions SET vercel_hook_url = regexp_replace(vercel_hook_url, :old, :new)"
            " WHERE vercel_hook_url ~ :old"
        ),
        values,
    )
    for table in ("deploys", "onboarding_sessions"):
        db.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    _move_failures(db, hooks.host_of(old_base), hooks.host_of(new_base))


def _move_deploys(db: DbSession, *, old: str, new: str) -> None:
    keeper = vault.of(db)
    urls = {row.id: keeper.open(row.hook_sealed) for row in db.execute(select(Deploy.id, Deploy.hook_sealed))}
    moved = [
        {"id": deploy_id} | sealing.columns_of(keeper, re.sub(old, new, url))._asdict()
        for deploy_id, url in urls.items()
        if re.search(old, url)
    ]
    if moved:
        db.execute(update(Deploy), moved)


def _move_failures(db: DbSession, old_host: str, new_host: str) -> None:
    """Let failures look like those that are still to come: a host is a part of what they look like."""
    groups = db.scalars(select(FailureGroup).where(FailureGroup.host == old_host)).all()
    moved = [of_parts(new_host, group.phase, group.status_code, group.shape).fingerprint for group in groups]
    values = {"old": [group.fingerprint for group in groups], "new": moved, "host": new_host}
    for table in ("deploys", "deploy_attempts"):
        db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        db.execute(text(f"UPDATE {table} AS t SET fingerprint = new {_MOVED}"), values)  # noqa: S608
        db.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    db.execute(text(f"UPDATE failure_groups AS t SET fingerprint = new, host = :host {_MOVED}"), values)  # noqa: S608


_MOVED = """
FROM unnest(CAST(:old AS text[]), CAST(:new AS text[])) AS m (old, new)
WHERE t.fingerprint = old AND NOT EXISTS (SELECT FROM failure_groups AS g WHERE g.fingerprint = new)
"""
