"""Acting on one record or on many: each in a transaction of its own, each with a result of its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from extensions import transaction
from people import refused
from people.accounts import current_actor
from services import undo
from services.database import DbSession
from services.errors import ForbiddenError, InvalidInputError, ServiceError
from services.ids import parse_id

__all__ = ["SELECTION_LIMIT", "ActResult", "each_in_own_transaction", "parse_id"]

SELECTION_LIMIT = 500
"""Records that one request may act on."""


@dataclass(frozen=True)
class ActResult:
    """What came of the act on one record."""

    id: str
    ok: bool
    message: str
    undo: UUID | None = None
    """The event of the act, where it can be undone."""

    @property
    def outcome(self) -> str:
        """The message without the record that it is about, alike for all records with the same outcome."""
        return self.message.partition(": ")[2]

    @property
    def category(self) -> str:
        """The flash category."""
        return "success" if self.ok else "error"


def each_in_own_transaction(
    ids: Sequence[str],
    act: Callable[..., Any],
    *,
    done: str,
    parse: Callable[[str], Any] = parse_id,
    **arguments: Any,
) -> Iterator[ActResult]:
    """Call `act(db, id, actor=…, now=…, **arguments)` for each id; one refusal does not undo the others.

    Args:
        done: what to say of a record on which it worked.
        parse: makes the id of its text, and raises a ServiceError where it is none.

    Raises:
        InvalidInputError: nothing was selected, or more than one request may act on.
    """
    unique = list(dict.fromkeys(ids))
    if not unique:
        raise InvalidInputError("Select at least one record first.")
    if len(unique) > SELECTION_LIMIT:
        raise InvalidInputError(f"Select at most {SELECTION_LIMIT} records at a time.")

    def act_on(db: DbSession, text: str, **context: Any) -> None:
        act(db, parse(text), **context, **arguments)

    return (_result(text, act_on, done) for text in unique)


def _result(text: str, act_on: Callable[..., None], done: str) -> ActResult:
    actor = current_actor()
    try:
        with transaction(actor) as db:
            act_on(db, text, actor=actor, now=datetime.now(UTC))
            undoable = undo.offer(db)
    except ServiceError as error:
        if isinstance(error, ForbiddenError):
            refused.note(error.permission or refused.NOT_TOLD)
        return ActResult(text, ok=False, message=f"{text[:8]}: {error.message}")
    return ActResult(text, ok=True, message=f"{text[:8]}: {done}", undo=undoable)
