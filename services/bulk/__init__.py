"""Bulk jobs: one act on all records that a filter selects; previewed, frozen, and done by the worker in batches."""

from services.bulk.act import Act, ActContext, Outlook
from services.bulk.control import cancel, retry_failed, undo_done
from services.bulk.freeze import LIMIT, start
from services.bulk.previews import Preview, preview
from services.bulk.progress import PAGE, Progress, get_job, get_progress, items, recent
from services.bulk.run import advance, open_ids

__all__ = [
    "LIMIT",
    "PAGE",
    "Act",
    "ActContext",
    "Outlook",
    "Preview",
    "Progress",
    "advance",
    "cancel",
    "get_job",
    "get_progress",
    "items",
    "open_ids",
    "preview",
    "recent",
    "retry_failed",
    "start",
    "undo_done",
]
