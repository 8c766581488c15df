"""What all shapes of the API share."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic.alias_generators import to_camel

from services.text import is_storable


class Shape(BaseModel):
    """An answer, its fields named as they stand here: rows keep their columns' names."""

    model_config = ConfigDict(extra="forbid")


class CamelShape(BaseModel):
    """An answer whose fields its clients read in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class Body(BaseModel):
    """What a program sends: known fields only, of the very type that is asked for."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Query(BaseModel):
    """What follows the question mark of a path: known names only, each a text or what a text can be read as."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def is_what_a_database_can_hold(cls, value: Any) -> Any:
        if isinstance(value, str) and not is_storable(value):
            raise ValueError("This holds a character that can't be stored.")
        return value


def optional(**details: Any) -> Any:
    """A body's field that may be left out; ask `model_fields_set` whether it was, since null may be a value."""
    return Field(default=None, json_schema_extra=_without_default, **details)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)
