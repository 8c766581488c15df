"""No log of web, worker or gunicorn, and no traceback, shows a secret."""

import asyncio
import logging
import sys
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

import log_scrubbing
import worker
from app import create_app
from config import ConfigError
from settings.people import MailServer
from tests import databases
from tests.conftest import settings_for
from tests.vaults import HOOK_KEY, SECRET

URL = "https://hooks.example.com/deploy/Secret0123456789Secret"
PART = "Secret0123456789Secret"


@pytest.fixture
def written(tmp_path):
    """What the console's loggers write to a file, as formatters everywhere do."""
    log_scrubbing.install(settings_for("postgresql://console:a-long-password@db/console"))
    handler = logging.FileHandler(tmp_path / "log")
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    loggers = [logging.getLogger(name) for name in ("console.web", "console.worker", "httpx")]
    for logger in loggers:
        logger.addHandler(handler)
    yield lambda: (tmp_path / "log").read_text()
    for logger in loggers:
        logger.removeHandler(handler)
    handler.close()


@pytest.fixture
def empty_database_url():
    """A database that nobody has migrated, so that no worker begins its work."""
    yield databases.create_database("without_tables")
    databases.drop_database("without_tables")


def begin_web(url):
    create_app(settings_for(url))


def begin_worker(url):
    with pytest.raises(ConfigError, match="make migrate"):
        asyncio.run(worker.main())


@pytest.mark.parametrize("begin", [begin_web, begin_worker])
def test_web_and_worker_scrub_what_they_log_from_their_beginning(empty_database_url, monkeypatch, begin):
    for name, value in {"DATABASE_URL": empty_database_url, "SECRET_KEY": SECRET, "HOOK_KEYS": HOOK_KEY}.items():
        monkeypatch.setenv(name, value)
    logging.setLogRecordFactory(logging.LogRecord)

    begin(empty_database_url)

    record = logging.getLogRecordFactory()("console.web", logging.INFO, __file__, 1, "To %s", (URL,), None)
    assert record.getMessage() == "To https://hooks.example.com/…cret"


@pytest.mark.parametrize("name", ["console.web", "console.worker", "httpx"])
def test_an_error_that_carries_a_hook_is_logged_without_it(written, name):
    try:
        try:
            raise OSError(f"{URL} refused")
        except OSError as error:
            raise RuntimeError("POST failed", URL, SECRET) from error
    except RuntimeError:
        logging.getLogger(name).exception("Calling %s with %r failed.", URL, {"key": HOOK_KEY})

    log = written()
    assert "Traceback" in log
    assert "RuntimeError" in log
    assert "https://hooks.example.com/…cret" in log
    assert not any(secret in log for secret in (PART, SECRET, HOOK_KEY))


def test_the_password_of_the_database_is_taken_out_wherever_it_stands(written):
    logging.getLogger("console.worker").error("FATAL: a-long-password was refused")

    assert "FATAL: … was refused" in written()


@pytest.mark.parametrize(
    "changes",
    [
        {"database_url": "postgresql+psycopg://u:p%40ss%2Fword@db/console"},
        {"database_url": "postgresql+psycopg://u@db/console?password=p%40ss%2Fword"},
        {"worker_database_url": "postgresql+psycopg://u:p%40ss%2Fword@db/console"},
        {"mail_server": MailServer("mail", 587, is_tls=False, user="u", password="p@ss/word")},
    ],
)
def test_each_password_of_the_settings_is_known_as_whoever_is_told_it_writes_it(changes):
    settings = replace(settings_for("postgresql://console@db/console"), **changes)

    assert "p@ss/word" in log_scrubbing.secrets_of(settings)


def test_arguments_that_do_not_fit_are_written_beside_the_message_without_secrets(written):
    logging.getLogger("console.web").error("%d files", URL)

    assert "%d files ('https://hooks.example.com/…cret',)" in written()


def test_gunicorns_access_log_shows_no_hook_and_no_token(tmp_path, written):
    config = Config()
    config.set("accesslog", str(tmp_path / "access"))
    logger = Logger(config)
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": f"/admin/deploy/?search={URL}",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": URL,
        "HTTP_USER_AGENT": "Bearer abcdefgh1234",
    }
    answer = SimpleNamespace(status="200 OK", sent=5, headers=[])

    logger.access(answer, SimpleNamespace(headers=[]), environ, timedelta(milliseconds=5))

    log = (tmp_path / "access").read_text()
    assert "GET /admin/deploy/?search=https://hooks.example.com/…cret HTTP/1.1" in log
    assert PART not in log
    assert "abcdefgh1234" not in log
    for handler in logger.access_log.handlers:
        handler.close()
    logger.access_log.handlers.clear()


def test_what_nobody_caught_is_printed_without_secrets(written, capsys):
    try:
        raise ValueError(URL)
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)

    said = capsys.readouterr().err
    assert "ValueError: https://hooks.example.com/…cret" in said
    assert PART not in said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("to https://never.example.com/deploy/4c1d9e7705b2cdef failed", "to https://never.example.com/…cdef failed"),
        ('"GET /console HTTP/1.1" 200', '"GET /console HTTP/1.1" 200'),
        ("Authorization: Bearer abcdefgh123", "Authorization: Bearer …"),
        ("postgresql://console:pass@db/console", "postgresql://…@db/console"),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "…"),
        ("/reset/WyIxMjM0NTY3ODkwMTIzNDU2Il0.aBcDeF.0123456789abcdefghijklm", "/reset/…"),
        ("password=hunter2hunter2&x=1", "password=…&x=1"),
        ("the services and their statuses are all well", "the services and their statuses are all well"),
    ],
)
def test_logs_lose_what_looks_like_a_secret_and_nothing_else(text, shown):
    assert log_scrubbing.without_secrets(text) == shown
