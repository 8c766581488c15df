"""Processes are watched and stopped with all that they started, willing or not."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from demo import processes
from demo.processes import Children
from tests.workers import eventually

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
)
PARENT = (
    "import subprocess, sys, time; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    "print(child.pid, flush=True); time.sleep(60)"
)


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    children = Children(tmp_path)
    yield children
    children.stop(in_a_hurry=lambda: True)


def start(children: Children, name: str, code: str, folder: Path) -> Path:
    """Start a program; returns its log."""
    children.start(name, [sys.executable, "-c", code], environment={"PATH": "/usr/bin"}, cwd=folder)
    return folder / f"{name}.log"


def test_what_a_process_prints_is_in_its_log(children, tmp_path):
    log = start(children, "talker", "import sys; print('hello'); print('oh', file=sys.stderr)", tmp_path)

    eventually(lambda: children.find_ended() is not None)

    assert sorted(log.read_text().split()) == ["hello", "oh"]


def test_a_log_tells_of_this_run_only(children, tmp_path):
    (tmp_path / "talker.log").write_text("long ago")
    log = start(children, "talker", "print('now')", tmp_path)

    eventually(lambda: children.find_ended() is not None)

    assert log.read_text() == "now\n"


def test_the_one_that_ended_is_found_with_its_last_words(children, tmp_path):
    start(children, "sleeper", "import time; time.sleep(60)", tmp_path)
    start(children, "dying", "import sys; print('first'); print('because'); print(']'); sys.exit(3)", tmp_path)

    eventually(lambda: children.find_ended() is not None)
    ended = children.find_ended()

    assert (ended.name, ended.process.returncode, ended.last_words()) == ("dying", 3, "because")


def test_one_that_said_nothing_has_no_last_words(children, tmp_path):
    start(children, "silent", "", tmp_path)
    eventually(lambda: children.find_ended() is not None)

    assert children.find_ended().last_words() == "it printed nothing"


def test_stopping_ends_those_that_they_started_too(children, tmp_path):
    log = start(children, "parent", PARENT, tmp_path)
    eventually(lambda: log.read_text().endswith("\n"))
    grandchild = psutil.Process(int(log.read_text()))

    children.stop()

    eventually(lambda: not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE)


def test_one_that_does_not_listen_is_killed_after_its_grace(children, tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "GRACE_S", 0.5)
    log = start(children, "stubborn", STUBBORN, tmp_path)
    eventually(lambda: "deaf" in log.read_text())
    began = time.monotonic()

    children.stop()

    assert 0.5 <= time.monotonic() - began < 5
    assert children.find_ended() is None


def test_in_a_hurry_nobody_is_waited_for(children, tmp_path):
    log = start(children, "stubborn", STUBBORN, tmp_path)
    eventually(lambda: "deaf" in log.read_text())
    began = time.monotonic()

    children.stop(in_a_hurry=lambda: True)

    assert time.monotonic() - began < 5
