"""What was done to one record, field by field, and taking one edit of it back."""

from services.history.around import COUNTED, Around, around
from services.history.changes import Change, changes_of
from services.history.events import PAGE, get_event, newest
from services.history.revert import INVERSES, revert, why_not_kept

__all__ = [
    "COUNTED",
    "INVERSES",
    "PAGE",
    "Around",
    "Change",
    "around",
    "changes_of",
    "get_event",
    "newest",
    "revert",
    "why_not_kept",
]
