"""A table that is searched: in which of its rows a text is found, as a question to each row and as a look-up."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, false, inspect, or_, select, union_all

from services.listing.search_fields import Group
from services.listing.search_terms import SearchTerm
from services.listing.sought import Sought


@dataclass(frozen=True)
class Searched:
    """A table, and by what its rows are searched."""

    model: type[Any]
    groups: tuple[Group, ...]
    statements: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """Those of its searches that are made once, by what they are made for."""

    @cached_property
    def key(self) -> Any:
        """The column that is the primary key; None where it has several."""
        [column, *others] = inspect(self.model).primary_key
        return None if others else column

    @cached_property
    def is_indexed(self) -> bool:
        return self.key is not None and all(group.is_indexed for group in self.groups)

    def sought(self, term: SearchTerm) -> Sought:
        return Sought.of(term, self.key)

    def holds(self, sought: Sought) -> ColumnElement[bool]:
        """Whether a row holds the text somewhere, or has its id."""
        return or_(*self._by_key(sought), *(group.holds(self.model, sought) for group in self.groups))

    def keys(self, sought: Sought) -> Any:
        """A SELECT of the keys of these rows, some of them more than once."""
        return union_all(*self._keys(sought, self.groups))

    @cached_property
    def links(self) -> tuple[Any, ...]:
        """Columns that link rows to other tables, each once; none where some texts don't say them."""
        columns = tuple(dict.fromkeys(group.link[0] for group in self.groups if group.link))
        return columns if all(group.says(columns) for group in self._own) else ()

    def own_rows(self, sought: Sought) -> Any:
        """A SELECT of the keys and `links` of the rows that are found without a link, some of them more than once."""
        none = select(self.key, *self.links).where(false())
        return union_all(none, *self._keys(sought, self._own, self.links))

    @property
    def _own(self) -> list[Group]:
        return [group for group in self.groups if group.link is None]

    def _keys(self, sought: Sought, groups: Iterable[Group], links: Sequence[Any] = ()) -> Iterator[Any]:
        yield from (select(self.key, *links).where(condition) for condition in self._by_key(sought))
        for group in groups:
            yield from group.keys(self.model, sought, links)

    def _by_key(self, sought: Sought) -> Iterator[ColumnElement[bool]]:
        if sought.keys is not None:
            yield self.key.between(*sought.keys)
