"""gunicorn's process of web, that waits for nobody for ever: neither for a body, nor for somebody to read an answer.

gunicorn bounds only how long a request's first line and headers take (`keepalive`, as a whole), and says of what it
can't read more than it need.
"""

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import gevent
from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.ggevent import GeventWorker

ANSWERS: tuple[tuple[type[Exception], int, str], ...] = (
    (errors.LimitRequestLine, 414, "URI Too Long"),
    (errors.LimitRequestHeaders, 431, "Request Header Fields Too Large"),
    (errors.ExpectationFailed, 417, "Expectation Failed"),
    (errors.UnsupportedTransferCoding, 501, "Not Implemented"),
    (errors.ParseException, 400, "Bad Request"),
)
"""What is said of what can't be read; the first that fits counts."""
ANSWER = (
    "HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Content-Length: {length}\r\n{headers}\r\n{reason}"
)


class Worker(GeventWorker):
    """A process of web."""

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> Any:
        sock.settimeout(self.cfg.keepalive)  # for each piece: who reads nothing for so long is gone
        if req.body is not None:
            req.body = TimelyBody(req, self.cfg.keepalive)
        try:
            return super().handle_request(listener_name, req, sock, addr)
        except TimeoutError:
            raise StopIteration from None  # which closes the connection without a word in the log

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        found = next((answer for answer in ANSWERS if isinstance(exc, answer[0])), None)
        request_id, origin = uuid4().hex[:12], (addr or ("",))[0]
        if found is None:
            self.log.exception("Request %s from %s failed", request_id, origin)
        else:
            self.log.warning("Request %s from %s can't be read: %s", request_id, origin, type(exc).__name__)
        status, reason = found[1:] if found else (500, "Internal Server Error")
        headers = "".join(f"{name}: {value}\r\n" for name, value in headers_of_error(request_id, self._public_url()))
        answer = ANSWER.format(status=status, reason=reason, length=len(reason), headers=headers)
        try:
            util.write_nonblock(client, answer.encode())
        except OSError:
            self.log.debug("Nobody waits for what went wrong.")

    def _public_url(self) -> str | None:
        """Where people reach the console; None of what is only measured beside it."""
        return getattr(self.wsgi.extensions.get("console_settings"), "public_url", None)


def headers_of_error(request_id: str, public_url: str | None) -> Iterator[tuple[str, str]]:
    """What every answer of the console says besides, and here without knowing what was asked for."""
    from content_security import HEADERS, TLS_ONLY  # here, once the worker has made what it imports cooperate

    yield from HEADERS.items()
    yield "Cache-Control", "no-store"
    yield "X-Request-Id", request_id
    if (public_url or "").startswith("https://"):
        yield "Strict-Transport-Security", TLS_ONLY


class TimelyBody:
    """A request's body as WSGI has it, which has to arrive as a whole within some seconds."""

    def __init__(self, req: Any, seconds: float) -> None:
        self._req, self._body = req, req.body
        self._until = time.monotonic() + seconds

    def read(self, *size: Any) -> bytes:
        return self._timely(self._body.read, *size)

    def readline(self, *size: Any) -> bytes:
        return self._timely(self._body.readline, *size)

    def readlines(self, *size: Any) -> list[bytes]:
        return self.read().splitlines(keepends=True)

    def __iter__(self) -> "TimelyBody":
        return self

    def __next__(self) -> bytes:
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def _timely(self, read: Any, *size: Any) -> Any:
        """
        Raises:
            RequestTimeout: it takes too long; the connection ends with the answer.
        """
        try:
            with gevent.Timeout(max(self._until - time.monotonic(), 0.001), TimeoutError()):
                return read(*size)
        except TimeoutError:
            from werkzeug.exceptions import RequestTimeout  # here, once the worker has made what it imports cooperate

            self._req.force_close()
            raise RequestTimeout from None
