"""Undoing from the message that said that something was done."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin_views.access import PermittedView, needs_sight
from admin_views.flashes import UNDO_LIMIT
from admin_views.results import parse_id
from admin_views.ways_back import way_back
from extensions import transaction
from people.accounts import current_actor
from services import undo
from services.errors import ConflictError, InvalidInputError
from services.permissions import Permission


class UndoView(PermittedView, BaseView):
    """Where the forms of messages with an Undo button are sent; each act is undone in a transaction of its own."""

    permission: ClassVar[Permission] = Permission.SEE_RECORDS

    def is_visible(self) -> bool:
        """There is nothing to look at."""
        return False

    @expose("/", methods=["POST"])
    @needs_sight
    def index(self) -> ResponseReturnValue:
        """Undo the acts of the events that the form names, say what came of it, and lead back.

        Raises:
            InvalidInputError: it names none, too many, or what is no event.
            NotFoundError: one of them is not this person's.
        """
        said: Counter[tuple[str, str]] = Counter(_undo(event_id) for event_id in _events())
        for (tone, message), times in said.items():
            flash(message if times == 1 else f"{times} times: {message}", tone)
        return redirect(way_back(), 303)


def _events() -> Sequence[UUID]:
    """
    Raises:
        InvalidInputError: the form names none, too many, or what is no event.
    """
    named = list(dict.fromkeys(request.form.get("events", "").split(",")))
    if len(named) > UNDO_LIMIT:
        raise InvalidInputError(f"At most {UNDO_LIMIT} acts can be undone at a time.", field="events")
    return [parse_id(text, field="events") for text in named]


def _undo(event_id: UUID) -> tuple[str, str]:
    """Undo one act; the tone and the words for what came of it."""
    try:
        with transaction(current_actor()) as db:
            return "success", undo.undo(db, event_id, actor=current_actor(), now=datetime.now(UTC))
    except ConflictError as error:
        return "error", error.message
