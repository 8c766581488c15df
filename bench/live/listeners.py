"""Many listeners in one thread, each a bare connection, so that they cost the machine little."""

import resource
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType

from bench.errors import BenchError

READY = b"event: ready"
LIMIT_S = 60
FILES = 4_096
REQUEST = "GET /api/console/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"


class Listeners:
    """Connections on which a web process tells what changed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._selector = selectors.DefaultSelector()
        self._connections: list[socket.socket] = []

    def __enter__(self) -> "Listeners":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self._connections:
            connection.close()
        self._selector.close()

    def join(self, tokens: Sequence[str]) -> None:
        """Listen once more with each token, and wait until all are ready.

        Raises:
            BenchError: one is refused, or it takes too long.
        """
        allow_files()
        for token in tokens:  # one after the other, as people come
            connection = socket.create_connection(("127.0.0.1", self._port), timeout=LIMIT_S)
            self._connections.append(connection)
            connection.sendall(REQUEST.format(token=token).encode())
            _read_until(connection, READY)
            connection.setblocking(False)
            self._selector.register(connection, selectors.EVENT_READ)

    def arrivals(self, mark: bytes, *, within_s: float = LIMIT_S) -> Iterator[float]:
        """When, on the performance counter, each listener hears of the mark.

        Raises:
            BenchError: one is cut off, or does not hear of it in time.
        """
        waiting = set(self._connections)
        deadline = time.perf_counter() + within_s
        tails: dict[socket.socket, bytes] = {}
        while waiting:
            if time.perf_counter() > deadline:
                raise BenchError(f"{len(waiting)} listeners did not hear of a change within {within_s:g} s.")
            for key, _ in self._selector.select(timeout=1):
                connection = key.fileobj
                assert isinstance(connection, socket.socket)
                heard = tails.get(connection, b"") + _receive(connection)
                tails[connection] = heard[-len(mark) :]
                if mark in heard and connection in waiting:
                    waiting.remove(connection)
                    yield time.perf_counter()


def allow_files() -> None:
    """Have this process hold a connection for each listener."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if now < FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, most) if most > 0 else FILES, most))


def _read_until(connection: socket.socket, mark: bytes) -> None:
    heard = b""
    while mark not in heard:
        heard += _receive(connection)


def _receive(connection: socket.socket) -> bytes:
    received = connection.recv(65_536)
    if not received:
        raise BenchError("A listener was cut off.")
    return received


@contextmanager
def listening(port: int, tokens: Sequence[str]) -> Iterator[Listeners]:
    """Listeners with these tokens, until the block ends."""
    with Listeners(port) as listeners:
        listeners.join(tokens)
        yield listeners
