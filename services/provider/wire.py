"""The way to the provider: bounded in time and in size, whatever answers there, and without what it is not asked for.

httpx's own transport waits so long for each piece of an answer, not for the whole, and takes answers of any size.
"""

import ssl
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from functools import cache
from typing import Any

import httpcore
import httpx

LIMIT_S = 8.0
"""Seconds that one question to the provider may take, from the connection to the last byte of the answer."""
LIMIT_BYTES = 500_000
"""Bytes that an answer may have; the keys of large providers have some 10,000."""
_PORTS = {"http": 80, "https": 443}
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "operations-console"}


def client(*, limit_s: float = LIMIT_S) -> httpx.Client:
    """What asks the provider; it follows no redirects, and keeps no connections and no cookies for the next one."""
    transport = BoundedTransport(_tls(), limit_s)
    return httpx.Client(transport=transport, headers=_HEADERS, trust_env=False)


@cache
def _tls() -> ssl.SSLContext:
    """Reading all authorities takes longer than most answers do."""
    return httpx.create_ssl_context()


class BoundedTransport(httpx.BaseTransport):
    """Each request has a connection of its own, a time by which all of it is over, and an answer of limited size."""

    def __init__(self, tls: ssl.SSLContext, limit_s: float) -> None:
        self._tls = tls
        self._limit_s = limit_s

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """
        Raises:
            httpx.TransportError: no answer came, not in time, or one that is too large.
        """
        try:
            return self._ask(request, time.monotonic() + self._limit_s)
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise httpx.ReadTimeout("no answer in time") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as error:
            raise httpx.ConnectError(type(error).__name__) from error

    def _ask(self, request: httpx.Request, deadline: float) -> httpx.Response:
        url, host = request.url, request.url.raw_host.decode("ascii")
        wire: httpcore.NetworkStream = httpcore.SyncBackend().connect_tcp(
            host, url.port or _PORTS[url.scheme], timeout=_left(deadline)
        )
        if url.scheme == "https":
            wire = wire.start_tls(self._tls, server_hostname=host, timeout=_left(deadline))
        core = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        with closing(httpcore.HTTP11Connection(core.origin, _TimedStream(wire, deadline))) as connection:
            answer = connection.handle_request(
                httpcore.Request(request.method, core, headers=request.headers.raw, content=request.read())
            )
            headers = httpx.Headers(answer.headers)
            if headers.get("Content-Encoding", "identity") != "identity":
                raise httpx.DecodingError("an answer that nobody asked to be compressed")
            return httpx.Response(answer.status, headers=headers, content=_read(answer.iter_stream()))


class _TimedStream(httpcore.NetworkStream):
    """A connection on which nothing lasts beyond one time for all."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left


def _read(pieces: Iterable[bytes]) -> bytes:
    content = b""
    for piece in pieces:
        content += piece
        if len(content) > LIMIT_BYTES:
            raise httpx.DecodingError("an answer that is too large")
    return content


def json_of(response: httpx.Response) -> Mapping[str, Any]:
    """The JSON object of an answer.

    Raises:
        ValueError: it is none, or no good answer.
    """
    try:
        content = response.json()
    except RecursionError:
        raise ValueError("too deep") from None
    if response.status_code != 200 or not isinstance(content, dict):
        raise ValueError(f"status {response.status_code}")
    return content
