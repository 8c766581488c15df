"""Sealing hooks anew: under the newest key, and found by the present secret, a batch in each transaction.

What is done already is passed over, so that a run which was broken off is simply begun again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update

from models import Deploy, GoneHook, TrashedRecord
from services import vault
from services.database import DbSession
from services.vault import Vault

BATCH = 500
"""Deploys in one transaction."""
_TABLE = Deploy.__tablename__
_IN_TRASH = text(
    """
    SELECT entry -> 'row' ->> 'hook_key' AS key, count(*) AS hooks
    FROM trashed_records, jsonb_array_elements(rows) AS entry WHERE entry ->> 'table' = 'deploys' GROUP BY 1
    """
)


@dataclass(frozen=True)
class Step:
    """What one batch came to."""

    sealed: int
    """Hooks that were written anew."""
    last: UUID | None
    """Behind which the next batch begins; null where there is none."""


def seal_deploys(db: DbSession, *, after: UUID | None = None, every: bool = False) -> Step:
    """Seal a batch of deploys' hooks anew.

    Args:
        every: look at those under the newest key too: SECRET_KEY has changed, and with it what hooks are found by.

    Raises:
        SealedError: what is stored is spoilt.
    """
    keeper = vault.of(db)
    query = select(Deploy.id, Deploy.hook_sealed, Deploy.hook_key, Deploy.hook_digest)
    query = query.where(Deploy.hook_key.in_(keeper.key_ids if every else keeper.key_ids[1:]))
    if after is not None:
        query = query.where(Deploy.id > after)
    rows = db.execute(query.order_by(Deploy.id).limit(BATCH).with_for_update(key_share=True)).all()
    changes = [change for row in rows if (change := _change(keeper, row))]
    if changes:
        db.execute(update(Deploy), changes)
        _move_marks(db, {row.id: row.hook_digest for row in rows}, changes)
    return Step(len(changes), rows[-1].id if len(rows) == BATCH else None)


def seal_trash(db: DbSession, *, after: UUID | None = None, every: bool = False) -> Step:
    """Seal the hooks anew that went into the trash with one session."""
    holding = TrashedRecord.rows.contains([{"table": _TABLE}])
    query = select(TrashedRecord).where(holding).order_by(TrashedRecord.id).limit(1).with_for_update()
    trashed = db.scalar(query if after is None else query.where(TrashedRecord.id > after))
    if trashed is None:
        return Step(0, None)
    keeper = vault.of(db)
    anew = [_trashed_anew(keeper, entry, every) if entry["table"] == _TABLE else entry for entry in trashed.rows]
    sealed = sum(new != old for new, old in zip(anew, trashed.rows, strict=True))
    if sealed:
        trashed.rows = anew
    return Step(sealed, trashed.id)


def keys_in_use(db: DbSession) -> Mapping[str, int]:
    """How many hooks each key seals, by its id, those in the trash too."""
    rows = db.execute(select(Deploy.hook_key, func.count()).group_by(Deploy.hook_key)).all()
    counts: dict[str, int] = {key: count for key, count in rows}  # noqa: C416 - rows are no pairs to mypy
    for row in db.execute(_IN_TRASH):
        counts[row.key] = counts.get(row.key, 0) + row.hooks
    return counts


def unreadable(db: DbSession) -> int:
    """How many deploys' hooks no key of this process opens. It reads the whole table."""
    lacking = Deploy.hook_key.not_in(vault.of(db).key_ids)
    return db.scalar(select(func.count()).select_from(Deploy).where(lacking)) or 0


def unreadable_waiting(db: DbSession, *, most: int) -> int:
    """How many of the deploys that are due next can't be made for that reason.

    Args:
        most: how many of them are looked at.
    """
    due = (
        select(Deploy.hook_key).where(Deploy.next_attempt_at.is_not(None)).order_by(Deploy.next_attempt_at).limit(most)
    )
    keys = due.subquery().c.hook_key
    return db.scalar(select(func.count()).where(keys.not_in(vault.of(db).key_ids))) or 0


def _change(keeper: Vault, row: Any) -> dict[str, Any] | None:
    """The columns that change, with the id."""
    url = keeper.open(row.hook_sealed)
    changed = _anew(keeper, url, row.hook_key, row.hook_digest)
    return {"id": row.id} | changed if changed else None


def _anew(keeper: Vault, url: str, key: str, digest: str) -> dict[str, str]:
    changed = {}
    if key != keeper.newest:
        sealed = keeper.seal(url)
        changed = {"hook_sealed": sealed.token, "hook_key": sealed.key_id}
    if digest != (present := keeper.digest(url)):
        changed["hook_digest"] = present
    return changed


def _trashed_anew(keeper: Vault, entry: dict[str, Any], every: bool) -> dict[str, Any]:
    row = entry["row"]
    if row["hook_key"] not in (keeper.key_ids if every else keeper.key_ids[1:]):
        return entry
    changed = _anew(keeper, keeper.open(row["hook_sealed"]), row["hook_key"], row["hook_digest"])
    return {"table": entry["table"], "row": row | changed}


def _move_marks(db: DbSession, before: Mapping[UUID, str], changes: Sequence[Mapping[str, Any]]) -> None:
    """Have the marks of gone hooks follow what these are found by."""
    moved = {before[change["id"]]: change["hook_digest"] for change in changes if "hook_digest" in change}
    marks = db.scalars(select(GoneHook).where(GoneHook.url_digest.in_(moved))).all()
    for mark in marks:
        if db.get(GoneHook, moved[mark.url_digest]) is None:
            mark.url_digest = moved[mark.url_digest]
    db.flush()
