"""What a list is searched by: columns of its table and of related ones, and whether indexes know their texts."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Index, String, Table, cast, inspect, literal, or_, select
from sqlalchemy.orm import RelationshipDirection
from sqlalchemy.sql import operators
from sqlalchemy.sql.util import join_condition

from models import WAITING_SESSIONS, Deploy, DeployText, OnboardingSession, SessionText
from services.listing.sought import Sought

OPERATORS = "gin_trgm_ops", "gist_trgm_ops"
"""What an index of the pieces of a text is made with."""


@dataclass(frozen=True)
class TextPlace:
    """A table apart that holds some columns of another as one text."""

    key: Any
    """Of the other table's row."""
    text: Any
    is_lower: bool = False
    says: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """More columns of the other table that it has too, by their names there."""

    def holds(self, sought: Sought) -> ColumnElement[bool]:
        """Whether the text holds this, in upper or lower case."""
        found: ColumnElement[bool] = (
            self.text.like(sought.lowered) if self.is_lower else self.text.ilike(sought.pattern)
        )
        return found

    def keys(self, sought: Sought, columns: Sequence[Any] = ()) -> Any:
        """A SELECT of the keys of rows whose text holds this, and of columns that it says too."""
        return select(self.key, *(self.says[column.key] for column in columns)).where(self.holds(sought))


@dataclass(frozen=True)
class SideText:
    """Where a text is that is made of some columns of a table: in one of these places."""

    columns: frozenset[str]
    places: tuple[TextPlace, ...]
    """Tables with an index of its pieces, and others that are too small to need one."""

    def says(self, columns: Iterable[Any]) -> bool:
        return all(column.key in place.says for column in columns for place in self.places)


_WAITING = WAITING_SESSIONS.c
SIDE_TEXTS = (
    (
        OnboardingSession.__table__,
        SideText(
            frozenset({"purpose", "target_audience"}),
            (
                TextPlace(SessionText.session_id, SessionText.text, True, {"user_id": SessionText.user_id}),
                TextPlace(_WAITING.session_id, _WAITING.text, True, {"user_id": _WAITING.user_id}),
            ),
        ),
    ),
    (
        Deploy.__table__,
        SideText(frozenset({"host", "actor"}), (TextPlace(DeployText.deploy_id, DeployText.text),)),
    ),
)


@dataclass(frozen=True)
class SearchField:
    """One column that is searched."""

    column: Any
    path: tuple[Any, ...] = ()
    """The relations that lead to its table from the listed one; a table among them is joined by its foreign key."""
    is_whole: bool = False
    """Whether only its whole value is found, by an ordinary index."""

    def holds(self, sought: Sought) -> ColumnElement[bool]:
        """Whether the column holds the text, in upper or lower case; null where it has no value."""
        column = self.column if isinstance(self.column.type, String) else cast(self.column, String)
        return column == sought.whole if self.is_whole else column.ilike(sought.pattern)


@dataclass(frozen=True)
class Group:
    """The searched columns of one table, on one way to it."""

    path: tuple[Any, ...]
    fields: tuple[SearchField, ...]

    @cached_property
    def is_indexed(self) -> bool:
        """Whether a piece of text is found without reading the whole table."""
        return self._side is not None or all(_has_trigrams(field.column) for field in self._pieces)

    @cached_property
    def link(self) -> tuple[Any, Any] | None:
        """The column of the listed table that is a key of this one, and that key; None where these are joined else."""
        if len(self.path) != 1 or isinstance(self.path[0], Table):
            return None
        relation = self.path[0].property
        is_plain = relation.direction is RelationshipDirection.MANYTOONE and relation.secondary is None
        pairs = relation.local_remote_pairs
        if not is_plain or len(pairs) != 1 or getattr(relation.primaryjoin, "operator", None) is not operators.eq:
            return None
        return pairs[0]  # type: ignore[no-any-return]

    def holds(self, model: type[Any], sought: Sought) -> ColumnElement[bool]:
        """Whether a row of the listed table holds the text here, as a question to each row."""
        return along(inspect(model).local_table, self.path, or_(*(field.holds(sought) for field in self.fields)))

    def keys(self, model: type[Any], sought: Sought, columns: Sequence[Any] = ()) -> Iterator[Any]:
        """SELECTs of the keys of the listed rows that hold the text here, each by an index where there is one.

        Args:
            columns: of the listed table, which are selected too; this group `says` them.
        """
        [key] = inspect(model).primary_key
        if self._side and self._side_suffices:
            yield from (place.keys(sought, columns) for place in self._side.places)
        else:
            yield from (
                select(key, *columns).where(along(key.table, self.path, condition))
                for condition in self._conditions(sought)
            )

    def says(self, columns: Iterable[Any]) -> bool:
        """Whether these columns of the listed table are known where the text is found."""
        return not self._side or not self._side_suffices or self._side.says(columns)

    def linked_keys(self, sought: Sought) -> Iterator[Any]:
        """SELECTs of the keys by which listed rows are linked to the rows of this table that hold the text."""
        assert self.link is not None
        yield from (select(self.link[1]).where(condition) for condition in self._conditions(sought))

    @property
    def _pieces(self) -> list[SearchField]:
        return [field for field in self.fields if not field.is_whole]

    @cached_property
    def _side(self) -> SideText | None:
        side = next((one for table, one in SIDE_TEXTS if table is getattr(self.fields[0].column, "table", None)), None)
        names = {field.column.key for field in self._pieces}
        return side if side and names and names <= side.columns else None

    @property
    def _side_suffices(self) -> bool:
        """Whether rows are found by the text alone: it is the listed table's, and nothing else is searched here."""
        columns = {field.column.key for field in self.fields}
        return self._side is not None and not self.path and columns == self._side.columns

    def _conditions(self, sought: Sought) -> Iterator[ColumnElement[bool]]:
        """Conditions on this table's rows, of which each that holds the text meets one."""
        if self._side is None:
            yield or_(*(field.holds(sought) for field in self.fields))
            return
        yield from (field.holds(sought) for field in self.fields if field.is_whole)
        [key] = self.fields[0].column.table.primary_key
        pieces = or_(*(field.holds(sought) for field in self._pieces))
        yield from (key.in_(place.keys(sought)) & pieces for place in self._side.places)


def grouped(fields: Iterable[SearchField]) -> tuple[Group, ...]:
    """The fields by the way to their table."""
    ways: dict[tuple[int, ...], list[SearchField]] = {}
    for field in fields:
        ways.setdefault(tuple(map(id, field.path)), []).append(field)  # relations compare otherwise
    return tuple(Group(found[0].path, tuple(found)) for found in ways.values())


def along(table: Any, path: Sequence[Any], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition on rows at the path's end as one on the table's: some row on the way to there meets it."""
    if not path:
        return condition
    first, rest = path[0], path[1:]
    if isinstance(first, Table):
        found = select(literal(1)).select_from(first).where(join_condition(table, first), along(first, rest, condition))
        return found.correlate(table).exists()
    inner = along(inspect(first.property.mapper.class_).local_table, rest, condition)
    return first.any(inner) if first.property.uselist else first.has(inner)  # type: ignore[no-any-return]


def _has_trigrams(column: Any) -> bool:
    table = getattr(column, "table", None)
    return isinstance(table, Table) and any(_operators(index).get(column.key) in OPERATORS for index in table.indexes)


def _operators(index: Index) -> dict[str, str]:
    operators: dict[str, str] = index.dialect_options["postgresql"]["ops"]
    return operators if index.dialect_options["postgresql"]["where"] is None else {}
