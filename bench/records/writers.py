"""Writers: what the triggers that count, remember and tell cost those who insert sessions."""

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median

import psycopg

from bench.errors import BenchError
from bench.figure import Figure, at_least, median_ratio, rounded
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
INSERT = """\
INSERT INTO onboarding_sessions (user_id, purpose, target_audience, metadata)
VALUES ('{person}', 'A shop for teapots and kettles', 'tea drinkers', '{{"team": 5}}');
"""
HOW = f"""\
Sessions that {CLIENTS} clients of pgbench insert in {SECONDS} s, one in each transaction, by prepared statements, into
a console's tables with all their triggers, by turns with the same in a copy of the database whose `onboarding_sessions`
has its triggers disabled, but for those that check foreign keys."""


def measure(stage: Stage) -> Sequence[Figure]:
    with stage.server.copy_of() as without, stage.server.copy_of() as url:
        _execute(without, DISABLE)
        pairs = stage.pairs(
            "Sessions inserted with all triggers, and without any",
            "a second",
            measured=partial(_rate, stage, url),
            limit=partial(_rate, stage, without),
        )
    share, rate = round(median_ratio(pairs), 2), rounded(median(pair.measured for pair in pairs))
    return [
        Figure(SECTION, f"{NAME} with the triggers, of those without", share, "×", TARGET, HOW),
        Figure(SECTION, f"{NAME} with the triggers", rate, "inserts/s"),
    ]


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
