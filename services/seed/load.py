"""Loading: the plan is made in temporary tables, then each real table is filled from it with one statement."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, text

from services import chain, queue
from services.database import DbSession
from services.errors import InvalidInputError
from services.seed import hooks, indexes, plan, templates

SESSIONS_LIMIT = 10_000_000
SEED_LIMIT = 2**31 - 1
LIVE_LIMIT = 12
"""Deploys under way at most, however many sessions there are: the worker carries each of them on for real."""

_SILENCED = {
    "onboarding_sessions": ("enter",),
    "projects": ("first_status", "notify_insert"),
    "deploys": ("notify_insert",),
    "deploy_attempts": ("notify_insert",),
    "rooms": ("notify_insert",),
    "room_states": ("notify_insert",),
}
"""Triggers that would write the present where the past is loaded; those that only count a table's rows stay."""
_FILLED = (
    ("users", "users"),
    ("onboarding_sessions", "sessions"),
    ("session_texts", "session_texts"),
    ("projects", "projects"),
    ("project_configs", "configs"),
    ("rooms", "rooms"),
    ("room_states", "room_states"),
    ("room_participants", "participants"),
    ("deploys", "deploys"),
    ("deploy_attempts", "attempts"),
    ("failure_groups", "failure_groups"),
    ("failure_group_hours", "failure_hours"),
    ("status_changes", "session_history"),
    ("status_changes", "project_history"),
    ("metric_deltas", "reached"),
    ("metric_deltas", "session_counts"),
    ("audit_events", "audit"),
)
"""The tables in the order in which they refer to one another, and the statement that fills each."""

Report = Callable[[str, int], None]


def load(
    db: DbSession,
    *,
    sessions: int,
    seed: int,
    now: datetime,
    hook_base: str,
    favoured: Sequence[UUID] = (),
    report: Report = lambda table, rows: None,
) -> None:
    """Add `sessions` onboarding sessions of the 30 days before `now`, and all that belongs to them.

    The same seed on an equal database makes the same people, ids and outcomes. What is there already stays.

    Args:
        hook_base: where the demo's receiver listens; every hook is on this machine.
        favoured: people who find one session of each kind among their own.
        report: told of each table and how many rows it got.

    Raises:
        InvalidInputError: a number is out of range, or `hook_base` is no address.
    """
    _check(sessions, seed)
    db.flush()
    db.execute(text("SET LOCAL statement_timeout = 0"))
    db.execute(text("SET LOCAL work_mem = '128MB'"))
    first_person = _next_person(db)
    live = min(LIVE_LIMIT, sessions // 150)
    values = plan.values(sessions=sessions, live=live, first_person=first_person, now=now, hook_base=hook_base)
    report("prompt_templates", templates.add_missing(db, now))
    _make_functions(db, f"{seed}/{first_person}")
    _make_plan(db, values, favoured)
    with _silenced(db), indexes.rebuilt(db, sessions=sessions):
        for table, statement in _FILLED:
            report(table, _run(db, statement, values))
    if chain.has_begun(db):  # else the first seal takes what is there by then, however old
        chain.seal(db, now=now, loaded=True)
    queue.wake_deliveries(db)
    _clean_up(db)


def _check(sessions: int, seed: int) -> None:
    if not 1 <= sessions <= SESSIONS_LIMIT:
        raise InvalidInputError(f"The number of sessions must be from 1 to {SESSIONS_LIMIT:,}.", field="sessions")
    if not 0 <= seed <= SEED_LIMIT:
        raise InvalidInputError(f"The seed must be from 0 to {SEED_LIMIT:,}.", field="seed")


def _next_person(db: DbSession) -> int:
    """One more than the highest number in a seeded address, so that a second load meets no address of the first."""
    highest = text(r"SELECT max(CAST(substring(email FROM '\.(\d{1,15})@') AS bigint)) FROM users")
    return (db.scalar(highest) or 0) + 1


def _make_functions(db: DbSession, salt: str) -> None:
    number = int.from_bytes(sha256(salt.encode()).digest()[:7])
    db.connection().exec_driver_sql(_sql("functions").replace("{salt}", str(number)).replace("%", "%%"))


def _make_plan(db: DbSession, values: dict[str, Any], favoured: Sequence[UUID]) -> None:
    db.connection().exec_driver_sql(_sql("scratch"))
    plan.fill_lists(db, values, favoured)
    _run(db, "sessions_plan", values)
    if favoured:
        _run(db, "favour", {**values, "favoured": len(favoured)})
    _run(db, "people", values)
    _analyze(db, "seed_session", "seed_person", *plan.LISTS)
    _run(db, "attempts_plan", values)
    _analyze(db, "seed_attempt")
    _run(db, "live_sessions", values)
    _run(db, "projects_plan", values)
    hooks.seal_planned(db, _sql("hook_urls"), sessions=values["sessions"])
    _analyze(db, "seed_project", "seed_sealed_hook")


@contextmanager
def _silenced(db: DbSession) -> Iterator[None]:
    """Without the triggers that tell of what happens now; an error rolls their absence back with the rest."""
    _alter_triggers(db, "DISABLE")
    yield
    _alter_triggers(db, "ENABLE")


def _alter_triggers(db: DbSession, verb: str) -> None:
    for table, names in _SILENCED.items():
        for name in names:
            db.execute(text(f"ALTER TABLE {table} {verb} TRIGGER {table}_{name}"))


def _clean_up(db: DbSession) -> None:
    """Leave nothing to the connection's next user, and tell the planner what is there now."""
    db.execute(text("DISCARD TEMPORARY"))
    _analyze(db, "prompt_templates", "session_texts", "deploy_texts", *dict.fromkeys(table for table, _ in _FILLED))


def _analyze(db: DbSession, *tables: str) -> None:
    db.execute(text(f"ANALYZE {', '.join(tables)}"))


def _run(db: DbSession, name: str, values: dict[str, Any]) -> int:
    result = db.execute(text(_sql(name)), values)
    return result.rowcount if isinstance(result, CursorResult) else 0


@cache
def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
