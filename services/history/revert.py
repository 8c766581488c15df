"""Taking one edit back, however long ago it was."""

import json
from collections.abc import Mapping

from models import AuditEvent
from services.database import DbSession
from services.errors import ConflictError
from services.permissions import Actor
from services.secrets import HIDDEN
from services.undo import edits

INVERSES: Mapping[str, edits.Edit] = {
    "project:edit": edits.undo_prompt,
    "project:undo_edit": edits.undo_prompt,
}
"""How edits are reverted whose records have no form of their own: as undoing them does."""
_MASKS = (HIDDEN, "…@", "/…")
"""What stands in the trail where it does not keep a secret."""


def why_not_kept(event: AuditEvent) -> str | None:
    """Why what an event says is not enough to set the record back; None where it is."""
    before, after = event.before, event.after
    if not isinstance(before, dict) or not isinstance(after, dict) or before.keys() != after.keys() or not after:
        return "This is no edit, so there is nothing to set back."
    kept = json.dumps(before, ensure_ascii=False)
    return "The trail does not keep secrets, so they can’t be set back." if any(m in kept for m in _MASKS) else None


def revert(db: DbSession, event: AuditEvent, *, actor: Actor) -> str:
    """Take back an edit of a record that has no form of its own; what is so now, in a sentence.

    Raises:
        ConflictError: it can't be taken back, or the record was changed since.
        ForbiddenError: not this actor's to edit.
        NotFoundError: the record is gone.
    """
    inverse = INVERSES.get(event.tag)
    why_not = why_not_kept(event)
    if inverse is None or event.subject_id is None or why_not:
        raise ConflictError(why_not or "This can’t be reverted here.")
    return inverse(db, event.subject_id, event.before or {}, event.after or {}, actor)
