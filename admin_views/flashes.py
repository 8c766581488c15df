"""What is said of an act on the next page, and with what it can be undone there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from flask import Flask, flash, get_flashed_messages, session

from extensions import db_session
from services import undo
from services.text import unturned

Tone = Literal["success", "info", "warning", "danger"]
UNDO = " undo:"
"""Parts a flash's category from the events of the acts that it tells of; nothing but `flashes` reads it."""
UNDO_LIMIT = 20
"""Acts that one flash can undo: flashes travel in the cookie, which holds 4,000 characters."""

_TONES: dict[str, Tone] = {"success": "success", "info": "info", "warning": "warning"}


@dataclass(frozen=True)
class Flash:
    """One message."""

    text: str
    """A sentence, which the names in it turn nowhere."""
    tone: Tone
    undo: str
    """The events' ids, parted by commas, as the form that undoes them sends them; empty where nothing can be undone."""


def init_app(app: Flask) -> None:
    app.jinja_env.globals["flashes"] = flashes


def flash_done(message: str) -> None:
    """Say that the act of the last transaction is done, and offer to undo it where it can be."""
    event_id = undo.offer(db_session())
    flash(message, category("success", [event_id] if event_id else []))


def category(tone: str, events: Sequence[UUID]) -> str:
    """The category of a flash that tells of these acts."""
    return tone + UNDO + ",".join(map(str, events)) if 0 < len(events) <= UNDO_LIMIT else tone


def offer_undo(event_id: UUID) -> None:
    """Let the flash that was made last undo this act, where it says that something worked."""
    said: list[Any] = session.get("_flashes", [])
    if said and said[-1][0] == "success":
        session["_flashes"] = [*said[:-1], (category("success", [event_id]), said[-1][1])]


def flashes() -> list[Flash]:
    """The messages that wait, each once; errors and what nobody knows a tone for are `danger` and `info`."""
    return [_flash(*said) for said in get_flashed_messages(with_categories=True)]


def _flash(said_category: str, text: str) -> Flash:
    tone, _, events = said_category.partition(UNDO)
    return Flash(unturned(text), "danger" if tone in ("error", "danger") else _TONES.get(tone, "info"), events)
