"""Reading with little patience: what takes too long is given up, and the next is read all the same."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from psycopg.errors import QueryCanceled
from psycopg.sql import SQL, Literal
from sqlalchemy import Select
from sqlalchemy.exc import OperationalError

from services.database import DbSession

_SAVEPOINT = "patience"
_ALWAYS = {"plan_cache_mode": "force_custom_plan"}
"""Which rows a word is in differs by the word, so that no plan is made for all words."""


def is_given_up(error: OperationalError) -> bool:
    """Whether a statement failed because its time was over."""
    return isinstance(error.orig, QueryCanceled)


class Reader:
    """Reads within one savepoint, so that each statement is one round trip; one that is given up takes a new one.

    Its settings and the savepoint are sent together, as they go: the ORM's own savepoint takes longer than many a read.
    """

    def __init__(self, db: DbSession, patience_ms: int, settings: Mapping[str, str]) -> None:
        self._db = db
        settings = {**_ALWAYS, "statement_timeout": f"{patience_ms:d}", **settings}
        self._names, self._values = tuple(settings), tuple(settings.values())
        self._begin()

    def read(self, statement: Select[Any]) -> Sequence[Any] | None:
        """What the first column holds; None where it took too long."""
        rows = self.rows(statement)
        return None if rows is None else [row[0] for row in rows]

    def rows(self, statement: Select[Any], parameters: Mapping[str, Any] | None = None) -> Sequence[Any] | None:
        """All columns; None where it took too long."""
        try:
            return self._db.execute(statement, parameters).all()
        except OperationalError as error:
            if not is_given_up(error):
                raise
        self.give_up()
        self._begin()
        return None

    def end(self) -> None:
        """Put all back as it was, by no rollback: after one, no statement stays prepared (see `services.reads`)."""
        self._send(f"{_set(self._names, self._before)}; RELEASE SAVEPOINT {_SAVEPOINT}")

    def give_up(self) -> None:
        """The same after a statement failed, when there is no other way."""
        self._send(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}; RELEASE SAVEPOINT {_SAVEPOINT}")
        self._send(_set(self._names, self._before))

    def _begin(self) -> None:
        self._db.flush()  # what is written within the savepoint goes with it
        sent = self._send(f"{_set(self._names, self._values)}; SAVEPOINT {_SAVEPOINT}")
        self._before = tuple(sent.one())[::2]

    def _send(self, statements: str) -> Any:
        return self._db.connection().exec_driver_sql(statements)


@lru_cache(maxsize=1_000)
def _set(names: tuple[str, ...], values: tuple[str, ...]) -> str:
    """A SELECT that sets settings for the transaction, and tells of each what held before, and what holds now."""
    each = [
        SQL("current_setting({0}), set_config({0}, {1}, true)").format(Literal(name), Literal(value))
        for name, value in zip(names, values, strict=True)
    ]
    return (SQL("SELECT ") + SQL(", ").join(each)).as_string()


@contextmanager
def patient(db: DbSession, patience_ms: int, settings: Mapping[str, str] | None = None) -> Iterator[Reader]:
    """A reader for the block; what holds for statements otherwise holds again after it.

    Args:
        patience_ms: milliseconds after which a statement is given up.
        settings: more of PostgreSQL's settings that hold in the block.
    """
    reader = Reader(db, patience_ms, settings or {})
    try:
        yield reader
    except BaseException:
        reader.give_up()
        raise
    reader.end()
