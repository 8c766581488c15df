"""Which field a column or a relation has in a form that is made from the model."""

from typing import Any

from flask_admin.contrib.sqla.form import AdminModelConverter
from flask_admin.form import Select2Field
from flask_admin.model.form import converts
from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from admin_views.composite_notations import notation_for
from admin_views.form_types import (
    ChoiceField,
    Filled,
    ListField,
    LongTextField,
    TextField,
    UtcDateTimeField,
    WholeNumberField,
    WrittenField,
)
from admin_views.formatters import is_secret
from admin_views.json_field import JsonField
from admin_views.notation import Notation
from admin_views.notations import bounds_of
from admin_views.pickers import PickerField, PickersField
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


class FormConverter(AdminModelConverter):
    """Chooses a field by the column's type; leaves out bytes, which no form can show, and secrets that no one names."""

    def convert(self, model: Any, mapper: Any, name: str, prop: Any, field_args: Any, hidden_pk: bool) -> Any:
        if is_secret(name) and name not in (getattr(self.view, "form_columns", None) or ()):
            return None
        field = super().convert(model, mapper, name, prop, field_args, hidden_pk)
        if getattr(field, "field_class", None) is Select2Field and "choices" in field.kwargs:
            field = _choice(prop.columns[0], field.kwargs)
        own = len((field_args or {}).get("validators") or ())
        validators = getattr(field, "kwargs", {}).get("validators")
        if validators:
            validators[own:] = [_lenient(one) for one in validators[own:]]
        return field

    def _convert_relation(self, name: str, prop: Any, property_is_association_proxy: bool, kwargs: Any) -> Any:
        named = name in (getattr(self.view, "form_columns", None) or ())
        if prop.direction.name != "MANYTOONE" and not named and not self._get_field_override(prop.key):
            return None
        return super()._convert_relation(name, prop, property_is_association_proxy, kwargs)

    def _model_select_field(self, prop: Any, multiple: Any, remote_model: Any, **kwargs: Any) -> Any:
        """A picker; a select only where the view says from which query, and nothing where neither can be."""
        loader = getattr(self.view, "_form_ajax_refs", {}).get(prop.key)
        if loader is not None:
            return (PickersField if multiple else PickerField)(loader, **kwargs)
        return (
            super()._model_select_field(prop, multiple, remote_model, **kwargs) if "query_factory" in kwargs else None
        )

    def get_converter(self, column: Any) -> Any:
        converter = super().get_converter(column)
        if converter is None and notation_for(column.type) is not None:
            return self.convert_written
        return converter

    def convert_written(self, column: Any, field_args: Any, **rest: Any) -> WrittenField:
        """A line of text in the notation of the column."""
        return WrittenField(notation=_notation(column), **field_args)

    @converts("models.base.TextEnum")
    def conv_text_enum(self, column: Any, field_args: Any, **rest: Any) -> SelectField:
        blank = "–" if column.nullable else None
        return SelectField(
            choices=choices_of(column.type.enum, blank),
            coerce=lambda value: column.type.enum(value) if value else None,
            **field_args,
        )

    @converts("sqlalchemy.sql.sqltypes.Enum")
    def convert_enum(self, column: Any, field_args: Any, **rest: Any) -> ChoiceField:
        notation = _notation(column)
        choices = [(name, label(name)) for name in column.type.enums]
        return ChoiceField(
            **{"choices": choices, "allow_blank": column.nullable} | field_args,
            coerce=notation.read,
            write=notation.write,
        )

    @converts("Boolean")
    def conv_Boolean(self, column: Any, field_args: Any, **rest: Any) -> Any:  # noqa: N802 - Flask-Admin's name
        if not column.nullable:
            return super().conv_Boolean(field_args=field_args)
        notation = _notation(column)
        choices = (("true", "Yes"), ("false", "No"))
        return ChoiceField(choices=choices, allow_blank=True, coerce=notation.read, write=notation.write, **field_args)

    @converts("Numeric")
    def handle_decimal_types(self, column: Any, field_args: Any, **rest: Any) -> WrittenField:
        return self.convert_written(column, field_args)

    @converts("sqlalchemy.sql.sqltypes.Uuid", "Float", "Interval", "INTERVAL", "INET", "CIDR")
    def conv_line(self, column: Any, field_args: Any, **rest: Any) -> WrittenField:
        return self.convert_written(column, field_args)

    @converts("MACADDR", "MACADDR8", "AbstractRange")
    def conv_other_line(self, column: Any, field_args: Any, **rest: Any) -> WrittenField:
        return self.convert_written(column, field_args)

    @converts("Integer")
    def handle_integer_types(self, column: Any, field_args: Any, **rest: Any) -> WholeNumberField:
        return WholeNumberField(notation=_notation(column), bounds=bounds_of(column.type), **field_args)

    @converts("Date")
    def convert_date(self, column: Any, field_args: Any, **rest: Any) -> WrittenField:
        return self.convert_written(column, field_args)

    @converts("Time")
    def convert_time(self, column: Any, field_args: Any, **rest: Any) -> WrittenField:
        return self.convert_written(column, field_args)

    @converts("DateTime")
    def convert_datetime(self, column: Any, field_args: Any, **rest: Any) -> WrittenField:
        if not column.type.timezone:
            return self.convert_written(column, field_args)
        return UtcDateTimeField(notation=_notation(column), **field_args)

    @converts("sqlalchemy.sql.sqltypes.ARRAY")
    def conv_ARRAY(self, column: Any, field_args: Any, **rest: Any) -> ListField | None:  # noqa: N802 - Flask-Admin's name
        notation = notation_for(column.type)
        return None if notation is None else ListField(notation=notation, **field_args)

    @converts("JSON")
    def convert_JSON(self, column: Any, field_args: Any, **rest: Any) -> JsonField:  # noqa: N802 - Flask-Admin's name
        return JsonField(column_type=column.type, nullable=column.nullable, **field_args)

    @converts("String")
    def conv_String(self, column: Any, field_args: Any, **rest: Any) -> TextField:  # noqa: N802 - Flask-Admin's name
        self._string_common(column=column, field_args=field_args)
        field_args["validators"].append(storable)
        field_args["filters"] = [*field_args["filters"], with_plain_line_breaks]
        return TextField(**field_args)

    @converts("Text")
    def conv_Text(self, column: Any, field_args: Any, **rest: Any) -> LongTextField:  # noqa: N802 - Flask-Admin's name
        self._string_common(column=column, field_args=field_args)
        field_args["validators"].append(storable)
        field_args["filters"] = [*field_args["filters"], with_plain_line_breaks]
        return LongTextField(**field_args)


def _choice(column: Any, options: Any) -> ChoiceField:
    """The field for `form_choices`."""
    notation = notation_for(column.type)
    codec = {"coerce": notation.read, "write": notation.write} if notation else {}
    return ChoiceField(**codec | options)


def _lenient(validator: Any) -> Any:
    return Filled() if type(validator) is InputRequired else validator


def _notation(column: Any) -> Notation:
    notation = notation_for(column.type)
    assert notation, column.type
    return notation
