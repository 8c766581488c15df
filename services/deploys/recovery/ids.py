"""Many ids as one parameter of a statement, which has room for 65,535 of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY


def is_among(column: Any, ids: Sequence[UUID]) -> ColumnElement[bool]:
    """Whether the column's id is one of `ids`."""
    among: ColumnElement[bool] = column == any_(bindparam(None, list(ids), type_=ARRAY(Uuid())))
    return among
