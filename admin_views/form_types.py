"""Form fields for columns of every type. One that is sent as it was shown keeps what is stored, to the last bit."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from flask_admin.form.widgets import Select2TagsWidget, Select2Widget
from sqlalchemy import inspect
from sqlalchemy.exc import NoInspectionAvailable
from sqlalchemy.orm.attributes import flag_modified
from wtforms import Field, SelectFieldBase, StringField, TextAreaField
from wtforms.fields import Choice, SelectChoice
from wtforms.utils import unset_value
from wtforms.validators import InputRequired
from wtforms.widgets import NumberInput, TextArea, TextInput

from admin_views.notation import Notation
from admin_views.time_notations import MOMENT, in_formats

_NOTHING = object()


def as_browsers_send(value: str) -> str:
    """A text with the line breaks that a form sends (HTML, 4.10.22), so that two can be compared."""
    return re.sub(r"\r\n|\r|\n", "\r\n", value)


class Kept:
    """Mixed into a field: what is sent as it was shown is what is stored, whatever its text could not say."""

    untouched = False
    """Whether what was sent is what the form showed of a stored value."""
    raw_data: Any
    data: Any
    process_errors: Any

    def shown(self, value: Any) -> str:
        """The text of a stored value."""
        raise NotImplementedError

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(formdata, data, extra_filters)  # type: ignore[misc]
        if data is not unset_value and self.raw_data and self.is_as_shown(data):
            self.data, self.process_errors, self.untouched = data, [], True

    def is_as_shown(self, stored: Any) -> bool:
        """Whether what was sent is the text of the stored value."""
        return as_browsers_send(str(self.raw_data[0])) == as_browsers_send(self.shown(stored))

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self.shown(self.data)

    def populate_obj(self, obj: Any, name: str) -> None:
        if self.untouched and getattr(obj, name, _NOTHING) is self.data:
            return
        setattr(obj, name, self.to_store())
        if not self.untouched:
            _flag_change(obj, name)

    def to_store(self) -> Any:
        """The value as the column takes it."""
        return self.data


def _flag_change(obj: Any, name: str) -> None:
    """Have the value written though Python takes it for the old one, as it does `True` for `1`."""
    try:
        is_stored = inspect(obj).persistent
    except NoInspectionAvailable:
        return
    if is_stored and name in inspect(obj).mapper.column_attrs and not inspect(obj).attrs[name].history.has_changes():
        flag_modified(obj, name)


class Filled(InputRequired):
    """What a column that can't be empty needs; an empty text that is stored already is none of its concern."""

    def __call__(self, form: Any, field: Any) -> None:
        if not getattr(field, "untouched", False):
            super().__call__(form, field)


class WrittenField(Kept, Field):
    """A line of text in the notation of its column."""

    widget = TextInput()

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        notation: Notation,
        format: str | Sequence[str] | None = None,
        places: int | None = None,
        **options: Any,
    ) -> None:
        """
        Args:
            format: the form of a date or time, or several, as `strptime` knows them; the first is shown.
            places: how many digits after the point are shown of a number.
        """
        if notation.example:
            options.setdefault("description", f"Such as {notation.example}.")
        super().__init__(label, validators, **options)
        self.notation = notation
        if format:
            self.notation = in_formats(notation, [format] if isinstance(format, str) else format)
        if places is not None:
            self.notation = replace(notation, write=lambda value: f"{value:.{places}f}")
        if self.notation.formats:
            self.format = list(self.notation.formats)

    def shown(self, value: Any) -> str:
        return "" if value is None else self.notation.write(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            given = valuelist[0].strip()
            self.data = None
            self.data = self.notation.read(given) if given else None


class UtcDateTimeField(WrittenField):
    """A time in UTC, to the microsecond."""

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        options.setdefault("description", "In UTC.")
        options.setdefault("notation", MOMENT)
        super().__init__(label, validators, **options)


class WholeNumberField(WrittenField):
    """A whole number within the bounds of its column."""

    widget = NumberInput()

    def __init__(self, label: Any = None, validators: Any = None, *, bounds: tuple[int, int], **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.flags.min, self.flags.max = bounds


class ListWidget(TextInput):
    """Tags, where the text is entries parted by commas."""

    def __call__(self, field: Any, **options: Any) -> Any:
        if field._value().startswith("["):
            return super().__call__(field, **options)
        return Select2TagsWidget()(field, **options)


class ListField(WrittenField):
    """Entries parted by commas, as tags; a JSON list where an entry has a comma, is empty or none."""

    widget = ListWidget()
    allow_duplicates = True

    def __init__(
        self, label: Any = None, validators: Any = None, *, coerce: Callable[[Any], Any] | None = None, **options: Any
    ) -> None:
        """
        Args:
            coerce: makes something else of each entry.
        """
        options.setdefault("description", 'Entries with commas in them: ["a, b", "c"].')
        super().__init__(label, validators, **options)
        self.coerce = coerce

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.coerce and self.data:
            self.data = [self.coerce(one) for one in self.data]


class TextField(Kept, StringField):
    """A text on one line; on several where it has them, since a line would lose them."""

    widget = TextInput()

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(formdata, data, extra_filters)
        if isinstance(self.widget, TextInput) and re.search("[\r\n]", self._value()):
            self.widget = TextArea()
        if data == "":
            self.flags.required = False

    def shown(self, value: Any) -> str:
        return "" if value is None else str(value)


class LongTextField(TextField, TextAreaField):
    """A text of several lines."""

    widget = TextArea()


class ChoiceField(Kept, SelectFieldBase):
    """A choice among values; one that is stored though it is no choice any more can be kept."""

    widget = Select2Widget()

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        choices: Iterable[Any],
        coerce: Callable[[str], Any] = str,
        write: Callable[[Any], str] = str,
        allow_blank: bool = False,
        blank_text: str = "–",
        **options: Any,
    ) -> None:
        super().__init__(label, validators, **options)
        self.choices = [_pair(choice) for choice in choices]
        self.coerce = coerce
        self.write = write
        self.allow_blank = allow_blank
        self.blank_text = blank_text

    def shown(self, value: Any) -> str:
        return BLANK if value is None else self.write(value)

    def iter_choices(self) -> Iterator[Choice]:
        present = self.shown(self.data)
        if self.allow_blank:
            yield Choice(BLANK, self.blank_text, present == BLANK, {})
        for value, words in self.choices:
            yield Choice(value, words, present == value, {})
        if present != BLANK and present not in dict(self.choices):
            yield Choice(present, present, True, {})

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        self.data = None
        if valuelist[0] in dict(self.choices):
            self.data = self.coerce(valuelist[0])
        elif valuelist[0] not in ("", BLANK) or not self.allow_blank:
            raise ValueError("Not a valid choice.")


BLANK = "__None"
"""What a select sends for no value, as Flask-Admin's do."""


def _pair(choice: Any) -> tuple[str, Any]:
    """A choice as Flask-Admin takes them: a pair, a member of an enum, or a value that is its own words."""
    if isinstance(choice, str):
        return choice, choice
    if isinstance(choice, SelectChoice):
        return str(choice.value), choice.label
    if isinstance(choice, list | tuple):
        return str(choice[0]), choice[1]
    return str(choice.value), choice.name
