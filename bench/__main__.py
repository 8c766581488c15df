"""`python -m bench [--section deliveries] [--runs 5] [--rows 1000000]` measures what the console holds itself to."""

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import deliveries, live, machine, pages, records, report, server
from bench.errors import BenchError
from bench.figure import Figure, all_hold
from bench.stage import ROWS, Stage
from config import ROOT, ConfigError

SECTIONS: Mapping[str, Callable[[Stage], Sequence[Figure]]] = {
    "deliveries": deliveries.measure,
    "live": live.measure,
    "pages": pages.measure,
    "records": records.measure,
}
LEAST_RUNS = 5
"""Paired runs below which figures are shown but not kept."""
LEAST_ROWS = 1_000
RESULTS = ROOT / "bench" / "results.json"
DOCUMENT = ROOT / "docs" / "benchmarks.md"


def main(arguments: Sequence[str]) -> int:
    """Returns the exit status: 0 where every target holds, 1 where one is missed or nothing could be measured."""
    chosen = _parse(arguments)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # which ends what was started, too
    try:
        figures, run = measure(chosen.section, chosen.runs, chosen.rows)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except (BenchError, ConfigError) as error:
        print(error, file=sys.stderr)
        return 1
    return conclude(figures, run)


def measure(section: str | None, runs: int, rows: int = ROWS) -> tuple[Sequence[Figure], report.Run]:
    """Measure one section or all of them, on a server of this run's own.

    Raises:
        BenchError: something could not be measured.
        ConfigError: the server can't be started.
    """
    names = [section] if section else list(SECTIONS)
    command = f"make bench SECTION={section}" if section else "make bench"
    if rows != ROWS:
        command += f" ROWS={rows}"
    with tempfile.TemporaryDirectory(prefix="console-bench-") as folder, server.running(Path(folder)) as started:
        run = report.Run(datetime.now(UTC), machine.describe(started.version()), command, runs)
        stage = Stage(started, Path(folder), runs, say, rows)
        return [figure for name in names for figure in SECTIONS[name](stage)], run


def conclude(figures: Sequence[Figure], run: report.Run, *, results: Path = RESULTS, document: Path = DOCUMENT) -> int:
    """Show the figures and, where they are of enough runs, keep them; the exit status that they amount to."""
    say(f"\n{report.table(figures)}")
    if run.runs >= LEAST_RUNS:
        kept = json.loads(results.read_text()) if results.exists() else []
        results.write_text(report.results(figures, kept))
        document.write_text(report.document(document.read_text() if document.exists() else "", figures, run))
    return 0 if all_hold(figures) else 1


def say(text: str) -> None:
    print(text, flush=True)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--section", choices=SECTIONS, help="measure only this one")
    parser.add_argument(
        "--runs", type=int, default=LEAST_RUNS, help=f"paired runs; fewer than {LEAST_RUNS} are shown but not kept"
    )
    parser.add_argument("--rows", type=int, default=ROWS, help="sessions of the large console, in the section records")
    chosen = parser.parse_args(arguments)
    if chosen.runs < 1:
        parser.error("--runs must be at least 1")
    if chosen.rows < LEAST_ROWS:
        parser.error(f"--rows must be at least {LEAST_ROWS:,}")
    return chosen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
