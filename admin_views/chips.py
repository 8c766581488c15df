"""Chips and times as the console's macros draw them, for code that renders no template of its own."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import current_app
from markupsafe import Markup


def status_chip(status: StrEnum) -> Markup:
    """The status as icon, words and colour."""
    return _macros().status_chip(status)


def outcome_chip(ok: bool | None, label: Any) -> Markup:
    """What came of a POST: its code, or why there is none; null `ok` while it is under way."""
    tone, icon = {True: ("success", "circle-check"), False: ("danger", "circle-x"), None: ("info", "send")}[ok]
    return _macros().chip(label, tone, icon)


def response_chip(response: Any) -> Markup:
    """A session's `deploy_response`, which another program may have written, so that nothing of its shape is sure."""
    fields: Mapping[str, Any] = response if isinstance(response, Mapping) else {}
    ok = fields.get("ok") is True
    return outcome_chip(ok, fields.get("status") or ("Answered" if ok else "No answer"))


def time_of(at: datetime) -> Markup:
    """How long ago it was, the whole time on hover."""
    return _macros().relative_time(at)


def time_button(at: datetime) -> Markup:
    """The same as a button, for pages that tell of one record."""
    return _macros().time_button(at)


def _macros() -> Any:
    return current_app.jinja_env.get_template("console/_macros.html").module
