"""An act: what can be done to one record, as bulk jobs need it to do the same to many."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import inspect, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.interfaces import ORMOption

from services.database import DbSession
from services.permissions import Actor, Permission
from services.scopes import visible


@dataclass(frozen=True)
class ActContext:
    """Settings that acts go by."""

    default_hook_url: str | None = None
    """What is called where a session names no hook."""


@dataclass(frozen=True)
class Outlook:
    """What an act would do to one record now."""

    before: str = ""
    after: str = ""
    why_not: str | None = None
    """Why it would be skipped; null where it would not."""


class Run(Protocol):
    """Does it to one record, or raises a ServiceError: the service of its noun, which asks for the permission again."""

    def __call__(
        self, db: DbSession, record_id: Any, /, *, actor: Actor, now: datetime, context: ActContext
    ) -> object: ...


Look = Callable[[DbSession, Sequence[Any], Actor, ActContext], Sequence[Outlook]]
"""Of records that are loaded, says for each what would become of it; with a fixed number of queries for all of them."""


@dataclass(frozen=True)
class Act:
    """What bulk jobs can do."""

    name: str
    """`subject:action`, as the audit trail has it; jobs are kept by it."""
    label: str
    """What its button says, such as “Retry deploy”."""
    done: str
    """What is said of a record on which it worked, such as “queued again”."""
    model: type[Any]
    permission: Permission
    run: Run
    look: Look
    reversible: bool = False
    """Whether `services.undo` can take it back; where not, the count is typed to confirm."""
    page: str | None = None
    """The records' pages under /console (`deploys`), where they have some."""
    loads: tuple[ORMOption, ...] = field(default=(), compare=False)
    """What the records are loaded with, for `look` and for their names."""

    def __post_init__(self) -> None:
        """
        Raises:
            TypeError: the primary key has several columns, which the items of jobs can't keep.
        """
        if len(inspect(self.model).primary_key) != 1:
            raise TypeError(f"{self.model.__name__} has a key of several columns, so bulk jobs can't act on it.")

    @property
    def key(self) -> InstrumentedAttribute[Any]:
        """The primary key's attribute."""
        mapper = inspect(self.model)
        [column] = mapper.primary_key
        attribute: InstrumentedAttribute[Any] = getattr(self.model, mapper.get_property_by_column(column).key)
        return attribute

    def parse(self, record_id: str) -> Any:
        """The primary key of its text."""
        return self.key.type.python_type(record_id)

    def load(self, db: DbSession, keys: Any, actor: Actor) -> Sequence[Any]:
        """Those of the records that the actor may see.

        Args:
            keys: a collection of primary keys, or a SELECT of them.
        """
        query = select(self.model).where(self.key.in_(keys), visible(self.model, actor)).options(*self.loads)
        return db.scalars(query.execution_options(populate_existing=True)).all()

    def names(self, db: DbSession, record_ids: Collection[str], actor: Actor) -> dict[str, str]:
        """What records are called, by the text of their keys; those that are gone are not among them."""
        found = self.load(db, [self.parse(record_id) for record_id in record_ids], actor)
        return {str(getattr(record, self.key.key)): str(record) for record in found}
