"""Counting what a database is asked."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event

BESIDE = ("SAVEPOINT", "set_config('role'", "ROLE NONE", "SESSION AUTHORIZATION")
"""Savepoints, and the login and role that each transaction takes, which a test has once for each part of its own."""


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    """The statements that are executed on the connection meanwhile, what BESIDE names left out."""
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statement = str(arguments[2])
        if not any(word in statement for word in BESIDE):
            statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(connection, "before_cursor_execute", note)
