"""Whether what was just done can be undone."""

from uuid import UUID

from services import audit
from services.database import DbSession
from services.undo.inverses import undoable


def offer(db: DbSession) -> UUID | None:
    """The event of this transaction's act, or of the last one's, where it can be undone; None where it can't.

    A transaction that recorded more than one act is more than one undo could take back.
    """
    acts = audit.recorded(db)
    found = undoable(acts[0].tag) if len(acts) == 1 else None
    return acts[0].id if found and found.applies(acts[0].after) else None
