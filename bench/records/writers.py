"""Writers: what the triggers that count, remember and tell cost those who insert sessions."""

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median

import psycopg

from bench.errors import BenchError
from bench.figure import Figure, Pair, at_least, median_ratio, rounded
from bench.records.place import SECTION
from bench.records.programs import run
from bench.stage import Stage
from config import libpq_url

CLIENTS = 8
SECONDS = 5
TARGET = at_least(0.7)
TABLE = "onboarding_sessions"
NAME = f"Session inserts of {CLIENTS} clients"
DISABLE = f"ALTER TABLE {TABLE} DISABLE TRIGGER USER"
GROUPS = {
    "the counters' trigger": f"{TABLE}_count_inserts",
    "the history's trigger": f"{TABLE}_first_status",
    "the notices' trigger": f"{TABLE}_notify_insert",
    "the search's trigger": "session_texts_insert",
}
"""What each trigger is for that an insert fires, and its name."""
INSERT = """\
INSERT INTO onboarding_sessions (user_id, purpose, target_audience, metadata)
VALUES ('{person}', 'A shop for teapots and kettles', 'tea drinkers', '{{"team": 5}}');
"""
HOW = f"""\
Sessions that {CLIENTS} clients of pgbench insert in {SECONDS} s, one in each transaction, by prepared statements, into
a console's tables with all their triggers, by turns with the same in a copy of the database whose `onboarding_sessions`
has its triggers disabled, but for those that check foreign keys."""


def measure(stage: Stage) -> Sequence[Figure]:
    with stage.server.copy_of() as without:
        _execute(without, DISABLE)
        figures = list(_of_all(stage, without))
        for what, triggers in GROUPS.items():
            with stage.server.copy_of() as url:
                _execute(url, DISABLE)
                _execute(url, f"ALTER TABLE {TABLE} ENABLE TRIGGER {triggers}")
                share = round(median_ratio(_pairs(stage, what, url, without)), 2)
                figures.append(Figure(SECTION, f"{NAME} with {what} alone, of those without any", share, "×"))
    return figures


def _of_all(stage: Stage, without: str) -> Sequence[Figure]:
    with stage.server.copy_of() as url:
        pairs = _pairs(stage, "all triggers", url, without)
    share, rate = round(median_ratio(pairs), 2), rounded(median(pair.measured for pair in pairs))
    return [
        Figure(SECTION, f"{NAME} with the triggers, of those without", share, "×", TARGET, HOW),
        Figure(SECTION, f"{NAME} with the triggers", rate, "inserts/s"),
    ]


def _pairs(stage: Stage, what: str, measured: str, limit: str) -> Sequence[Pair]:
    return stage.pairs(
        f"Sessions inserted with {what}, and without any",
        "a second",
        measured=partial(_rate, stage, measured),
        limit=partial(_rate, stage, limit),
    )


def _rate(stage: Stage, url: str) -> float:
    """
    Raises:
        BenchError: pgbench tells no rate.
    """
    person = _execute(url, "INSERT INTO users (email) VALUES (gen_random_uuid() || '@example.com') RETURNING id")
    script = Path(stage.folder) / "insert.sql"
    script.write_text(INSERT.format(person=person))
    told = run(
        "pgbench",
        "--no-vacuum",
        "--protocol=prepared",
        f"--client={CLIENTS}",
        "--jobs=2",
        f"--time={SECONDS}",
        f"--file={script}",
        libpq_url(url),
    )
    match = re.search(r"tps = ([\d.]+)", told)
    if match is None:
        raise BenchError("pgbench told no rate.")
    return float(match[1])


def _execute(url: str, statement: str) -> str:
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        cursor = connection.execute(statement)  # type: ignore[arg-type]
        row = cursor.fetchone() if cursor.description else None
        return "" if row is None else str(row[0])
