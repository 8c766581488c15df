"""What the theme's templates ask about a form's fields: of which kind each is, and what its control says of itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_admin.contrib.sqla.widgets import CheckboxListInput
from flask_admin.form import FileUploadInput, ImageUploadInput, RenderTemplateWidget, Select2TagsField
from flask_admin.helpers import is_field_error
from flask_admin.model.widgets import AjaxSelect2Widget
from markupsafe import Markup
from wtforms import FormField, widgets

KINDS: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("check", (widgets.CheckboxInput,)),
    ("checks", (CheckboxListInput,)),
    ("image", (ImageUploadInput,)),
    ("upload", (FileUploadInput,)),
    ("ajax", (AjaxSelect2Widget,)),
    ("select", (widgets.Select,)),
    ("group", (widgets.ListWidget, widgets.TableWidget, RenderTemplateWidget)),
    ("number", (widgets.NumberInput,)),
    ("area", (widgets.TextArea,)),
)
"""The kind of each widget that is no line of text; the first that fits."""
GROUPS = frozenset({"group", "checks"})
"""Kinds of several controls, which are named by a legend."""
CLASSES = {"check": "form-check-input", "select": "form-select", "group": "", "checks": ""}
"""How a kind's control looks; all others are `form-control`."""
NAMELESS = ">__None</option>"
"""A choice of nothing, which Flask-Admin leaves without words."""
NATIVE = frozenset({"date", "datetime-local", "time"})
"""Inputs of browsers' own for times: what they send is of one form."""


@dataclass(frozen=True)
class Complaint:
    """What is wrong with one field."""

    field_id: str | None
    """The id of its control; None where a person sees none."""
    label: str
    text: str


def kind_of(field: Any) -> str:
    """Of which kind a field is: one of KINDS, or `date`, `datetime`, `time` or `text`."""
    for kind, types in KINDS:
        if isinstance(field.widget, types):
            return kind
    return _kind_of_time(formats_of(field)) or "text"


def formats_of(field: Any) -> list[str]:
    """The forms in which a field of a date or time is written, as `strptime` knows them; the first is its own."""
    if getattr(field.widget, "input_type", "text") in NATIVE:
        return []
    formats = getattr(field, "format", None) or getattr(field, "default_format", None) or []
    return [formats] if isinstance(formats, str) else [form for form in formats if isinstance(form, str)]


def _kind_of_time(formats: list[str]) -> str | None:
    if not formats:
        return None
    has_date, has_time = "%Y" in formats[0], "%H" in formats[0]
    return {(True, True): "datetime", (True, False): "date", (False, True): "time"}.get((has_date, has_time))


def attributes_of(form: Any, field: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a field's control.

    Args:
        given: those that the view asks for (`form_widget_args`).
    """
    kind, asked = kind_of(field), {**(field.render_kw or {}), **given}
    wrong = is_field_error(field.errors)
    attributes = {**given, "class": " ".join(_classes(kind, asked, wrong=wrong))}
    if kind in GROUPS:
        return attributes
    if described := " ".join(_described_by(field, asked, wrong=wrong)):
        attributes["aria-describedby"] = described
    if wrong:
        attributes |= {"aria-invalid": "true"} | ({"autofocus": True} if _is_first(form, field) else {})
    if kind in ("date", "datetime", "time"):
        attributes["data-format"] = "|".join(formats_of(field))
    if wrong and isinstance(field, Select2TagsField) and field.raw_data:
        attributes["value"] = field.raw_data[0]  # the field itself would show what is stored, not what was typed
    if kind == "ajax":
        if wrong and field.raw_data:
            attributes["value"] = ",".join(field.raw_data)
        attributes.setdefault("type", "text")  # a script makes a select of it; without one, ids can be typed
    return attributes


def control_of(field: Any, attributes: Mapping[str, Any]) -> Markup:
    """A field's control as its widget draws it; a choice of nothing that has no words is called “None”."""
    return Markup(str(field(**attributes)).replace(NAMELESS, ">None</option>"))  # noqa: S704 - widgets make markup


def _classes(kind: str, asked: Mapping[str, Any], *, wrong: bool) -> Iterator[str]:
    for name in (asked.get("class") or asked.get("class_") or "", CLASSES.get(kind, "form-control")):
        if name:
            yield name
    if wrong:
        yield "is-invalid"


def _described_by(field: Any, asked: Mapping[str, Any], *, wrong: bool) -> Iterator[str]:
    if wrong:
        yield f"{field.id}-error"
    if field.description:
        yield f"{field.id}-help"
    if example_of(field):
        yield f"{field.id}-example"
    if asked.get("aria-describedby"):
        yield asked["aria-describedby"]


def example_of(field: Any) -> str | None:
    """A time as the field takes it, for those who type it."""
    formats = formats_of(field)
    if kind_of(field) not in ("date", "datetime", "time"):
        return None
    example = formats[0].replace(".%f", "")
    for token, digits in (("%Y", "2026"), ("%m", "11"), ("%d", "25"), ("%H", "14"), ("%M", "30"), ("%S", "00")):
        example = example.replace(token, digits)
    return None if "%" in example else example


def complaints_about(form: Any) -> list[Complaint]:
    """All that is wrong with a form, in the order of its fields, whatever forms they are in."""
    return [Complaint(None, "", text) for text in getattr(form, "form_errors", ())] + [
        complaint for field in form for complaint in _complaints_about(field)
    ]


def _complaints_about(field: Any) -> Iterator[Complaint]:
    field_id = None if isinstance(field.widget, widgets.HiddenInput) else field.id
    if is_field_error(field.errors):
        texts = [str(error) for error in field.errors if isinstance(error, str)]
        yield Complaint(field_id, str(field.label.text), " ".join(texts))
    for entry in getattr(field, "entries", ()):
        yield from _complaints_about(entry)
    if isinstance(field, FormField):
        yield from complaints_about(field.form)


def _is_first(form: Any, field: Any) -> bool:
    """Whether it is the first field at fault of the whole form; one within another form is not known to be."""
    first = next((complaint for complaint in complaints_about(form) if complaint.field_id), None)
    return not form._prefix and first is not None and first.field_id == field.id
