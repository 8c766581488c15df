"""The rows of a model view: scoped in one place, in a stable order, with their relations loaded."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from flask import g, has_request_context, request
from sqlalchemy import ColumnElement, False_, func, inspect
from sqlalchemy.orm import RelationshipProperty, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from admin_views.keys import parse_key
from admin_views.list_arguments import refuse
from admin_views.list_order import Asked
from admin_views.list_places import ListPlace
from extensions import db_session
from people.accounts import current_actor
from services.errors import NotFoundError
from services.listing.keyset import JUMP_LIMIT
from services.listing.sections import ordered
from services.permissions import Permission
from services.scopes import visible


class ScopedQuery:
    """Mixed into a model view: every row that it lists, opens, edits, exports or acts on comes from here."""

    model: Any
    permission: ClassVar[Permission]
    column_load: ClassVar[Sequence[str]] = ()
    """Relations (`session.user`) that formatters read besides those that the columns name."""
    _details_columns: Any = ()

    def get_query(self) -> Any:
        query = db_session().query(self.model).filter(self.scope())
        return query.options(*_known_loads(self.model, tuple(self._shown_names())))

    def get_count_query(self) -> Any:
        return db_session().query(func.count()).select_from(self.model).filter(self.scope())

    def scope(self) -> ColumnElement[bool]:
        """The condition on rows that the person may see."""
        return visible(self.model, current_actor(), self.permission)

    def sees_nothing(self) -> bool:
        """Whether the person may see no row at all, whatever there is."""
        return isinstance(self.scope(), False_)

    def get_one(self, id: Any) -> Any:
        """The record with this id; locked where the request is about to change it.

        Raises:
            InvalidInputError: it is no id.
            NotFoundError: there is no such record, or none that this person may see.
        """
        query = self.get_query().filter_by(**parse_key(self.model, id))
        if has_request_context() and request.method == "POST":
            query = query.with_for_update(of=self.model).populate_existing()
        record = query.one_or_none()
        if record is None:
            raise NotFoundError("There is no such record, or none that you may see.")
        return record

    def matching(self, arguments: Any) -> Any:
        """The query for the rows that a list's arguments select, in no order: `asked()` makes such arguments."""
        return self._narrowed(self.get_query(), arguments.search, arguments.filters)[0]

    def matching_ids(self, arguments: Any) -> Any:
        """A SELECT of the primary keys of these rows, for statements that take many of them at once."""
        query = db_session().query(*inspect(self.model).primary_key).filter(self.scope())
        return self._narrowed(query, arguments.search, arguments.filters)[0].statement

    def selected(self, arguments: Any, complain: Any = refuse) -> Any:
        """The query for these rows, in the order in which the list shows them."""
        query, order = self.order_of(self.matching(arguments), self.asked_order(arguments, complain))
        return query.order_by(*ordered(order))

    def asked(self, complain: Any = refuse) -> Any:
        """What the request's address asks of the list.

        Raises:
            InvalidInputError: an argument can't be used; unless `complain` takes it otherwise.
        """
        return self._get_list_extra_args(complain)

    def selection(self, sort_column: Any, sort_desc: bool, search: str | None, filters: Any) -> Any:
        """The query for the rows that a list's arguments select, in their order."""
        asked = [Asked(str(sort_column), bool(sort_desc))] if sort_column in self._sortable_columns else []
        query, order = self.order_of(self._narrowed(self.get_query(), search, filters)[0], asked)
        return query.order_by(*ordered(order))

    def get_list(
        self,
        page: int | None,
        sort_column: Any,
        sort_desc: bool,
        search: str | None,
        filters: Any,
        execute: bool = True,
        page_size: int | None = None,
    ) -> tuple[int | None, Any]:
        """One page: that of the request's place, where the list's own page asks, else the one with this number."""
        if not self.can_select(search, filters):
            return None, []
        if self.sees_nothing():  # nor does the database let the person ask
            return 0, []
        if not execute:
            query = self.selection(sort_column, sort_desc, search, filters)
            return None, self._apply_pagination(query, page, page_size)
        place = g.pop("list_place", None) or ListPlace.numbered(page, sort_column, sort_desc)
        count = self.count_rows(search, filters, exact=place.counts_exactly)
        query, order = self.order_of(self._narrowed(self.get_query(), search, filters)[0], place.order)
        g.list_count, g.list_rows = count, place.rows(query, order, limit=page_size or JUMP_LIMIT)
        return (count and count.exact), g.list_rows.rows

    def _narrowed(self, query: Any, search: str | None, filters: Any) -> tuple[Any, dict[Any, Any]]:
        joins: dict[Any, Any] = {}
        if search and self._search_supported:
            query, _, joins, _ = self._apply_search(query, None, joins, {}, search)
        if filters:
            query, _, joins, _ = self._apply_filters(query, None, joins, {}, filters)
        return query, joins

    def _get_default_order(self) -> Any:
        if self.column_default_sort:
            yield from super()._get_default_order()
            return
        for name in ("updated_at", "created_at"):
            if hasattr(self.model, name):
                yield getattr(self.model, name), [], True
                return

    def _shown_names(self) -> Iterable[str]:
        columns = [*self._list_columns, *self._details_columns, *self._export_columns]
        return [*(name for name, _ in columns), *self.column_load]


@lru_cache(maxsize=1_000)
def _known_loads(model: Any, names: tuple[str, ...]) -> tuple[ORMOption, ...]:
    return tuple(loads_for(model, names))


def loads_for(model: Any, names: Iterable[str]) -> list[ORMOption]:
    """Options that load the relations which dotted names (`session.user.email`) walk through."""
    found = {}
    for name in names:
        entity, path, load = model, "", None
        for part in name.split("."):
            relation = getattr(entity, part, None)
            if not isinstance(getattr(relation, "property", None), RelationshipProperty):
                break
            how = selectinload if relation.property.uselist else joinedload
            load = how(relation) if load is None else getattr(load, how.__name__)(relation)
            entity, path = relation.property.mapper.class_, f"{path}.{part}"
        if load is not None:
            found[path] = load
    return list(found.values())
