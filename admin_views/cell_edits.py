"""Cells that are edited in the list (`column_editable_list`), within scope, and never over a newer value."""

import json
from typing import Any
from urllib.parse import quote

from flask import Response, get_flashed_messages, request
from flask_admin import expose
from flask_admin.model.widgets import XEditableWidget
from wtforms import BooleanField, TextAreaField
from wtforms.fields import SelectFieldBase

from admin_views.form_types import Kept, WholeNumberField, WrittenField, as_browsers_send
from admin_views.pickers import PickerField
from admin_views.writes import ServiceWrites
from services.errors import NotFoundError

WAS = "list_form_was"
"""Names what a cell held when it was opened."""
STALE = "This is “{}” by now, so nothing was saved. Reload the page to see it."
_TIMES = {"%Y-%m-%d": "YYYY-MM-DD", "%H:%M:%S.%f": "HH:mm:ss", "%Y-%m-%d %H:%M:%S.%f": "YYYY-MM-DD HH:mm:ss"}
"""The forms of times for which there is an input of the browser's own, and what Flask-Admin calls them."""


class CellWidget(XEditableWidget):
    """What a cell says of how it is edited, for the console's own fields besides Flask-Admin's."""

    def get_kwargs(self, field: Any, kwargs: dict[str, str]) -> dict[str, str]:
        kwargs["data-value"] = kwargs["data-was"] = written(field)
        kwargs["data-label"] = str(field.label.text)
        if isinstance(field, PickerField):
            return (
                kwargs
                | {"data-type": "text", "data-pick": json.dumps(field.loader.format(field.data))}
                | _looked_up(field)
            )
        if isinstance(field, BooleanField):
            return kwargs | _chosen([("", "No"), ("1", "Yes")])
        if isinstance(field, SelectFieldBase):
            return kwargs | _chosen([(value, words) for value, words, *_ in field.iter_choices()])
        if isinstance(field, WrittenField):
            return kwargs | _line(field, kwargs["data-value"])
        return kwargs | {"data-type": "textarea" if isinstance(field, TextAreaField) else "text"}


def _chosen(choices: list[tuple[Any, Any]]) -> dict[str, str]:
    source = [{"value": str(value), "text": str(words)} for value, words in choices]
    return {"data-type": "select2", "data-source": json.dumps(source)}


def _looked_up(field: Any) -> dict[str, str]:
    return {"data-pick-from": field.loader.name, "data-allow-blank": "1" if field.allow_blank else ""}


def _line(field: WrittenField, value: str) -> dict[str, str]:
    if isinstance(field, WholeNumberField):
        return {"data-type": "number"}
    form = _TIMES.get(next(iter(field.notation.formats), ""))
    return {"data-type": "text"} | ({"data-format": form, "data-value": value.removesuffix(".000000")} if form else {})


def written(field: Any) -> str:
    """What a field holds, as it is sent."""
    if isinstance(field, PickerField):
        return (field.loader.format(field.data) or ("", ""))[0]
    if isinstance(field, Kept):
        return field.shown(field.data)
    if isinstance(field, BooleanField):
        return "1" if field.data else ""
    return "" if field.data is None else str(field.data)


class EditedCells:
    """Mixed into a model view: its list's cells can be edited where they are."""

    column_editable_list: Any

    def scaffold_list_form(self, widget: Any = None, validators: Any = None) -> Any:
        return super().scaffold_list_form(widget or CellWidget(), validators)  # type: ignore[misc]

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> Response:
        """Save one cell. What is refused is told with 422, or with 409 where the record is in the way.

        Raises:
            NotFoundError: no cell of this list can be edited, or there is no such record in scope.
        """
        names = [str(name) for name in self.column_editable_list or () if str(name) in request.form]
        if not names:
            raise NotFoundError("There is no such cell to edit.")
        record = self.get_one(request.form.get("list_form_pk", ""))
        form = self.list_form(obj=record)
        for name in [field.name for field in form if field.name not in names and field.name != "csrf_token"]:
            del form[name]
        if WAS in request.form and (now := _now(self, record, names[0])) != as_browsers_send(request.form[WAS]):
            return _told(STALE.format(now[:80]), 409)
        if self.validate_form(form) and self.update_model(self.completed(form, record), record):
            fresh = _now(self, record, names[0])
            return _told("Record was successfully saved.", 200, written=fresh)
        errors = [str(error) for field in form for error in field.errors]
        return _told(" ".join([*errors, *(get_flashed_messages() if not errors else [])]) or "Nothing was saved.", 422)

    def completed(self, form: Any, record: Any) -> Any:
        """The form of one cell with the record's other fields as they are, for services that take a whole form."""
        return _Completed(form, self._edit_form_class, record) if self._has_service() else form

    def _has_service(self) -> bool:
        return type(self).update_record is not ServiceWrites.update_record


class _Completed:
    """A form whose data is that of a whole one."""

    def __init__(self, form: Any, whole: Any, record: Any) -> None:
        self._form = form
        names = [name for name, _ in whole()._fields.items() if hasattr(record, name)]
        self.data = {name: getattr(record, name) for name in names} | form.data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._form, name)

    def __getitem__(self, name: str) -> Any:
        return self._form[name]

    def __contains__(self, name: str) -> bool:
        return name in self._form

    def __iter__(self) -> Any:
        return iter(self._form)


def _now(view: Any, record: Any, name: str) -> str:
    """What the cell would hold if the list was opened now."""
    return as_browsers_send(written(view._list_form_class(obj=record)[name]))


def _told(message: str, status: int, *, written: str | None = None) -> Response:
    answer = Response(message, status, mimetype="text/plain")
    if written is not None:
        answer.headers["X-Written"] = quote(written)
    return answer
