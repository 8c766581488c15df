"""Exports: how fast a CSV file of all rows comes, how soon it begins, and in how much memory."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

import psutil

from bench.errors import BenchError
from bench.figure import Figure, at_least, at_most, median_ratio, rounded
from bench.records.client import CHUNK, Client
from bench.records.place import EXPORTED, SECTION, Place
from bench.records.programs import run
from bench.stage import Stage
from config import libpq_url

PATH = "/admin/session/export/csv/"
TICK_S = 0.02
MB = 2**20
OF_COPY = at_least(50)
FIRST_BYTE = at_most(0.3)
MEMORY = at_most(32)
AGAINST_STOCK = at_least(25)
COPY = """
    COPY (
        SELECT s.id, u.email, s.purpose, s.target_audience, s.model_preference, s.hosting_target, s.api_provider,
            s.api_key_last_four, t.title, s.status, s.vercel_hook_url, s.deploy_triggered_at, s.deploy_response,
            s.metadata, s.created_at, s.updated_at
        FROM onboarding_sessions s JOIN users u ON u.id = s.user_id
        LEFT JOIN prompt_templates t ON t.id = s.recommend_template_id
        ORDER BY s.updated_at DESC, s.id DESC
    ) TO STDOUT (FORMAT csv, HEADER)
"""
COPY_HOW = """\
The list of all sessions as CSV, 16 columns of three tables, by an operator over loopback; the clock runs from the
request to the last byte. By turns with `psql -c "COPY (SELECT …) TO STDOUT (FORMAT csv, HEADER)"` of the same columns
in the same order, whose output is thrown away."""
FIRST_HOW = "On the same exports: from the request to the first byte of the file."
MEMORY_HOW = f"""\
On the same exports: the resident set of the web process at its highest while it streams, looked at every
{1_000 * TICK_S:g} ms, less what it was before."""
STOCK_HOW = f"""\
The rows a second of the same exports, by turns with those of Flask-Admin as it comes, which makes the file in memory:
of the same columns of the same tables, but of {EXPORTED:,} rows at most, since it never finishes with many more."""


@dataclass(frozen=True)
class Export:
    """What came of one."""

    rate: float
    """Rows a second."""
    first_byte_s: float
    more_memory_mb: float


def measure(stage: Stage, place: Place) -> Sequence[Figure]:
    exports: list[Export] = []

    def export() -> float:
        exports.append(_export(place))
        return exports[-1].rate

    of_copy = stage.pairs(
        "Rows as CSV by the console, and by psql", "a second", measured=export, limit=lambda: _copy(place)
    )
    of_stock = stage.pairs(
        "Rows as CSV by the console, and by Flask-Admin", "a second", measured=export, limit=lambda: _stock(place)
    )
    rate, first = median(one.rate for one in exports), median(one.first_byte_s for one in exports)
    memory = median(one.more_memory_mb for one in exports)
    name = f"CSV of {place.filled.sessions:,} sessions"
    return [
        Figure(SECTION, f"{name}, of psql’s rate", rounded(100 * median_ratio(of_copy)), "%", OF_COPY, COPY_HOW),
        Figure(SECTION, name, rounded(rate), "rows/s"),
        Figure(SECTION, f"{name}, first byte", round(first, 2), "s", FIRST_BYTE, FIRST_HOW),
        Figure(SECTION, f"{name}, more memory of web", rounded(memory), "MiB", MEMORY, MEMORY_HOW),
        Figure(
            SECTION,
            f"{name}, against Flask-Admin’s rate",
            rounded(median_ratio(of_stock)),
            "×",
            AGAINST_STOCK,
            STOCK_HOW,
        ),
    ]


def _export(place: Place) -> Export:
    with _watched(place.process) as growth:
        seconds, first_s, rows = _download(place.console)
    if rows != place.filled.sessions:
        raise BenchError(f"The console's file has {rows:,} rows of {place.filled.sessions:,}.")
    return Export(rows / seconds, first_s, max(growth) / MB)


def _stock(place: Place) -> float:
    seconds, _, rows = _download(place.stock)
    return rows / seconds


def _download(client: Client) -> tuple[float, float, int]:
    """Seconds until the end, and until the first byte, of a file, and its rows without the heading."""
    client.close()
    buffer = bytearray(CHUNK)
    began = time.perf_counter()
    with client.open(PATH) as answer:
        lines = answer.read(1).count(b"\n")
        first_s = time.perf_counter() - began
        while read := answer.readinto(buffer):
            lines += buffer.count(b"\n", 0, read)
    return time.perf_counter() - began, first_s, lines - 1


def _copy(place: Place) -> float:
    began = time.perf_counter()
    run("psql", "--no-psqlrc", "--quiet", "--command", COPY, libpq_url(place.url), is_kept=False)
    return place.filled.sessions / (time.perf_counter() - began)


@contextmanager
def _watched(process: psutil.Process) -> Iterator[list[int]]:
    """How many bytes more than at first a process has, each time that it is looked at during the block."""
    before, growth, has_ended = process.memory_info().rss, [0], threading.Event()

    def watch() -> None:
        while not has_ended.wait(TICK_S):
            growth.append(process.memory_info().rss - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield growth
    finally:
        has_ended.set()
        watcher.join()
