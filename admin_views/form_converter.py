"""Form fields for column types that Flask-Admin leaves out, or gets wrong."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask_admin.contrib.sqla.form import AdminModelConverter
from flask_admin.model.form import converts
from wtforms import DateTimeField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from services import text
from services.labels import label


def choices_of(enum: Any, blank: str | None = None) -> list[SelectChoice]:
    """What a select offers for an enum: its values, and the words for them.

    Args:
        blank: the words for no value, where that is a choice.
    """
    choices = [SelectChoice(member.value, label(member.value)) for member in enum]
    return choices if blank is None else [SelectChoice("", blank), *choices]


def storable(form: Any, field: Any) -> None:
    """A validator: PostgreSQL can hold the text."""
    if isinstance(field.data, str) and not text.is_storable(field.data):
        raise ValidationError("This holds a character that can’t be stored.")


def with_plain_line_breaks(value: str | None) -> str | None:
    """A filter: browsers send CR LF for a line break (HTML, 4.10.22); stored texts have LF alone."""
    return value.replace("\r\n", "\n") if value else value


class IdField(StringField):
    """A whole id, or none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = _parse_id(valuelist[0].strip())


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


def _parse_id(value: str) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        raise ValidationError("This is no id.") from None


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
    def conv_uuid(self, field_args: Any, **rest: Any) -> IdField:
        return IdField(**field_args)

    @converts("DateTime")
    def convert_datetime(self, field_args: Any, **rest: Any) -> UtcDateTimeField:
        return UtcDateTimeField(**field_args)

    @converts("String")
    def conv_String(self, field_args: Any, **rest: Any) -> Any:  # noqa: N802 - Flask-Admin's name
        field_args["validators"].append(storable)
        return super().conv_String(field_args=field_args, **rest)

    @converts("Text")
    def conv_Text(self, field_args: Any, **rest: Any) -> Any:  # noqa: N802 - Flask-Admin's name
        field_args["validators"].append(storable)
        field_args["filters"] = [*field_args["filters"], with_plain_line_breaks]
        return super().conv_Text(field_args=field_args, **rest)
