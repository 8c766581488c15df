"""Versions of a record, as entity tags: a lost update is refused (RFC 9110, section 13.1.1)."""

from datetime import UTC, datetime

from flask import request
from werkzeug.http import quote_etag

from services.errors import StaleError


def entity_tag(updated_at: datetime) -> str:
    """The strong tag of a version: its row's `updated_at`, in quotes, as it stands in the row."""
    return quote_etag(_text(updated_at))


def check_if_match(updated_at: datetime) -> None:
    """Raise unless the request's If-Match, where it has one, names this version.

    Raises:
        StaleError: it names another.
    """
    wanted = request.if_match
    if request.headers.get("If-Match") and not (wanted.star_tag or wanted.is_strong(_text(updated_at))):
        raise StaleError(
            "This project changed since you read it; nothing was saved. Read the newer version first.",
            newer=entity_tag(updated_at),
        )


def _text(updated_at: datetime) -> str:
    return updated_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
