"""Two words looked up at once, by one statement that is made once, and reads no more than what they come to needs.

What a word finds in a table that rows are linked to is kept as keys of that table: a thousand people may have ten
thousand sessions, and to know which of these hold the other word, it takes only those in which that was found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    and_,
    any_,
    bindparam,
    case,
    exists,
    func,
    literal,
    not_,
    select,
    true,
    union,
    union_all,
)

from services.listing.search_terms import SearchTerm
from services.listing.searched import Searched
from services.listing.sought import Sought, keys_of, parameters

NAMES = "one", "two"
_FEW, _SOON, _MORE, _TOO_SOON = (bindparam(name, type_=Integer) for name in ("few", "soon", "many", "not_soon"))


def of_pair(searched: Searched, terms: Sequence[SearchTerm], *, few: int, soon: int) -> tuple[Any, dict[str, Any]]:
    """A SELECT of what two terms come to, and its parameters: one row of four columns.

    - The keys of the rows that hold both; null where one of them is in many rows, or both together are.
    - Otherwise, the keys of the rows that hold the one of them that is in few; null where there is none such.
    - Otherwise, whether the first is in few rows, and whether the second is.

    Args:
        few: rows up to which a term's rows are looked up.
        soon: rows up to which those of one term are asked for the other, which is not looked up.
    """
    has_keys = tuple(keys_of(term, searched.key) is not None for term in terms)
    if has_keys not in searched.statements:
        searched.statements[has_keys] = _statement(searched, has_keys)
    told = {"few": few, "many": few + 1, "soon": soon, "not_soon": soon + 1}
    for name, term in zip(NAMES, terms, strict=True):
        told |= parameters(name, term, searched.key)
    return searched.statements[has_keys], told


@dataclass(frozen=True)
class _Word:
    """Where one of them is found: few keys at most, and one more where they are more."""

    searched: Searched
    sought: Sought
    own: CTE
    """Keys of rows, and what links them to other tables where that is known."""
    links: tuple[tuple[Any, CTE], ...]
    """Columns of rows, and keys of other tables that they may have there."""

    @cached_property
    def numbers(self) -> list[ScalarSelect[int]]:
        """How many keys there are of each kind, counted once."""
        counted = (_kept(_count(keys)) for keys in (self.own, *(keys for _, keys in self.links)))
        return [select(number.c[0]).scalar_subquery() for number in counted]

    @property
    def is_few(self) -> ColumnElement[bool]:
        return and_(*(number <= _FEW for number in self.numbers))

    @property
    def is_soon(self) -> ColumnElement[bool]:
        rows = self.rows().limit(_TOO_SOON).subquery()
        return and_(*(number <= _SOON for number in self.numbers), _count(rows).scalar_subquery() <= _SOON)

    def rows(self) -> Any:
        """A SELECT of the keys of the rows, some of them more than once."""
        linked = (select(self.searched.key).where(column.in_(select(keys.c[0]))) for column, keys in self.links)
        return union_all(select(self.own.c[0]), *linked)

    def few(self) -> ColumnElement[Any]:
        """The keys of the rows; null where there are many."""
        rows = _kept(self.rows().limit(_MORE))
        return case((_count(rows).scalar_subquery() <= _FEW, _array(select(rows.c[0]))))

    def linked(self, column: Any, keys: CTE) -> Select[Any]:
        """Its own rows that are linked to these keys; the rows are read where nothing says their links."""
        known = dict(zip(self.searched.links, list(self.own.c)[1:], strict=True))
        if column in known:
            return select(self.own.c[0]).where(_is_in(known[column], keys))
        key = self.searched.key
        return select(key).where(key == any_(_array(select(self.own.c[0]))), _is_in(column, keys))

    def asked(self, other: "_Word") -> ColumnElement[Any]:
        """The keys of its rows, which are soon asked, that hold the other."""
        key = self.searched.key
        return _array(select(key).where(key == any_(_array(self.rows())), self.searched.holds(other.sought)))


def _statement(searched: Searched, has_keys: tuple[bool, ...]) -> Any:
    one, two = words = [_word(searched, name, has) for name, has in zip(NAMES, has_keys, strict=True)]
    both = case(
        (one.is_soon, one.asked(two)),
        (two.is_soon, two.asked(one)),
        (and_(one.is_few, two.is_few), _common(one, two)),
    )
    found = _kept(select(both.label("keys"))).c[0]
    alone = case((found.is_not(None), None), (one.is_few, case((not_(two.is_few), one.few()))), (two.is_few, two.few()))
    return select(found, alone, *(case((found.is_(None), word.is_few)) for word in words))


def _word(searched: Searched, name: str, has_keys: bool) -> _Word:
    sought = Sought.named(name, searched.key, has_keys=has_keys)
    links = (
        (group.link[0], _kept(union_all(*group.linked_keys(sought)).limit(_MORE)))
        for group in searched.groups
        if group.link
    )
    return _Word(searched, sought, _kept(searched.own_rows(sought).limit(_MORE)), tuple(links))


def _common(one: _Word, two: _Word) -> ScalarSelect[Any]:
    """The keys of the rows in which both are found, in whichever ways."""
    rows = union(*_ways(one, two)).limit(_MORE).subquery()
    found = func.coalesce(func.array_agg(rows.c[0]), literal([], ARRAY(one.searched.key.type)))
    return select(case((func.count() <= _FEW, found))).select_from(rows).scalar_subquery()


def _ways(one: _Word, two: _Word) -> Iterator[Any]:
    key = one.searched.key
    yield select(one.own.c[0]).where(_is_in(one.own.c[0], two.own))
    for word, other in ((one, two), (two, one)):
        for column, keys in other.links:
            yield word.linked(column, keys).where(exists(select(keys.c[0])))
    for column, keys in one.links:
        for other_column, others in two.links:
            if column is other_column:
                common = select(keys.c[0]).where(_is_in(keys.c[0], others))
                yield select(key).where(column.in_(common)).limit(_MORE)
            else:
                yield select(key).where(column.in_(select(keys.c[0])), _is_in(other_column, others)).limit(_MORE)


def _kept(rows: Any) -> CTE:
    """Rows that are read once, and not before they are needed."""
    return rows.cte().prefix_with("MATERIALIZED")  # type: ignore[no-any-return]


def _count(rows: Any) -> Select[Any]:
    return select(func.count()).select_from(rows)


def _is_in(column: Any, keys: CTE) -> ColumnElement[bool]:
    """Asked of each row, and answered from memory: no join is made of it."""
    return column.in_(select(keys.c[0])).is_(true())  # type: ignore[no-any-return]


def _array(keys: Any) -> ColumnElement[Any]:
    return func.array(keys.scalar_subquery(), type_=ARRAY(keys.selected_columns[0].type))
