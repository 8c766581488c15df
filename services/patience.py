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
_TRIES = 10
"""How often it is tried to give up: where the database is slow, the time may be over for that statement too."""
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
        self._is_begun = False
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
        try:
            self._send(f"{_set(self._names, self._before)}; RELEASE SAVEPOINT {_SAVEPOINT}")
        except OperationalError as error:
            if not is_given_up(error):
                raise
            self.give_up()
        self._is_begun = False

    def give_up(self) -> None:
        """The same after a statement failed, when there is no other way; what was set goes with the savepoint."""
        for remaining in reversed(range(_TRIES if self._is_begun else 0)):
            try:
                self._send(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}; RELEASE SAVEPOINT {_SAVEPOINT}")
            except OperationalError as error:
                if not remaining or not is_given_up(error):
                    raise
            else:
                self._is_begun = False
                return

    def _begin(self) -> None:
        self._db.flush()  # what is written within the savepoint goes with it
        sent = self._send(f"{_read(self._names)}; SAVEPOINT {_SAVEPOINT}; {_set(self._names, self._values)}")
        self._before = tuple(sent.one())
        self._is_begun = True

    def _send(self, statements: str) -> Any:
        return self._db.connection().exec_driver_sql(statements)


@lru_cache(maxsize=1_000)
def _set(names: tuple[str, ...], values: tuple[str, ...]) -> str:
    """A SELECT that sets settings for the transaction."""
    each = [
        SQL("set_config({}, {}, true)").format(Literal(name), Literal(value))
        for name, value in zip(names, values, strict=True)
    ]
    return (SQL("SELECT ") + SQL(", ").join(each)).as_string()


@lru_cache
def _read(names: tuple[str, ...]) -> str:
    """A SELECT of what holds."""
    return (
        SQL("SELECT ") + SQL(", ").join(SQL("current_setting({})").format(Literal(name)) for name in names)
    ).as_string()


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
