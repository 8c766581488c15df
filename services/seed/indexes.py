"""Indexes of pieces of texts while much is loaded: each row costs them four times what building them anew does."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from services.database import DbSession

REBUILT_FROM = 20_000
"""Sessions from which on a load is sooner done with the indexes built after it."""
_FOUND = text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexdef LIKE :kind")


@contextmanager
def rebuilt(db: DbSession, *, sessions: int) -> Iterator[None]:
    """Without these indexes in the block, where it loads many sessions; an error rolls their absence back."""
    found = db.execute(_FOUND, {"kind": "%gin_trgm_ops%"}).all() if sessions >= REBUILT_FROM else []
    for name, _ in found:
        db.execute(text(f'DROP INDEX "{name}"'))
    yield
    for _, definition in found:
        db.connection().exec_driver_sql(definition)
