"""Primary keys as URLs and forms hold them."""

from typing import Any
from uuid import UUID

from flask_admin.tools import iterdecode
from sqlalchemy import inspect

from services import text
from services.errors import InvalidInputError, NotFoundError
from services.ids import parse_id

BIGGEST = 2**63 - 1
"""What a bigint holds; a greater number names no row."""


def parse_key(model: type[Any], encoded: Any) -> dict[str, Any]:
    """The primary key's attributes and their values.

    Args:
        encoded: as `get_pk_value` writes it: one value, or several parted by commas.

    Raises:
        InvalidInputError: it is no key of this model.
        NotFoundError: it could be one, but no row has it.
    """
    if not isinstance(encoded, str) or not encoded:
        raise InvalidInputError("Name exactly one record.", field="id")
    mapper = inspect(model)
    parts = iterdecode(encoded)
    if len(parts) != len(mapper.primary_key):
        raise InvalidInputError(f"“{encoded[:60]}” is not an id.", field="id")
    return {
        mapper.get_property_by_column(column).key: _parse_part(part, column.type.python_type)
        for column, part in zip(mapper.primary_key, parts, strict=True)
    }


def _parse_part(part: str, python_type: type[Any]) -> Any:
    if python_type is UUID:
        return parse_id(part)
    if python_type is int:
        return _parse_number(part)
    if not text.is_storable(part):
        raise InvalidInputError("This is not an id.", field="id")
    return part


def _parse_number(part: str) -> int:
    digits = part.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidInputError(f"“{part[:60]}” is not an id.", field="id")
    if len(digits) > 20 or abs(int(digits)) > BIGGEST:
        raise NotFoundError("There is no such record.")
    return int(part)
