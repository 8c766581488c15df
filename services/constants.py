"""Constants of ours, written into statements."""

from typing import Any

from sqlalchemy import ColumnElement, literal_column


def constant(value: int | str) -> ColumnElement[Any]:
    """A number or a word that is the same whenever the statement is asked, and so is no parameter of it.

    PostgreSQL plans what is prepared anew for each value of a parameter, where it can't tell how good a plan for all
    would be, as of a LIMIT; without one it plans once.

    Args:
        value: from code, never from a request.
    """
    return literal_column(str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'")
