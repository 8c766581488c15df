"""Counting what a database is asked."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    """The statements that are executed on the connection meanwhile, savepoints left out."""
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statement = str(arguments[2])
        if "SAVEPOINT" not in statement:
            statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(connection, "before_cursor_execute", note)
