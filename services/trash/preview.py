"""What deleting a record would do, before it is done."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.database import DbSession
from services.errors import ConflictError
from services.permissions import Actor, Permission
from services.trash.found import find, key_of, table_of, title_of
from services.trash.kinds import kind_of
from services.trash.reach import reach
from services.trash.words import rows_of, why_forbidden


@dataclass(frozen=True)
class Related:
    """Rows of one table that hang on a record."""

    table: str
    count: int

    @property
    def words(self) -> str:
        """Such as “3 rooms”."""
        return rows_of(self.table, self.count)


@dataclass(frozen=True)
class Preview:
    """What deleting one record would do."""

    title: str
    goes: Sequence[Related]
    """What would be deleted with it, the record itself left out."""
    loses: Sequence[Related]
    """What would stay and lose its reference to something that goes."""
    why_not: str | None
    """Why it can't be deleted now; None where it can."""


def preview(
    db: DbSession, model: type[Any], record_id: Any, *, actor: Actor, permission: Permission | None = None
) -> Preview:
    """What `delete` would do with the same arguments.

    Raises:
        ForbiddenError: the actor may not delete such records.
        NotFoundError: there is no such record that the actor may delete.
    """
    kind = kind_of(model, permission)
    record = find(db, model, record_id, actor=actor, permission=kind.permission)
    table = table_of(db, model)
    why_not = kind.why_not(db, record_id)
    try:
        found = reach(db, model, table, key_of(record))
    except ConflictError as error:
        return Preview(title_of(record), (), (), why_not or error.message)
    counts = {name: len(found.rows[name]) - (name == table) for name in found.tables()}
    loses: Counter[str] = Counter()
    for key, rows in found.loses.items():
        loses[key.table] += len(rows)
    return Preview(
        title=title_of(record),
        goes=tuple(Related(name, count) for name, count in counts.items() if count),
        loses=tuple(Related(name, count) for name, count in loses.items()),
        why_not=why_not or (why_forbidden(found) if found.forbids else None),
    )
