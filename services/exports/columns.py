"""What an export's columns are, and which of them PostgreSQL can write by itself."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, Boolean, Date, DateTime, Enum, Float, Integer, Numeric, String, TypeDecorator, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from models.base import TextEnum

NAME_LIMIT = 63
"""Bytes of a name in PostgreSQL."""


class Kind(StrEnum):
    """What a column's values are, as far as files tell them apart."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"
    """With its zone."""
    LOCAL_TIME = "local time"
    DATE = "date"
    ID = "id"
    JSON = "json"
    LIST = "list"


@dataclass(frozen=True)
class Column:
    """One column of a file."""

    name: str
    """As the view has it, possibly reached through relations: `user.email`."""
    label: str
    kind: Kind


def kind_of(column_type: TypeEngine[Any]) -> Kind | None:
    """What a column's values are; None for those that PostgreSQL writes otherwise than Python would."""
    match column_type:
        case TextEnum():
            return Kind.TEXT
        case TypeDecorator() | Enum():
            return None
        case JSONB():
            return Kind.JSON
        case DateTime():
            return Kind.TIME if column_type.timezone else Kind.LOCAL_TIME
        case ARRAY():
            return Kind.LIST if isinstance(column_type.item_type, String | Integer | Uuid) else None
    return next((kind for known, kind in _KINDS if isinstance(column_type, known)), None)


_KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (Boolean, Kind.BOOLEAN),
    (Integer, Kind.NUMBER),
    (Float, Kind.NUMBER),
    (Numeric, Kind.NUMBER),
    (String, Kind.TEXT),
    (Date, Kind.DATE),
    (Uuid, Kind.ID),
)
