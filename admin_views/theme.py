"""What the theme's templates may ask, beside what Flask-Admin tells them."""

from typing import Any

from flask import Flask
from markupsafe import Markup

from admin_views import detail_sections, form_fields
from admin_views.symbols import symbol_of


def init_app(app: Flask) -> None:
    app.jinja_env.globals |= {
        "kind_of": form_fields.kind_of,
        "control_of": form_fields.control_of,
        "attributes_of": form_fields.attributes_of,
        "example_of": form_fields.example_of,
        "complaints_about": form_fields.complaints_about,
        "sections_of": detail_sections.sections_of,
        "record_name": record_name,
        "symbol_of": symbol_of,
    }
    app.jinja_env.filters["from_code"] = from_code


def from_code(text: Any) -> Markup:
    """Words of a view that its developer may have written as HTML: descriptions of fields, contents of buttons."""
    return Markup(text)  # noqa: S704 - code of the application, nothing that was sent or stored


def record_name(record: Any, record_id: Any) -> str:
    """What a record is called: what its class says, or its id where the class says nothing."""
    return f"Record {record_id}" if type(record).__str__ is object.__str__ else str(record)
