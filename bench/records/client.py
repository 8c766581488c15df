"""Somebody who asks a web process for pages over one connection that is kept, and waits for each."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from statistics import median

from flask import Flask

from bench.errors import BenchError
from bench.server import SECRET_KEY
from people.cookies import Sessions

LIMIT_S = 900
"""How long one answer may take."""
MS = 1_000
CHUNK = 256 * 1_024


class Client:
    """One connection, signed in or not."""

    def __init__(self, port: int, cookie: str | None = None) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=LIMIT_S)
        self._headers = {} if cookie is None else {"Cookie": f"session={cookie}"}

    def close(self) -> None:
        self._connection.close()

    def open(self, path: str, **headers: str) -> HTTPResponse:
        """Ask, and return once the answer begins.

        Raises:
            BenchError: it is no good one.
        """
        self._connection.request("GET", path, headers=self._headers | headers)
        answer = self._connection.getresponse()
        if answer.status not in (200, 304):
            raise BenchError(
                f"{path} was answered with {answer.status}: {answer.read()[:400].decode(errors='replace')}"
            )
        return answer

    def read(self, path: str, **headers: str) -> bytes:
        return self.open(path, **headers).read()

    def median_ms(self, path: str, times: int, **headers: str) -> float:
        """The median of so many requests, one after another, after one that doesn't count."""
        self.close()  # web ends connections that rest
        self.read(path, **headers)
        return median(self._ms(path, headers) for _ in range(times))

    def _ms(self, path: str, headers: dict[str, str]) -> float:
        began = time.perf_counter()
        self.read(path, **headers)
        return MS * (time.perf_counter() - began)


@contextmanager
def asking(port: int, cookie: str | None = None) -> Iterator[Client]:
    """A client until the block ends."""
    client = Client(port, cookie)
    try:
        yield client
    finally:
        client.close()


def cookie_of(sign_in: str) -> str:
    """The session cookie of somebody who has signed in.

    Args:
        sign_in: what the sign-in goes by in the database.
    """
    app = Flask("cookies")
    app.secret_key = SECRET_KEY
    signer = Sessions().get_signing_serializer(app)
    assert signer is not None
    return str(signer.dumps({"_user_id": sign_in, "_fresh": True, "sign_in": sign_in}))
