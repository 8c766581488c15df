"""Form fields for column types that Flask-Admin leaves out, or gets wrong."""

from datetime import UTC, datetime
from typing import Any

from flask_admin.contrib.sqla.form import AdminModelConverter
from flask_admin.model.form import converts
from wtforms import DateTimeField, SelectField, StringField
from wtforms.validators import UUID, ValidationError

from admin_views.formatters import words
from services import text


def choices_of(enum: Any, blank: str | None = None) -> list[tuple[str, str]]:
    """What a select offers for an enum: its values, and the words for them.

    Args:
        blank: the words for no value, where that is a choice.
    """
    choices = [(member.value, words(member.value)) for member in enum]
    return choices if blank is None else [("", blank), *choices]


def storable(form: Any, field: Any) -> None:
    """A validator: PostgreSQL can hold the text."""
    if isinstance(field.data, str) and not text.is_storable(field.data):
        raise ValidationError("This holds a character that can’t be stored.")


class UtcDateTimeField(DateTimeField):
    """A time in UTC, to the microsecond, so that saving a form unchanged changes nothing."""

    def __init__(self, label: str | None = None, validators: Any = None, **options: Any) -> None:
        options.setdefault("description", "In UTC.")
        super().__init__(label, validators, format=["%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S"], **options)

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return self.data.astimezone(UTC).strftime(self.format[0]) if isinstance(self.data, datetime) else ""

    def process_formdata(self, valuelist: Any) -> None:
        super().process_formdata(valuelist)
        if self.data is not None:
            self.data = self.data.replace(tzinfo=UTC)


class FormConverter(AdminModelConverter):
    """Chooses a field by the column's type; relations are left to hand-written forms, which can scope them."""

    def _convert_relation(self, *args: Any, **kwargs: Any) -> None:
        return None

    @converts("models.base.TextEnum")
    def conv_text_enum(self, column: Any, field_args: Any, **rest: Any) -> SelectField:
        blank = "–" if column.nullable else None
        return SelectField(
            choices=choices_of(column.type.enum, blank),
            coerce=lambda value: column.type.enum(value) if value else None,
            **field_args,
        )

    @converts("sqlalchemy.sql.sqltypes.Uuid")
    def conv_uuid(self, field_args: Any, **rest: Any) -> StringField:
        field_args["validators"].append(UUID("This is no id."))
        return StringField(**field_args)

    @converts("DateTime")
    def convert_datetime(self, field_args: Any, **rest: Any) -> UtcDateTimeField:
        return UtcDateTimeField(**field_args)

    @converts("String", "Text")
    def conv_String(self, column: Any, field_args: Any, **rest: Any) -> Any:  # noqa: N802 - Flask-Admin's name
        field_args["validators"].append(storable)
        return super().conv_String(column=column, field_args=field_args, **rest)
