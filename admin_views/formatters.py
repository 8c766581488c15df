"""Values as people read them, in lists, on details pages and in exports; secrets are masked in all three."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from flask import request, url_for
from markupsafe import Markup, escape

from admin_views.chips import status_chip, time_button, time_of
from admin_views.times import absolute
from services.labels import label
from services.masks import MASKS, is_secret, masked

LIST_LENGTH = 120
"""Characters of one text in a list; details and exports show all of it."""

FINGERPRINT_SHOWN = 10
"""Characters of a fingerprint that tell groups apart in a list: the version and 8 of its digits."""

__all__ = ["DETAILS", "EXPORT", "LIST", "MASKS", "Formatter", "is_secret", "masked"]

Formatter = Callable[[Any, Any, str], Any]
"""(view, value, column name) → what to show."""


def words(value: str) -> str:
    """A machine's word as people write it: `retry_scheduled` → `Retry scheduled`."""
    return value.replace("dead_lettered", "dead-lettered").replace("_", " ").capitalize()


def record_link(kind: str, record_id: UUID, text: Any) -> Markup:
    """A link to a record's own page under /console.

    Args:
        kind: `sessions`, `projects`, `rooms` or `deploys`.
    """
    base = _console(request.script_root)
    return Markup(f'<a href="{base}{kind}/{record_id}">{escape(text)}</a>')  # noqa: S704 - all but the text is ours


@cache
def _console(script_root: str) -> str:
    """Where the console is; kept, since each row of a list leads there."""
    return url_for("console.index")


def attempt_link(attempt_id: UUID, number: int) -> Markup:
    """A link to all about an attempt, which opens beside the list where scripts run."""
    page, part = (url_for(f"records.{name}", id=attempt_id) for name in ("attempt", "attempt_reader"))
    return Markup('<a href="{}" data-reader="{}">Attempt {}</a>').format(page, part, number)


def failure_link(fingerprint: str) -> Markup:
    """A link to the group of the failures with this fingerprint, of which it shows the beginning."""
    address, shown = url_for("failures.of", fingerprint=fingerprint), fingerprint[:FINGERPRINT_SHOWN]
    return Markup('<a href="{}" title="{}"><code>{}</code></a>').format(address, fingerprint, shown)


def time(value: datetime, form: str = "%Y-%m-%d %H:%M") -> Markup:
    """How long ago it was, the whole time on hover; one without a zone as it is, since nobody knows when that was."""
    return escape(value.strftime(form)) if value.tzinfo is None else time_of(value)


def whole_time(value: datetime) -> Markup:
    """The whole time, and how long ago that was, which can be reached by keyboard."""
    if value.tzinfo is None:
        return time(value, "%Y-%m-%d %H:%M:%S")
    return Markup("{} · {}").format(absolute(value), time_button(value))


def shortened(text: str, length: int = LIST_LENGTH) -> str:
    """The text on one line, cut at `length` characters."""
    if hasattr(text, "__html__"):
        return text
    line = " ".join(text[: 4 * length].split())
    return line if len(line) <= length and len(text) <= 4 * length else f"{line[: length - 1]}…"


def _json(value: Any, **form: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str, **form)


def _pairs(value: Mapping[str, Any]) -> str:
    """An object on one line, its texts without quotes."""
    return ", ".join(f"{key}: {entry if isinstance(entry, str) else _json(entry)}" for key, entry in value.items())


def _block(text: str) -> Markup:
    return Markup('<pre class="mb-0 cell-block">{}</pre>').format(text)


def _whole(text: str) -> str:
    return _block(text) if "\n" in text and not hasattr(text, "__html__") else text


def _yes_no(value: bool) -> str:
    return "Yes" if value else "No"


def _unbroken(text: str) -> Markup:
    return Markup('<span class="text-nowrap">{}</span>').format(text)


def _short_id(value: UUID) -> Markup:
    whole = str(value)
    return Markup(f'<code title="{whole}">{whole[:8]}</code>')  # noqa: S704 - hexadecimal digits


_DASH = Markup('<span class="text-secondary">—</span>')


LIST: dict[type, Formatter] = {
    type(None): lambda view, value, name: _DASH,
    bool: lambda view, value, name: _yes_no(value),
    StrEnum: lambda view, value, name: status_chip(value) if name.endswith("status") else _unbroken(label(value)),
    datetime: lambda view, value, name: time(value),
    UUID: lambda view, value, name: _short_id(value),
    dict: lambda view, value, name: shortened(_pairs(value)),
    list: lambda view, value, name: shortened(", ".join(map(str, value))),
    str: lambda view, value, name: shortened(value),
}
DETAILS: dict[type, Formatter] = LIST | {
    datetime: lambda view, value, name: whole_time(value),
    UUID: lambda view, value, name: Markup("<code>{}</code>").format(value),
    dict: lambda view, value, name: _block(_json(value, indent=2)),
    list: lambda view, value, name: ", ".join(map(str, value)),
    str: lambda view, value, name: _whole(value),
}
EXPORT: dict[type, Formatter] = {
    type(None): lambda view, value, name: "",
    bool: lambda view, value, name: str(value).lower(),
    StrEnum: lambda view, value, name: value.value,
    datetime: lambda view, value, name: value.isoformat(),
    dict: lambda view, value, name: _json(value),
    list: lambda view, value, name: ", ".join(map(str, value)),
}
