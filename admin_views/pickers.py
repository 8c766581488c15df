"""Pickers for relations in forms: searchable selects that look records up as somebody types; an id can be typed too."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from flask import current_app, flash, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.contrib.sqla.form import InlineModelConverter
from flask_admin.model.ajax import AjaxModelLoader
from flask_admin.model.fields import AjaxSelectField, AjaxSelectMultipleField
from sqlalchemy import inspect
from sqlalchemy.orm import with_parent
from sqlalchemy.orm.attributes import set_committed_value

from admin_views.form_types import BLANK
from admin_views.formatters import is_secret
from admin_views.list_query import loads_for
from admin_views.pick_loaders import CheckedLoader, ScopedLoader
from extensions import db_session
from services.errors import ForbiddenError, NotFoundError

MANY = 200
"""Related records of one record that a form holds; where there are more, it leaves them out."""
UNKNOWN = "There is no such record, or none that you may see."
_LOADED = ("dynamic", "write_only")
"""Relations that are never loaded as a whole."""


class PickerField(AjaxSelectField):
    """One related record; the one that is there already can stay, in scope or not."""

    def process_formdata(self, valuelist: Sequence[str | None] | None) -> None:
        if not valuelist:
            return
        present, given = self.object_data, (valuelist[0] or "").strip()
        if given in ("", BLANK):
            self.data = None
        elif present is not None and given == self.loader.format(present)[0]:
            self.data = present
        else:
            self.data = None
            self.data = _get(self.loader, given)

    def pre_validate(self, form: Any) -> None:
        if not self.allow_blank and self.data is None and not self.process_errors:
            super().pre_validate(form)


class PickersField(AjaxSelectMultipleField):
    """Several related records."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:  # type: ignore[override]
        present = {self.loader.format(record)[0]: record for record in self.object_data or ()}
        ids = dict.fromkeys(one.strip() for given in valuelist for one in given.split(self.separator) if one.strip())
        if len(ids) > MANY:
            raise ValueError(f"At most {MANY} can be chosen here.")
        if valuelist:
            self.data = [present.get(one) or _get(self.loader, one) for one in ids]

    def populate_obj(self, obj: Any, name: str) -> None:
        if set(map(id, getattr(obj, name, None) or ())) != set(map(id, self.data)):
            setattr(obj, name, self.data)


def _get(loader: Any, given: str) -> Any:
    record = loader.get_one(given)
    if record is None:
        raise ValueError(UNKNOWN)
    return record


class ScopedInlineConverter(InlineModelConverter):
    """Forms within forms, whose relations are picked in the same way."""

    def process_ajax_refs(self, info: Any) -> dict[Any, Any]:
        given = getattr(info, "form_ajax_refs", None) or {}
        prefix = info.model.__name__.lower()
        found = {
            name: self.view.loader_for(info.model, name, given.get(name), f"{prefix}-{name}")
            for name in (*given, *picked(info, info.model))
        }
        self.view._form_ajax_refs |= {loader.name: loader for loader in found.values()}
        return found


class PickedRelations:
    """Mixed into a model view: its forms' relations are pickers, which find what the person may see."""

    model: Any
    admin: Any
    form_pickers: ClassVar[dict[str, Sequence[Any]]] = {}
    """The related record's columns by which each relation's picker searches; a good guess, where it is not named."""
    inline_model_form_converter = ScopedInlineConverter
    _form_ajax_refs: dict[str, Any]

    def _process_ajax_references(self) -> dict[str, Any]:
        given = self.form_ajax_refs or {}
        names = [*given, *(name for name in picked(self, self.model) if name not in given)]
        return {name: self.loader_for(self.model, name, given.get(name), name) for name in names}

    def loader_for(self, model: Any, relation: str, options: Any, name: str) -> Any:
        """What finds records for a relation of a model.

        Args:
            options: Flask-Admin's for `form_ajax_refs`, or a loader of the developer's own.

        Raises:
            TypeError: it would search by a secret.
        """
        if isinstance(options, AjaxModelLoader):
            options.name = name
            return CheckedLoader(self, options)
        options = {"fields": self.form_pickers.get(relation)} | (options or {})
        loader = ScopedLoader(self, name, _target(model, relation), **options)
        if leaks := [column.key for column in loader.columns if is_secret(column.key)]:
            raise TypeError(f"{type(self).__name__} must not look records up by {', '.join(leaks)}.")
        return loader

    @expose("/ajax/lookup/")
    def ajax_lookup(self) -> ResponseReturnValue:
        """Records for a picker, as pairs of an id and a name.

        Raises:
            ForbiddenError: the person has no form here to pick them for.
            NotFoundError: there is no such picker.
        """
        if not (self.can_edit or self.can_create):
            raise ForbiddenError("Your role does not permit this, or these records can’t be changed here.")
        loader = self._form_ajax_refs.get(request.args.get("name", ""))
        if loader is None:
            raise NotFoundError("There is no such picker.")
        offset, limit = (request.args.get(name, type=int) for name in ("offset", "limit"))
        found = loader.get_list(request.args.get("query"), offset, limit)
        return current_app.json.response([loader.format(record) for record in found])

    def edit_form(self, obj: Any = None) -> Any:
        """The form, with what it needs of the record's relations loaded, but none that has too many."""
        too_many = list(self._load_relations(obj, self._edit_form_class)) if obj is not None else []
        form = super().edit_form(obj=obj)  # type: ignore[misc]
        for name in too_many:
            flash(f"{form[name].label.text} are left out of this form: there are more than {MANY}.", "info")
            del form[name]
        return form

    def _load_relations(self, record: Any, form_class: Any) -> Iterable[str]:
        """Load what the form's fields need; the names of those relations that have too many records."""
        state = inspect(record)
        for name, prop in state.mapper.relationships.items():
            is_needed = name in state.unloaded or (prop.direction.name == "MANYTOONE" and name in self._form_ajax_refs)
            if not hasattr(form_class, name) or not is_needed:
                continue
            found = self._related(record, prop)
            if prop.uselist and len(found) > MANY:
                set_committed_value(record, name, [])
                yield name
            else:
                set_committed_value(record, name, found if prop.uselist else next(iter(found), None))

    def _related(self, record: Any, prop: Any) -> list[Any]:
        target = prop.mapper.class_
        loader = self._form_ajax_refs.get(prop.key)
        if prop.direction.name == "MANYTOONE" and loader is not None and len(prop.local_remote_pairs) == 1:
            [(local, _)] = prop.local_remote_pairs
            key = getattr(record, inspect(record).mapper.get_property_by_column(local).key)
            return [loader.get_present(key)] if key is not None else []
        options = loads_for(target, to_one(target))
        query = db_session().query(target).options(*options)
        return list(
            query.filter(with_parent(record, prop.class_attribute)).order_by(*prop.mapper.primary_key).limit(MANY + 1)
        )


def picked(view: Any, model: Any) -> list[str]:
    """The relations of a model for which a view's generated form has pickers: those to one record, or that it names."""
    asked = [name if isinstance(name, str) else name.key for name in getattr(view, "form_columns", None) or ()]
    left_out = set(getattr(view, "form_excluded_columns", None) or ()) | set(
        getattr(view, "form_overrides", None) or ()
    )
    if getattr(view, "form", None) is not None:
        return []
    return [
        prop.key
        for prop in inspect(model).relationships
        if not prop.viewonly
        and prop.lazy not in _LOADED
        and len(prop.mapper.primary_key) == 1
        and prop.key not in left_out
        and (prop.key in asked if asked else prop.direction.name == "MANYTOONE")
        and "query_factory" not in (getattr(view, "form_args", None) or {}).get(prop.key, {})
    ]


def to_one(model: Any) -> list[str]:
    """The relations of a model that lead to one record."""
    return [prop.key for prop in inspect(model).relationships if not prop.uselist]


def _target(model: Any, relation: str) -> Any:
    prop = inspect(model).relationships.get(relation)
    attribute = getattr(model, relation, None)
    if prop is None and hasattr(attribute, "remote_attr"):  # an association proxy
        prop = attribute.remote_attr.property
    if prop is None:
        raise ValueError(f"{model.__name__}.{relation} is not a relation.")
    return prop.mapper.class_
