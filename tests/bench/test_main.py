"""`python -m bench` says how it went by its exit status, keeps figures of enough runs, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from bench.__main__ import LEAST_RUNS, conclude, main
from bench.figure import Figure, at_least
from bench.report import Run
from config import ROOT
from tests.workers import eventually


@pytest.fixture
def concluded(tmp_path):
    """The exit status for a figure that must reach 40 %, and what is written."""

    def concluded(value, runs=LEAST_RUNS):
        run = Run(datetime(2026, 11, 25, 12, 0, tzinfo=UTC), "EPYC, 2 cores", "make bench SECTION=deliveries", runs)
        figures = [Figure("deliveries", "Rate", value, "%", at_least(40), "By counting.")]
        return conclude(figures, run, results=tmp_path / "results.json", document=tmp_path / "benchmarks.md")

    return concluded


def test_where_every_target_holds_it_is_0_and_the_figures_are_kept(concluded, tmp_path, capsys):
    assert concluded(41.0) == 0

    [kept] = json.loads((tmp_path / "results.json").read_text())
    assert kept["value"] == 41.0
    assert "| Rate | 41.0 % | ≥ 40 % | yes |" in (tmp_path / "benchmarks.md").read_text()
    assert "≥ 40 %" in capsys.readouterr().out


def test_where_a_target_is_missed_it_is_1_and_the_figures_are_kept(concluded, tmp_path):
    assert concluded(39.0) == 1

    [kept] = json.loads((tmp_path / "results.json").read_text())
    assert kept["holds"] is False


def test_the_newest_run_takes_the_place_of_the_one_before(concluded, tmp_path):
    concluded(39.0)
    concluded(41.0)

    assert [kept["value"] for kept in json.loads((tmp_path / "results.json").read_text())] == [41.0]
    assert "39.0" not in (tmp_path / "benchmarks.md").read_text()


def test_figures_of_few_runs_are_shown_but_not_kept(concluded, tmp_path, capsys):
    assert concluded(41.0, runs=LEAST_RUNS - 1) == 0

    assert list(tmp_path.iterdir()) == []
    assert "41.0 %" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--section", "nothing"], ["--runs", "0"], ["--runs", "some"], ["deliveries"]])
def test_a_wrong_call_is_refused_before_anything_starts(arguments, capsys):
    with pytest.raises(SystemExit) as refused:
        main(arguments)

    assert refused.value.code == 2
    assert "usage: python -m bench" in capsys.readouterr().err


@pytest.fixture
def short_path():
    """A folder whose name leaves room for a server's socket, of which the whole path has at most 107 characters."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        yield Path(folder)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"])
def test_who_is_interrupted_ends_every_process_that_it_started(number, status, short_path):
    command = [sys.executable, "-m", "bench", "--section", "deliveries", "--runs", "1"]
    environment = os.environ | {"TMPDIR": str(short_path)}
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=heed_interruptions, **streams) as run:
        try:
            started = psutil.Process(run.pid)
            eventually(lambda: has_a_worker(started), within_s=180, every_s=0.2)
            children = started.children(recursive=True)
            servers = processes_that_name(short_path)
        finally:
            run.send_signal(number)
            _, complaint = run.communicate(timeout=60)

    assert (run.returncode, complaint) == (status, b"")
    assert len(children) >= 2
    assert servers
    assert [process for process in (*children, *servers) if is_alive(process)] == []
    assert list(short_path.glob("console-bench-*")) == []


def heed_interruptions():
    """Undo what a shell does to all that it starts in the background, and so to tests that run there."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def has_a_worker(process):
    return any("worker.py" in words_of(child) for child in process.children())


def processes_that_name(folder):
    """The processes, servers among them, that were started with the folder in their command."""
    return [process for process in psutil.process_iter() if any(str(folder) in word for word in words_of(process))]


def is_alive(process):
    """Whether it still runs; one that ended may stay in the table until somebody asks how."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def words_of(process):
    """Its command; nothing of one that ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []
