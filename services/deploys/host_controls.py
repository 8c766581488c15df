"""What people set on one host: its limits, and that its circuit is tried now."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from models import HookHost
from services import audit, queue
from services.database import DbSession
from services.deploys import host as hosts
from services.errors import ConflictError, InvalidInputError
from services.live.switch_notices import tell_of_host
from services.permissions import Actor, Permission, require

MOST_IN_FLIGHT = 1_000
MOST_PER_S = 10_000
"""The highest limits of a host, as those of the settings."""


def set_limits(db: DbSession, host: str, *, max_in_flight: int | None, max_per_s: int | None, actor: Actor) -> HookHost:
    """Give a host limits of its own, from the next POST on.

    Args:
        max_in_flight: POSTs under way at once, of all workers; None where the setting is to count.
        max_per_s: POSTs a second, of all workers; None where the setting is to count.

    Raises:
        ForbiddenError: not this actor's to set.
        InvalidInputError: a limit is out of range, or the host is none.
    """
    require(actor, Permission.SET_LIMITS)
    name = hosts.parse(host)
    _check(max_in_flight, MOST_IN_FLIGHT, field="max_in_flight")
    _check(max_per_s, MOST_PER_S, field="max_per_s")
    db.execute(insert(HookHost).values(host=name).on_conflict_do_nothing())
    row = db.scalars(
        select(HookHost).where(HookHost.host == name).with_for_update().execution_options(populate_existing=True)
    ).one()
    before = {"max_in_flight": row.max_in_flight, "max_per_s": row.max_per_s}
    after = {"max_in_flight": max_in_flight, "max_per_s": max_per_s}
    if before != after:
        row.max_in_flight, row.max_per_s = max_in_flight, max_per_s
        audit.record(db, actor, "host:limit", None, before={"host": name} | before, after={"host": name} | after)
        tell_of_host(db)
        queue.wake_deliveries(db)
    return row


def try_now(db: DbSession, host: str, *, actor: Actor, now: datetime) -> None:
    """Have one POST try a host whose circuit is open, without waiting for its time.

    Raises:
        ForbiddenError: not this actor's to ask for.
        InvalidInputError: the host is none.
        ConflictError: its circuit is not open.
    """
    require(actor, Permission.PAUSE_DELIVERIES)
    name = hosts.parse(host)
    opened = db.scalar(
        update(HookHost)
        .where(HookHost.host == name, HookHost.open_until > now)
        .values(open_until=now)
        .returning(HookHost.host)
        .execution_options(synchronize_session="fetch")
    )
    if opened is None:
        raise ConflictError(f"The circuit of {name} is not open, so there is nothing to try.")
    audit.record(db, actor, "host:try", None, after={"host": name})
    tell_of_host(db)
    queue.wake_deliveries(db)


def _check(limit: int | None, most: int, *, field: str) -> None:
    if limit is not None and not 1 <= limit <= most:
        raise InvalidInputError(f"A limit is a whole number from 1 to {most:,}, or none.", field=field)
