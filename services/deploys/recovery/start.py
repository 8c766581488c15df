"""Starting a recovery: the selection is frozen, and its first wave goes."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import case, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from models import HELD_STATUSES, Deploy, Recovery, RecoveryItem
from services import audit
from services.database import DbSession
from services.deploys.limits import Limits
from services.deploys.recovery import waves
from services.deploys.recovery.candidates import candidates, recoverable
from services.deploys.recovery.choice import CHUNK, Choice, make_choice_table
from services.deploys.recovery.order import in_order
from services.deploys.recovery.release import release
from services.deploys.recovery.selection import Selection
from services.errors import ConflictError, InvalidInputError
from services.permissions import Actor, Permission, require

HALT_SHARE = 0.2
"""The share of failures, whatever they look like, that is borne where nobody says another."""
MANY = 1_000
"""Items from which on the planner is told of them at once; it would go by what was there before for a minute."""
_ONE_AT_A_TIME = 0x7265636F
"""The advisory lock under which recoveries start one after the other, so that two can't wait for each other's rows."""


def start(
    db: DbSession,
    *,
    actor: Actor,
    selection: Selection,
    as_of: datetime,
    limits: Limits,
    now: datetime,
    halt_share: float = HALT_SHARE,
) -> Recovery:
    """Freeze what the selection named at the preview and still does, and queue the first wave.

    Args:
        as_of: the preview's; what was dead-lettered after it is not taken.
        halt_share: over 0 to 1.

    Raises:
        ForbiddenError: the role does not permit it.
        InvalidInputError: the share is none, or the preview is of the future.
        ConflictError: nothing is left to recover.
    """
    require(actor, Permission.RECOVER_DEPLOYS)
    _check(db, as_of, halt_share)
    db.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    recovery = Recovery(
        id=uuid4(),
        selection=selection.as_json(),
        halt_share=halt_share,
        actor=actor.name,
        actor_id=actor.id,
        created_at=now,
    )
    db.add(recovery)
    db.flush()
    _choose(db, recovery, selection, actor, as_of)
    audit.record(
        db,
        actor,
        "recovery:start",
        recovery.id,
        after={"selection": recovery.selection, "deploys": recovery.total, "halt_share": halt_share},
    )
    release(db, recovery, limits=limits, now=now)
    return recovery


def _check(db: DbSession, as_of: datetime, halt_share: float) -> None:
    """
    Raises:
        InvalidInputError: the share is none, or the preview is of the future.
    """
    if not 0 < halt_share <= 1:
        raise InvalidInputError("The share is more than 0 and at most 1.", field="halt_share")
    if as_of > db.scalars(select(func.clock_timestamp())).one():
        raise InvalidInputError("The preview can't be of a time to come.", field="as_of")


def _choose(db: DbSession, recovery: Recovery, selection: Selection, actor: Actor, as_of: datetime) -> None:
    """Freeze the selection and part it into waves.

    Raises:
        ConflictError: it is empty.
    """
    recovery.total = _freeze(db, recovery.id, selection, actor, as_of)
    if not recovery.total:
        raise ConflictError("Nothing is left to recover: no dead-lettered deploy matches that could be replayed.")
    recovery.fingerprints = _fingerprints(db, recovery.id)
    first, second, _ = waves.sizes(recovery.total)
    _part(db, recovery.id, first, second)
    if recovery.total >= MANY:
        db.execute(text("SELECT console_analyze_recovery_items()"))


def _freeze(db: DbSession, recovery_id: UUID, selection: Selection, actor: Actor, as_of: datetime) -> int:
    """Write the items, a part at a time, so that no statement lasts long; how many there are."""
    make_choice_table(db)
    chosen = candidates(selection, actor)
    ordered = in_order(recoverable(chosen).where(chosen.c.dead_lettered_at <= as_of)).subquery()
    names = ("position", "deploy_id", "host", "fingerprint")
    rows = select(ordered.c.position, ordered.c.id, ordered.c.host, ordered.c.fingerprint)
    db.execute(insert(Choice).from_select(names, rows))
    last = db.scalar(select(func.max(Choice.c.position))) or 0
    for begin in range(1, last + 1, CHUNK):
        _freeze_part(db, recovery_id, begin)
    return db.scalars(select(func.count()).where(RecoveryItem.recovery_id == recovery_id)).one()


def _freeze_part(db: DbSession, recovery_id: UUID, begin: int) -> None:
    """Deploys that another recovery holds after all are passed over, and those that were deleted meanwhile."""
    rows = (
        select(
            text(":recovery_id").bindparams(recovery_id=recovery_id),
            Choice.c.deploy_id,
            Choice.c.position,
            Choice.c.host,
            text(str(waves.LAST)),
            Choice.c.fingerprint,
        )
        .join(Deploy, Deploy.id == Choice.c.deploy_id)
        .where(Choice.c.position.between(begin, begin + CHUNK - 1))
        .with_for_update(read=True, key_share=True, of=Deploy)
    )
    names = ("recovery_id", "deploy_id", "position", "host", "wave", "fingerprint")
    held = (
        upsert(RecoveryItem)
        .from_select(names, rows)
        .on_conflict_do_nothing(
            index_elements=[RecoveryItem.deploy_id], index_where=RecoveryItem.status.in_(HELD_STATUSES)
        )
    )
    db.execute(held)


def _fingerprints(db: DbSession, recovery_id: UUID) -> list[str]:
    query = select(RecoveryItem.fingerprint).where(
        RecoveryItem.recovery_id == recovery_id, RecoveryItem.fingerprint.is_not(None)
    )
    return [fingerprint for fingerprint in db.scalars(query.distinct()) if fingerprint]


def _part(db: DbSession, recovery_id: UUID, first: int, second: int) -> None:
    """Put the first deploys into the first two waves; all others are in the last."""
    own = RecoveryItem.recovery_id == recovery_id
    ordered = select(RecoveryItem.position).where(own).order_by(RecoveryItem.position)
    positions = db.scalars(ordered.limit(first + second)).all()
    db.execute(
        update(RecoveryItem)
        .where(own, RecoveryItem.position <= positions[-1])
        .values(wave=case((RecoveryItem.position <= positions[first - 1], 1), else_=2))
        .execution_options(synchronize_session=False)
    )
