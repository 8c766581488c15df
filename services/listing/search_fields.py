"""What a list is searched by: columns of its table and of related ones, and whether indexes know their texts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Index, String, Table, cast, inspect, literal, or_, select
from sqlalchemy.orm import RelationshipDirection
from sqlalchemy.sql import operators
from sqlalchemy.sql.util import join_condition

from models import Deploy, DeployText, OnboardingSession, SessionText
from services.listing.sought import Sought

OPERATORS = "gin_trgm_ops", "gist_trgm_ops"
"""What an index of the pieces of a text is made with."""


@dataclass(frozen=True)
class SideText:
    """A table apart that holds some columns of another as one text, with an index of its pieces."""

    key: Any
    text: Any
    columns: frozenset[str]


SIDE_TEXTS = (
    (
        OnboardingSession.__table__,
        SideText(SessionText.session_id, SessionText.text, frozenset({"purpose", "target_audience"})),
    ),
    (Deploy.__table__, SideText(DeployText.deploy_id, DeployText.text, frozenset({"host", "actor"}))),
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

    def keys(self, model: type[Any], sought: Sought) -> Iterator[Any]:
        """SELECTs of the keys of the listed rows that hold the text here, each by an index where there is one."""
        [key] = inspect(model).primary_key
        if self._side and not self.path and self._side_suffices:
            yield select(self._side.key).where(_in_side(self._side, sought))
        else:
            yield from (
                select(key).where(along(key.table, self.path, condition)) for condition in self._conditions(sought)
            )

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
        return self._side is not None and {field.column.key for field in self.fields} == self._side.columns

    def _conditions(self, sought: Sought) -> Iterator[ColumnElement[bool]]:
        """Conditions on this table's rows, of which each that holds the text meets one."""
        if self._side is None:
            yield or_(*(field.holds(sought) for field in self.fields))
            return
        yield from (field.holds(sought) for field in self.fields if field.is_whole)
        [key] = self.fields[0].column.table.primary_key
        in_side = key.in_(select(self._side.key).where(_in_side(self._side, sought)))
        yield in_side & or_(*(field.holds(sought) for field in self._pieces))


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


def _in_side(side: SideText, sought: Sought) -> ColumnElement[bool]:
    found: ColumnElement[bool] = side.text.ilike(sought.pattern)
    return found


def _has_trigrams(column: Any) -> bool:
    table = getattr(column, "table", None)
    return isinstance(table, Table) and any(_operators(index).get(column.key) in OPERATORS for index in table.indexes)


def _operators(index: Index) -> dict[str, str]:
    operators: dict[str, str] = index.dialect_options["postgresql"]["ops"]
    return operators if index.dialect_options["postgresql"]["where"] is None else {}
