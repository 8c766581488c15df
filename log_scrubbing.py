"""Logs without secrets: one place for web, worker and command line, whoever writes and wherever to.

Records are scrubbed as they are made. A filter of a logger would not see what its children log, and one of a handler
knows only the handlers that are there already; gunicorn and libraries add theirs later.
"""

import logging
import re
import sys
import threading
import traceback
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from config import Settings
from services import scrubbing
from services.deploys import hooks

_URL = re.compile(r"https?://[^\s\"'<>\\^`{|}]+", re.IGNORECASE)
_SHAPES = (
    (re.compile(r"\b(Bearer|Basic|Token)\s+[\w.~+/=-]{6,}", re.IGNORECASE), r"\1 …"),
    (re.compile(r"\bwhsec_[\w+/=-]+"), "…"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*|[\w-]{20,}\.[\w-]{5,}\.[\w-]{20,}"), "…"),
    (re.compile(r"\bgAAAAA[\w=-]{40,}"), "…"),
    (re.compile(r"((?:passw(?:or)?d|secret|token|api_?key)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;)]{6,}", re.I), r"\1…"),
)
"""Credentials of requests, secrets of signatures, signed tokens, sealed hooks, and what is named a secret."""
_MOVES = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""What ends a line, somewhere, or has a terminal write elsewhere; the tabs of a traceback are among it."""

_make_record = logging.getLogRecordFactory()


def install(settings: Settings) -> None:
    """Scrub all that is logged from here on, and the tracebacks of what nobody caught."""
    scrubbing.learn(secrets_of(settings))
    logging.setLogRecordFactory(_scrubbed)
    sys.excepthook = _tell
    threading.excepthook = _tell_of_thread


def without_secrets(text: str) -> str:
    """The text as a log may hold it: without the secrets that this process knows, nor what looks like one.

    Of an address scheme and host are left, and the last four characters, as wherever hooks are shown.
    """
    text = _URL.sub(lambda match: hooks.mask(match[0]), scrubbing.without_known(text))
    for shape, instead in _SHAPES:
        text = shape.sub(instead, text)
    return text


def secrets_of(settings: Settings) -> list[str]:
    """What the settings hold that nobody may read."""
    urls = (settings.database_url, settings.web_database_url, settings.worker_database_url)
    passwords = [password for url in urls for password in passwords_of(url or "")]
    if settings.mail_server:
        passwords.append(settings.mail_server.password)
    hook = settings.default_hook_url
    if hook:
        scrubbing.learn_hook(hook)
    provider = settings.provider.client_secret if settings.provider else None
    kept = [*settings.signing_keys, *settings.hook_keys, *settings.webhook_secrets, *passwords, provider]
    return [secret for secret in kept if secret]


def passwords_of(database_url: str) -> list[str | None]:
    """The password of a database, as its URL has it and as it is: the server and libpq know it decoded."""
    parts = urlsplit(database_url)
    given = [parts.password, *(value for name, value in parse_qsl(parts.query) if name in ("password", "sslpassword"))]
    return [*given, *(unquote(one) for one in given if one)]


def _scrubbed(*arguments: Any, **options: Any) -> logging.LogRecord:
    record = _make_record(*arguments, **options)
    try:
        message = record.getMessage()
    except (TypeError, ValueError, KeyError):  # its arguments do not fit
        message = f"{record.msg} {record.args}"
    record.msg, record.args = _in_one_line(without_secrets(message)), ()
    if record.exc_info and record.exc_info[0] is not None:
        record.exc_text = _words(*record.exc_info)
    if record.stack_info:
        record.stack_info = _indented(without_secrets(record.stack_info))
    return record


def _words(kind: type[BaseException] | None, error: BaseException | None, traced: TracebackType | None) -> str:
    """A traceback as `logging` writes it; formatters take it as it is, since a record has it already."""
    return _indented(without_secrets("".join(traceback.format_exception(kind, error, traced)).rstrip("\n")))


def _indented(text: str) -> str:
    """Lines none of which can be taken for another record, whatever others had put into them."""
    return "\n".join(f"  {_in_one_line(line)}" for line in text.split("\n"))


def _in_one_line(text: str) -> str:
    return _MOVES.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def _tell(kind: type[BaseException], error: BaseException, traced: TracebackType | None) -> None:
    sys.stderr.write(f"{_words(kind, error, traced)}\n")


def _tell_of_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_type is not SystemExit and arguments.exc_value is not None:
        name = arguments.thread.name if arguments.thread else "a thread"
        sys.stderr.write(f"In {name}: {_words(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)}\n")
