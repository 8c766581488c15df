"""What a service refuses of a form: shown on the form's own page, with the HTTP status that says the same."""

from collections.abc import Callable

from accounts import current_actor
from extensions import transaction
from services.database import DbSession
from services.errors import ConflictError, InvalidInputError, ServiceError
from services.permissions import Actor


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
