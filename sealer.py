"""What the worker does for the audit trail: seal what was added, and let go what retention does not keep."""

import logging
from datetime import timedelta

from dispatcher import Dispatcher
from services import chain
from services.database_roles import KEEPING_UP

log = logging.getLogger("console.worker")

LOOK_EVERY = timedelta(seconds=5)
"""How often to look whether events wait to be sealed."""


async def keep_trail(dispatcher: Dispatcher, *, retention_days: int) -> None:
    """Seal and remove what is due, each in a transaction of its own.

    The log has each seal's digest, so that it is also where the database is not.

    Args:
        retention_days: 0 keeps all events for ever.
    """
    if sealed := await dispatcher.transaction(lambda db, now: chain.seal_if_due(db, now=now), KEEPING_UP):
        log.info("Sealed %d audit events as seal %d: %s", sealed.events, sealed.seq, sealed.digest)
    if not retention_days:
        return
    due = dispatcher.transaction(lambda db, now: chain.purge(db, days=retention_days, now=now), KEEPING_UP)
    removed = await due
    if removed:
        log.info("Removed %d audit events that were older than %d days.", removed, retention_days)
