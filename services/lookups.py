"""Finding one record that a person may see."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.orm.interfaces import ORMOption

from models import Base
from services.database import DbSession
from services.errors import NotFoundError
from services.permissions import Actor
from services.scopes import visible

T = TypeVar("T", bound=Base)


def get_visible(db: DbSession, model: type[T], record_id: UUID, actor: Actor, *options: ORMOption) -> T:
    """The record, as it is in the database now.

    Args:
        options: what to load with it, such as `selectinload(Deploy.attempts)`.

    Raises:
        NotFoundError: there is no such record that the actor may see; which of the two is not told.
    """
    [key] = inspect(model).primary_key
    record = db.scalar(
        select(model)
        .where(key == record_id, visible(model, actor))
        .options(*options)
        .execution_options(populate_existing=True)
    )
    if record is None:
        raise NotFoundError(f"There is no such {_NOUNS.get(model.__tablename__, 'record')}.")
    return record


_NOUNS = {
    "onboarding_sessions": "onboarding session",
    "projects": "project",
    "deploys": "deploy",
    "deploy_attempts": "attempt",
}
