"""Recovery: replay many dead-lettered deploys at once: preview, start, advance in waves, halt, and control it."""

from services.deploys.recovery.advance import advance, open_ids
from services.deploys.recovery.control import abort, pause, resume
from services.deploys.recovery.parsing import parse, parse_as_of, parse_share
from services.deploys.recovery.preview import Preview, preview
from services.deploys.recovery.progress import PAGE, PAGE_LIMIT, Progress, get_progress, get_recovery, items, recent
from services.deploys.recovery.selection import Selection
from services.deploys.recovery.start import HALT_SHARE, start

__all__ = [
    "HALT_SHARE",
    "PAGE",
    "PAGE_LIMIT",
    "Preview",
    "Progress",
    "Selection",
    "abort",
    "advance",
    "get_progress",
    "get_recovery",
    "items",
    "open_ids",
    "parse",
    "parse_as_of",
    "parse_share",
    "pause",
    "preview",
    "recent",
    "resume",
    "start",
]
