"""Finding records by id, by the beginning of an id, or by text, within what a person may see."""

from services.finding.asked import LIMIT, Asked, parse
from services.finding.find import Found, Hits, find

__all__ = ["LIMIT", "Asked", "Found", "Hits", "find", "parse"]
