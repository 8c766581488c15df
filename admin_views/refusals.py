"""What a service refuses of a form: shown on the form's own page, with the HTTP status that says the same."""

from collections.abc import Callable

from flask import redirect
from flask.typing import ResponseReturnValue

from admin_views.flashes import flash_done
from extensions import transaction
from people.accounts import current_actor
from services.database import DbSession
from services.errors import ConflictError, InvalidInputError, ServiceError
from services.permissions import Actor


def carry_out(
    act: Callable[[DbSession, Actor], object], *, done: str, to: str, show: Callable[[ServiceError], str]
) -> ResponseReturnValue:
    """Do it, say so, with a way to undo it where there is one, and lead on; or show why it was refused.

    Args:
        done: what to say where it was done.
        to: the address to lead to then.
        show: the page that a form was sent from, with the refusal.
    """
    if refusal := refusal_of(act):
        return show(refusal), status_of(refusal)
    flash_done(done)
    return redirect(to, 303)


def refusal_of(act: Callable[[DbSession, Actor], object]) -> ServiceError | None:
    """Do it in a transaction; why it was refused, or None where it was done.

    Raises:
        ServiceError: what no other input could mend: the record is gone, or not this person's to change.
    """
    actor = current_actor()
    try:
        with transaction(actor) as db:
            act(db, actor)
    except (InvalidInputError, ConflictError) as error:
        return error
    return None


def status_of(refusal: ServiceError) -> int:
    """409 where the record is in the way, 422 where the input is."""
    return 409 if isinstance(refusal, ConflictError) else 422
