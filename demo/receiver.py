"""A build host to call: a real HTTP server on this machine that takes deploys, and misbehaves where its path says so.

`POST /hooks/<secret>` answers 201 with a JSON job; `POST /hooks/<behaviour>/<secret>` is one of BEHAVIOURS.
Run with `python -m demo.receiver FD`, where FD is a socket that listens already.
"""

import contextlib
import itertools
import json
import signal
import socket
import struct
import sys
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from typing import Any

from services.seed.answers import ANSWERS

BODY_LIMIT = 64_000
"""Bytes of a request's body; a deploy's has a few hundred."""
CONNECTION_LIMIT = 1_000
"""Connections at a time; more wait in the kernel's queue."""
MEMORY_LIMIT = 10_000
"""Idempotency keys that are remembered; the oldest are forgotten first."""
SLOW_S = 60.0
"""How long a slow hook takes, in seconds: longer than any caller waits."""
QUOTA = 30
"""Deploys that limiting hooks take in a minute: enough that a recovery of those it refused in the past succeeds."""
IDLE_LIMIT_S = 30
_LINGER_RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Answer:
    """What goes back to the caller."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class Jobs:
    """The builds that were asked for: one a key, however often it is asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._calls: OrderedDict[str, int] = OrderedDict()

    def accept(self, key: str) -> dict[str, Any]:
        """The job of this key, new or known."""
        with self._lock:
            if key not in self._jobs:
                created_at = round(time.time() * 1000)
                self._jobs[key] = {"id": f"job_{token_hex(10)}", "state": "PENDING", "createdAt": created_at}
                _forget_oldest(self._jobs)
            return self._jobs[key]

    def count_call(self, key: str) -> int:
        """How often this key was used, this time included."""
        with self._lock:
            self._calls[key] = self._calls.pop(key, 0) + 1
            _forget_oldest(self._calls)
            return self._calls[key]


class Quota:
    """How many deploys the limiting hooks take in a minute, of all callers together."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._taken: deque[float] = deque()

    def has_room(self) -> bool:
        """Whether one more is taken now; it counts if so."""
        with self._lock:
            now = time.monotonic()
            while self._taken and self._taken[0] <= now - 60:
                self._taken.popleft()
            if len(self._taken) >= self._most:
                return False
            self._taken.append(now)
            return True


class Receiver(ThreadingHTTPServer):
    """The server; `stopping` ends answers that are slow on purpose."""

    daemon_threads = True

    def __init__(self, listener: socket.socket, slow_s: float = SLOW_S, quota: int = QUOTA) -> None:
        self.jobs = Jobs()
        self.quota = Quota(quota)
        self.slow_s = slow_s
        self.stopping = threading.Event()
        self._room = threading.BoundedSemaphore(CONNECTION_LIMIT)
        super().__init__(listener.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener

    def process_request(self, request: Any, client_address: Any) -> None:
        self._room.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers that hang up are nothing to tell of."""

    def shutdown(self) -> None:
        self.stopping.set()
        super().shutdown()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "build-host"
    sys_version = ""
    timeout = IDLE_LIMIT_S
    server: Receiver

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self._send(Answer(200, b'{"status":"ok"}'))
        elif self.path.startswith("/hooks/"):
            self._send(_problem(405, "method_not_allowed", "Deploy hooks are called with POST."))
        else:
            self._send(_problem(404, "not_found", "There is nothing here."))

    def do_POST(self) -> None:
        if not self._read_body():
            self._send(_problem(413, "too_large", "The body is too large, or of unknown length."))
            return
        behaviour, secret = _split(self.path)
        if not secret:
            self._send(_problem(404, "not_found", "There is no such hook."))
            return
        key = self.headers.get("Idempotency-Key") or token_hex(16)
        answer = BEHAVIOURS[behaviour](self.server, key)
        if answer is None:
            self._reset()
        else:
            self._send(answer)

    def _read_body(self) -> bool:
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit() and int(length) <= BODY_LIMIT):
            return False
        self.rfile.read(int(length))
        return "Transfer-Encoding" not in self.headers

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status == 413:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(answer.body)

    def _reset(self) -> None:
        """Break the connection off with RST instead of closing it."""
        self.log_request("reset")
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_RESET)
        self.connection.close()

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """One line a request, without the secret that a hook's path ends in."""
        path = getattr(self, "path", None)
        if path == "/healthz":
            return
        behaviour, secret = _split(path or "")
        what = (behaviour or "good hook") if secret else "no hook"
        line = f"{self.command} {what}" if path else "not HTTP"  # a TLS greeting does not get as far as a path
        print(f"{self.log_date_time_string()} {line}: {code}", flush=True)

    def log_error(self, format: str, *args: Any) -> None:
        """What is not HTTP at all, such as a TLS greeting, is part of the demo."""


def _good(receiver: Receiver, key: str) -> Answer | None:
    return Answer(201, json.dumps({"job": receiver.jobs.accept(key)}).encode())


def _unavailable(receiver: Receiver, key: str) -> Answer | None:
    return _as_in_history("unavailable")


def _not_found(receiver: Receiver, key: str) -> Answer | None:
    return _as_in_history("gone")


def _limited(receiver: Receiver, key: str) -> Answer | None:
    return _good(receiver, key) if receiver.quota.has_room() else _as_in_history("limited")


def _slow(receiver: Receiver, key: str) -> Answer | None:
    receiver.stopping.wait(receiver.slow_s)
    return _good(receiver, key)


def _reset(receiver: Receiver, key: str) -> Answer | None:
    return None


def _flaky(receiver: Receiver, key: str) -> Answer | None:
    return _unavailable(receiver, key) if receiver.jobs.count_call(key) == 1 else _good(receiver, key)


BEHAVIOURS: dict[str, Callable[[Receiver, str], Answer | None]] = {
    "": _good,
    "503": _unavailable,
    "404": _not_found,
    "429": _limited,
    "slow": _slow,
    "reset": _reset,
    "flaky": _flaky,
}
"""What each kind of hook does; None breaks the connection off. A flaky hook fails at a key's first call only, and
a limiting one (429) once it has taken its quota."""


def _split(path: str) -> tuple[str, str]:
    """A path's behaviour and secret; without a secret it names no hook."""
    parts = path.partition("?")[0].split("/")
    match parts:
        case ["", "hooks", secret] if secret not in BEHAVIOURS:
            return "", secret
        case ["", "hooks", behaviour, secret] if behaviour in BEHAVIOURS:
            return behaviour, secret
        case _:
            return "", ""


def _as_in_history(name: str) -> Answer:
    """The answer that seeded attempts got, so that a retry of theirs meets the same build host."""
    outcome = ANSWERS[name].outcome
    body = (outcome.response_excerpt or "").encode()
    content_type = "text/html; charset=utf-8" if body.startswith(b"<") else "application/json"
    headers = {} if outcome.retry_after_s is None else {"Retry-After": str(outcome.retry_after_s)}
    return Answer(outcome.status_code or 500, body, content_type, headers)


def _problem(status: int, code: str, message: str) -> Answer:
    return Answer(status, json.dumps({"error": {"code": code, "message": message}}).encode())


def _forget_oldest(memory: OrderedDict[str, Any]) -> None:
    for key in list(itertools.islice(memory, max(len(memory) - MEMORY_LIMIT, 0))):
        del memory[key]


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    receiver = Receiver(socket.socket(fileno=int(sys.argv[1])))

    def stop(number: int, frame: object) -> None:
        threading.Thread(target=receiver.shutdown).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    with contextlib.closing(receiver.socket):
        receiver.serve_forever(poll_interval=0.2)


if __name__ == "__main__":
    main()
