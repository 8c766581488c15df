"""Whether what was just done can be undone."""

from uuid import UUID

from services import audit
from services.database import DbSession
from services.undo.inverses import UNDOABLE


def offer(db: DbSession) -> UUID | None:
    """The event of this transaction's act, or of the last one's, where it can be undone; None where it can't.

    A transaction that recorded more than one act is more than one undo could take back.
    """
    acts = audit.recorded(db)
    if len(acts) != 1 or acts[0].tag not in UNDOABLE:
        return None
    return acts[0].id if UNDOABLE[acts[0].tag].applies(acts[0].after) else None
