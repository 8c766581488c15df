"""Reading with little patience: what takes too long is given up, and the next is read all the same."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg.errors import QueryCanceled
from sqlalchemy import Select, text
from sqlalchemy.exc import OperationalError

from services.database import DbSession

_SET = text(
    "SELECT current_setting(name, true), set_config(name, value, true)"
    " FROM unnest(:names ::text[], :values ::text[]) AS setting (name, value)"
)
"""Tells what held before."""
_ALWAYS = {"plan_cache_mode": "force_custom_plan"}
"""Which rows a word is in differs by the word, so that no plan is made for all words."""


def is_given_up(error: OperationalError) -> bool:
    """Whether a statement failed because its time was over."""
    return isinstance(error.orig, QueryCanceled)


class Reader:
    """Reads within one savepoint, so that each statement is one round trip; one that is given up takes a new one."""

    def __init__(self, db: DbSession, patience_ms: int, settings: Mapping[str, str]) -> None:
        self._db = db
        self._settings = {**_ALWAYS, "statement_timeout": f"{patience_ms:d}", **settings}
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
        self._set(self._before)
        self._savepoint.commit()

    def give_up(self) -> None:
        """The same after a statement failed, when there is no other way."""
        self._savepoint.rollback()

    def _begin(self) -> None:
        self._savepoint = self._db.begin_nested()
        self._before = self._set(list(self._settings.values()))

    def _set(self, values: Sequence[str | None]) -> Sequence[str | None]:
        rows = self._db.execute(_SET, {"names": list(self._settings), "values": list(values)})
        return [before for before, _ in rows]


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
