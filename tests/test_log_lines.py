"""Lines of the log say when, and nobody writes one that looks like another's."""

import io
import logging
import re
import sys
from datetime import UTC, datetime, timedelta

import pytest

import log_scrubbing
from log_lines import Lines
from tests.conftest import settings_for

FORGED = "2026-01-01T00:00:00.000Z INFO console.worker Sealed 1 audit events as seal 1: " + "0" * 64


@pytest.fixture
def log():
    """A logger, and what it has written."""
    log_scrubbing.install(settings_for("postgresql://console@localhost/console"))
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Lines())
    logger = logging.getLogger("console.web")
    logger.addHandler(handler)
    yield logger, written.getvalue
    logger.removeHandler(handler)


def test_a_line_begins_with_when_in_utc(log, monkeypatch):
    logger, written = log
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    __import__("time").tzset()

    logger.warning("Hello")

    monkeypatch.undo()
    __import__("time").tzset()
    when, rest = written().split(" ", 1)
    assert rest == "WARNING console.web Hello\n"
    assert abs(datetime.fromisoformat(when) - datetime.now(UTC)) < timedelta(minutes=5)


@pytest.mark.parametrize("breaks", ["\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\x1b[2K\x1b[1A", "\0", "\u202e"])
def test_what_others_say_is_no_line_of_its_own_and_moves_nothing(log, breaks):
    logger, written = log

    logger.warning("The provider said %s", f"no{breaks}{FORGED}")

    assert len(written().splitlines()) == 1
    assert written().strip().isprintable()
    assert f"no{breaks.encode('unicode_escape').decode()}2026" in written()


@pytest.mark.parametrize("breaks", ["\n", "\r", "\u2028"])
def test_a_traceback_is_indented_so_that_no_line_of_it_is_taken_for_another_record(log, breaks):
    logger, written = log

    try:
        raise ValueError(f"no{breaks}{FORGED}")
    except ValueError:
        logger.exception("Request failed")

    first, *others = written().splitlines()
    assert first.endswith("ERROR console.web Request failed")
    assert others[0] == "  Traceback (most recent call last):"
    assert all(re.match(r"  ", line) for line in others)


def test_what_nobody_caught_is_no_other_s_line_either(log, capsys):
    try:
        raise ValueError(f"no\n{FORGED}")
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)

    assert not any(line.startswith("2026") for line in capsys.readouterr().err.splitlines())
