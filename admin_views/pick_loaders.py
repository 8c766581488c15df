"""Looks related records up for pickers: within the person's scope, by indexes, and never more than a few."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import g
from flask_admin.model.ajax import AjaxModelLoader
from sqlalchemy import ColumnElement, Select, String, and_, case, cast, false, func, inspect, select, text, union_all

import standings
from admin_views.filters import like
from admin_views.formatters import is_secret, shortened
from admin_views.keys import parse_key
from extensions import db_session
from people.accounts import current_actor
from services import field_rules
from services.errors import InvalidInputError, NotFoundError
from services.finding import asked
from services.patience import patient
from services.scopes import visible
from services.text import is_storable

PAGE = 20
"""Records that are offered at a time."""
FARTHEST = 1_000
"""Records after which one has to type more letters."""
PATIENCE_MS = 2_000
"""Milliseconds that a look-up may take."""
TRIGRAM = 3
"""Letters of the shortest piece that the indexes know; of fewer, only beginnings of words are found."""
NAMES = ("name", "title", "label", "email", "number", "slug", "code", "subject", "description")
"""Columns by which records are known, where no index says so."""
NEWEST = ("updated_at", "created_at")
HIDDEN = "A record that you may not see"


class ScopedLoader(AjaxModelLoader):
    """Finds records of one model for a view's picker."""

    def __init__(self, view: Any, name: str, model: Any, fields: Sequence[Any] | None = None, **options: Any) -> None:
        """
        Args:
            fields: the columns to search; by default those with an index of text pieces, else one that is like a name.
            options: `filters`, `order_by`, `placeholder` and `minimum_input_length`, as Flask-Admin has them.
        """
        super().__init__(name, {"placeholder": "Type to search", "minimum_input_length": 0} | options)
        self.view = view
        self.model = model
        [self.key] = inspect(model).primary_key
        self.key_name = inspect(model).get_property_by_column(self.key).key
        self.columns = [_column(model, field) for field in fields or named_by(model)]

    def format(self, model: Any) -> tuple[str, str] | None:
        """A record's id, and what it is called; nothing more than that it is there, where the person may not see it."""
        if model is None:
            return None
        identity = str(getattr(model, self.key_name))
        return identity, HIDDEN if (self.model, identity) in _hidden() else str(shortened(str(model)))

    def get_one(self, pk: Any) -> Any:
        """The record with this id in the person's scope, or None."""
        try:
            key = parse_key(self.model, str(pk))
        except (InvalidInputError, NotFoundError):
            return None
        with db_session().no_autoflush:
            return self._query().filter_by(**key).one_or_none()

    def get_present(self, pk: Any) -> Any:
        """The record that a form's record refers to, in scope or not; one that is not is not told of."""
        record = self.get_one(pk)
        if record is None and (record := db_session().get(self.model, pk)) is not None:
            _hidden().add((self.model, str(pk)))
        return record

    def get_list(self, query: str | None, offset: int | None = 0, limit: int | None = PAGE) -> list[Any]:
        """Records that are called so, or whose id begins so; the newest, where nothing is asked for.

        Raises:
            InvalidInputError: this takes too long.
        """
        offset, limit = max(offset or 0, 0), min(max(limit or PAGE, 1), PAGE)
        term = " ".join((query or "").split())
        if offset > FARTHEST or not is_storable(term) or len(term) > asked.LIMIT:
            return []
        found = self._query()
        if term:
            with patient(db_session(), PATIENCE_MS) as reader:
                ids = reader.read(self._ids(term))
            if ids is None:
                raise InvalidInputError("This look-up takes too long. Type more letters.", field="query")
            found = found.filter(self.key.in_(ids)).order_by(*self._nearness(term))
        elif "order_by" in self.options:
            found = found.order_by(self.options["order_by"])
        else:
            found = found.order_by(*self._newest())
        return list(found.order_by(self.key).offset(offset).limit(limit))

    def _query(self) -> Any:
        """Records in scope: as their own view has them, where there is one, else as the scopes say."""
        home = self.home
        if home is None:
            found = db_session().query(self.model).filter(self._scope())
        else:
            found = home.get_query() if home.is_accessible() else db_session().query(self.model).filter(false())
        table = self.model.__tablename__
        return found.filter(*(text(f"{table}.{one}") for one in self.options.get("filters") or ()))

    def _scope(self) -> ColumnElement[bool]:
        if self.home is not None:
            return self.home.scope() if self.home.is_accessible() else false()
        return visible(self.model, current_actor(), self.view.permission)

    @property
    def home(self) -> Any:
        """The view of the records' own, which knows who may see which of them."""
        views = getattr(self.view.admin, "_views", ())
        return next(
            (view for view in views if getattr(view, "model", 0) is self.model and hasattr(view, "scope")), None
        )

    def _ids(self, term: str) -> Select[Any]:
        """Keys of what is found, each way by its own index, so that no look-up reads a whole table."""
        parts = [
            select(self.key).where(self._scope(), condition).limit(FARTHEST + PAGE)
            for condition in [*self._by_id(term), *(_matches(column, term) for column in self._open_columns())]
        ]
        found = union_all(*parts).subquery() if parts else select(self.key).where(false()).subquery()
        return select(found.c[0]).distinct().limit(FARTHEST + PAGE)

    def _open_columns(self) -> list[Any]:
        """Those of its columns that who asks may see of everybody."""
        closed = standings.closed_fields()
        return [column for column in self.columns if not field_rules.is_closed(column, closed)]

    def _by_id(self, term: str) -> list[ColumnElement[bool]]:
        if self.key.type.python_type is UUID:
            id_range = asked.parse(term).id_range
            return [self.key.between(*id_range)] if id_range else []
        try:
            return [self.key == next(iter(parse_key(self.model, term).values()))]
        except (InvalidInputError, NotFoundError):
            return []

    def _nearness(self, term: str) -> list[Any]:
        begins = like(term).removeprefix("%")
        return [
            ranking
            for column in self._open_columns()[:1]
            for ranking in (case((_text(column).ilike(begins, escape="\\"), 0), else_=1), func.lower(_text(column)))
        ]

    def _newest(self) -> list[Any]:
        for name in NEWEST:
            column = self.model.__table__.columns.get(name)
            if column is not None and any(
                list(index.columns)[:1] == [column] for index in self.model.__table__.indexes
            ):
                return [column.desc()]
        return []


class CheckedLoader(AjaxModelLoader):
    """A developer's own loader, of whose records only those in scope are offered and taken."""

    def __init__(self, view: Any, loader: Any) -> None:
        super().__init__(loader.name, loader.options)
        self.loader = loader
        self.view = view

    def format(self, model: Any) -> Any:
        return self.loader.format(model)

    def get_one(self, pk: Any) -> Any:
        record = self.loader.get_one(pk) if is_storable(str(pk)) else None
        return record if self._in_scope([record] if record else []) else None

    def get_present(self, pk: Any) -> Any:
        return self.loader.get_one(pk)

    def get_list(self, query: str | None, offset: int | None = 0, limit: int | None = PAGE) -> list[Any]:
        offset, limit = min(max(offset or 0, 0), FARTHEST), min(max(limit or PAGE, 1), PAGE)
        return self._in_scope(self.loader.get_list(query or "", offset, limit))

    def _in_scope(self, records: Sequence[Any]) -> list[Any]:
        if not records:
            return []
        scoped = ScopedLoader(self.view, self.name, type(records[0]))
        keys = [getattr(record, scoped.key_name) for record in records]
        seen = set(db_session().scalars(select(scoped.key).where(scoped._scope(), scoped.key.in_(keys))))
        return [record for record, key in zip(records, keys, strict=True) if key in seen]


def named_by(model: Any) -> list[str]:
    """The columns by which a model's records are looked for."""
    table = model.__table__
    pieces = {
        column.key
        for index in table.indexes
        if "gin_trgm_ops" in (index.dialect_options["postgresql"].get("ops") or {}).values()
        for column in index.columns
    }
    texts = [column.key for column in table.columns if isinstance(column.type, String) and not is_secret(column.key)]
    return [name for name in texts if name in pieces] or [name for name in NAMES if name in texts][:2] or texts[:1]


def _column(model: Any, field: Any) -> Any:
    column = getattr(model, field, None) if isinstance(field, str) else field
    if column is None:
        raise TypeError(f"{model.__name__} has no {field} by which to look its records up.")
    return column


def _text(column: Any) -> Any:
    return column if isinstance(column.type, String) else cast(column, String)


def _matches(column: Any, term: str) -> ColumnElement[bool]:
    return and_(*(_text(column).ilike(_pattern(word), escape="\\") for word in term.split()))


def _pattern(word: str) -> str:
    return like(word) if len(word) >= TRIGRAM else like(word).removeprefix("%")


def _hidden() -> set[tuple[Any, str]]:
    """Records of this request that the person may not see, though what they edit refers to them."""
    return g.setdefault("hidden_picks", set())
