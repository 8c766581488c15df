"""How long an answer asks to wait."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

RETRY_AFTER_LIMIT_S = 7 * 24 * 3600
"""Seconds that an answer may ask for at most; more is taken for so much."""


def parse(value: str | None, now: datetime) -> int | None:
    """Seconds to wait by a Retry-After header (RFC 9110, section 10.2.3), which is a number or a date."""
    if not value:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(int(value[:12]), RETRY_AFTER_LIMIT_S)
    try:
        when = parsedate_to_datetime(value)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return min(max(round((when - now).total_seconds()), 0), RETRY_AFTER_LIMIT_S)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
