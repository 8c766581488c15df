"""Chips and times as the console's macros draw them, for code that renders no template of its own."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from flask import Flask, current_app, request
from jinja2 import Environment
from markupsafe import Markup, escape

from admin_views.times import absolute, exact, relative


def init_app(app: Flask) -> None:
    """Give the macros `time_of(at)` and `icon_of("check")`."""
    app.jinja_env.globals |= {"time_of": time_of, "icon_of": icon_of}


def icon_of(name: str) -> Markup:
    """One of the icons of static/vendor/icons; decoration only, so that words stand beside it."""
    return _icon(current_app.jinja_env.globals["asset"]("vendor/icons/icons.svg"), name)


@lru_cache(maxsize=1_000)
def _icon(sprite: str, name: str) -> Markup:
    """Kept, since a page has hundreds of them."""
    use = f'<use href="{escape(sprite)}#{escape(name)}"></use>'
    return Markup(f'<svg class="icon" aria-hidden="true" focusable="false">{use}</svg>')  # noqa: S704 - escaped above


def status_chip(status: StrEnum) -> Markup:
    """The status as icon, words and colour."""
    return _drawn("status_chip", current_app.jinja_env, request.script_root, str(status))


def outcome_chip(ok: bool | None, label: Any) -> Markup:
    """What came of a POST: its code, or why there is none; null `ok` while it is under way."""
    tone, icon = {True: ("success", "circle-check"), False: ("danger", "circle-x"), None: ("info", "send")}[ok]
    shown = label if isinstance(label, str | int) else str(label)  # another program may have written anything
    return _drawn("chip", current_app.jinja_env, request.script_root, shown, tone, icon)


def response_chip(response: Any) -> Markup:
    """A session's `deploy_response`, which another program may have written, so that nothing of its shape is sure."""
    fields: Mapping[str, Any] = response if isinstance(response, Mapping) else {}
    ok = fields.get("ok") is True
    return outcome_chip(ok, fields.get("status") or ("Answered" if ok else "No answer"))


def time_of(at: datetime) -> Markup:
    """How long ago it was, the whole time on hover: what the macro `relative_time` draws."""
    return Markup(f"{_before(at)}{relative(at, now=datetime.now(UTC))}</relative-time></time>")  # noqa: S704 - all ours


@lru_cache(maxsize=10_000)
def _before(at: datetime) -> str:
    """What stays the same however long ago it is."""
    exactly, wholly = exact(at), absolute(at)
    return (
        f'<time class="time" datetime="{exactly}" data-absolute="{wholly}" title="{wholly}"><relative-time '
        f'datetime="{exactly}" format="relative" threshold="P9999Y" no-title>'
    )


def time_button(at: datetime) -> Markup:
    """The same as a button, for pages that tell of one record."""
    return _macros(current_app.jinja_env).time_button(at)


@lru_cache(maxsize=1_000)
def _drawn(macro: str, templates: Environment, script_root: str, *arguments: Any) -> Markup:
    """What a macro draws, kept: a list has the same few chips in each row.

    Args:
        script_root: where the console is mounted, which the address of its icons begins with.
    """
    return Markup(getattr(_macros(templates), macro)(*arguments))  # noqa: S704 - a macro's own markup


@cache
def _macros(templates: Environment) -> Any:
    return templates.get_template("console/_macros.html").module
