"""httpx's way out of the house: each request over a connection of its own, which the egress policy permits."""

from collections.abc import AsyncIterator

import httpcore
import httpx

from models import ErrorKind
from services.deploys.connection import Connector
from services.deploys.no_answer import NoAnswer

DEFAULT_PORT = {"http": 80, "https": 443}


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends each request over a new connection, so that no stray byte of one answer reaches another's verdict.

    httpx's own transport keeps a pool, which has no place for a guard and costs more than the request itself.
    """

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and read the answer's headers.

        Raises:
            NoAnswer: no answer came, and which part of the way failed.
        """
        port = request.url.port or DEFAULT_PORT[request.url.scheme]
        wire = await self._connector.connect(
            request.url.raw_host.decode("ascii"), port, encrypted=request.url.scheme == "https"
        )
        connection = httpcore.AsyncHTTP11Connection(_origin(request.url), wire)
        try:
            answer = await connection.handle_async_request(_core(request))
        except BaseException as error:
            await connection.aclose()
            if isinstance(error, httpcore.RemoteProtocolError):
                raise NoAnswer(ErrorKind.PROTOCOL, "The answer is not valid HTTP.") from error
            raise
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer, connection))


class _Body(httpx.AsyncByteStream):
    """What follows the headers; closing it closes the connection."""

    def __init__(self, answer: httpcore.Response, connection: httpcore.AsyncHTTP11Connection) -> None:
        self._answer = answer
        self._connection = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        await self._answer.aclose()
        await self._connection.aclose()


def _origin(url: httpx.URL) -> httpcore.Origin:
    return _core_url(url).origin


def _core(request: httpx.Request) -> httpcore.Request:
    return httpcore.Request(request.method, _core_url(request.url), headers=request.headers.raw, content=request.stream)


def _core_url(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
