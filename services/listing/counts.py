"""How many rows a list has, and how well that is known."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ClauseElement, Executable, Select, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from services.database import DbSession
from services.listing import counted
from services.patience import patient

LIMIT = 10_000
"""Rows up to which a list is counted unasked."""
PATIENCE_MS = 400
"""Milliseconds that this may take."""
EXACT_PATIENCE_MS = 20_000
"""Milliseconds that the exact number may take, where it is asked for."""


class Certainty(StrEnum):
    """How a count is to be read."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    ABOUT = "about"


@dataclass(frozen=True)
class Count:
    """How many rows a list has."""

    number: int
    certainty: Certainty = Certainty.EXACT
    was_given_up: bool = False
    """Whether the exact number was asked for and took too long."""

    @property
    def exact(self) -> int | None:
        """The number, where it is no guess."""
        return self.number if self.certainty is Certainty.EXACT else None

    def __str__(self) -> str:
        match self.certainty:
            case Certainty.EXACT:
                return f"{self.number:,}"
            case Certainty.AT_LEAST:
                return f"{self.number:,}+"
            case Certainty.ABOUT:
                return f"≈ {self.number:,}"


def count(db: DbSession, counting: Select[Any]) -> Count:
    """What a statement that counts rows comes to, as well as that is known at little cost.

    Args:
        counting: `SELECT count(*) FROM … WHERE …`; where it counts something else, it is never cut short.
    """
    rows = counted.rows(counting)
    if rows is None:
        return _counted(db, counting, PATIENCE_MS) or _estimate(db, counting)
    if (known := _known(db, rows)) is not None:
        return Count(known)
    found = _counted(db, select(func.count()).select_from(rows.limit(LIMIT + 1).subquery()), PATIENCE_MS)
    if found is None:
        return _estimate(db, rows)
    return found if found.number <= LIMIT else Count(LIMIT, Certainty.AT_LEAST)


def count_exactly(db: DbSession, counting: Select[Any]) -> Count:
    """What a statement that counts rows comes to, however many they are; about so many, where that takes too long."""
    rows = counted.rows(counting)
    if rows is not None and (known := _known(db, rows)) is not None:
        return Count(known)
    return _counted(db, counting, EXACT_PATIENCE_MS) or _estimate(
        db, counting if rows is None else rows, was_given_up=True
    )


def _known(db: DbSession, rows: Select[Any]) -> int | None:
    found = counted.by_keys(rows)
    return counted.in_ledger(db, rows) if found is None else found


def _counted(db: DbSession, statement: Select[Any], patience_ms: int) -> Count | None:
    with patient(db, patience_ms) as reader:
        found = reader.read(statement)
    return None if found is None else Count(found[0])


def _estimate(db: DbSession, statement: Select[Any], *, was_given_up: bool = False) -> Count:
    """How many rows the planner believes there to be."""
    [described] = db.execute(Explained(statement)).scalar_one()
    plan = described["Plan"]
    while plan["Node Type"] in ("Aggregate", "Gather", "Gather Merge"):
        [plan, *_] = plan["Plans"]
    return Count(int(plan["Plan Rows"]), Certainty.ABOUT, was_given_up)


class Explained(Executable, ClauseElement):
    """The plan for a statement, which is not carried out."""

    inherit_cache = False

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement


@compiles(Explained)
def _explain(explained: Explained, compiler: SQLCompiler, **options: Any) -> str:
    return f"EXPLAIN (FORMAT JSON) {compiler.process(explained.statement, **options)}"
