"""A connection to a hook: its name resolved once, every address vetted, and one of those vetted connected to."""

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from models import ErrorKind
from services.deploys import addresses
from services.deploys.egress import EgressPolicy
from services.deploys.no_answer import NoAnswer
from services.deploys.resolver import Resolver, UnresolvedError
from services.deploys.wire import Wire

ADDRESSES_TRIED = 4
"""Addresses of one host that are tried; each gets its share of the time that is left."""


class Connector:
    """Opens connections that the egress policy permits.

    There is no second look-up which a changed name could answer differently: what is vetted is what is connected to.
    """

    def __init__(self, egress: EgressPolicy, resolver: Resolver, tls: ssl.SSLContext, limit_s: float) -> None:
        self._egress = egress
        self._resolver = resolver
        self._tls = tls
        self._limit_s = limit_s

    async def connect(self, host: str, port: int, *, encrypted: bool) -> Wire:
        """Resolve, vet, connect and, for https, shake hands, all within the limit.

        Raises:
            NoAnswer: of kind resolve, egress_refused, connect, tls or timeout.
        """
        deadline = asyncio.get_running_loop().time() + self._limit_s
        name = host.lower().removesuffix(".")
        found = await self._vetted(name, port, deadline)
        connection = await self._reached(found[:ADDRESSES_TRIED], port, deadline)
        return await self._opened(connection, name if encrypted else None, deadline)

    async def _vetted(self, name: str, port: int, deadline: float) -> Sequence[str]:
        try:
            async with self._by(deadline, "The host name was not resolved"):
                found = await self._resolver.resolve(name)
        except UnresolvedError as error:
            raise NoAnswer(ErrorKind.RESOLVE, f"The host name could not be resolved: {error}.") from error
        if refusal := self._egress.refusal(name, port, found):
            raise NoAnswer(ErrorKind.EGRESS_REFUSED, refusal)
        return found

    async def _reached(self, found: Sequence[str], port: int, deadline: float) -> socket.socket:
        failure: OSError = OSError()
        loop = asyncio.get_running_loop()
        for left, address in zip(range(len(found), 0, -1), found, strict=True):
            now = loop.time()
            try:
                async with asyncio.timeout_at(now + (deadline - now) / left):
                    return await _dial(address, port)
            except OSError as error:  # which TimeoutError is too
                failure = error
        if isinstance(failure, TimeoutError):
            raise NoAnswer(ErrorKind.TIMEOUT, f"No connection within {self._limit_s:g} s.") from failure
        reason = f": {os.strerror(failure.errno)}" if failure.errno else ""
        raise NoAnswer(ErrorKind.CONNECT, f"The connection could not be made{reason}.") from failure

    async def _opened(self, connection: socket.socket, tls_name: str | None, deadline: float) -> Wire:
        try:
            async with self._by(deadline, "No TLS handshake"):
                reader, writer = await asyncio.open_connection(
                    sock=connection, ssl=self._tls if tls_name else None, server_hostname=tls_name
                )
        except ssl.SSLError as error:
            raise NoAnswer(ErrorKind.TLS, _tls_failure(error)) from error
        except (OSError, ValueError) as error:  # ValueError: a name that no certificate could have
            kind = ErrorKind.TLS if tls_name else ErrorKind.CONNECT
            raise NoAnswer(kind, "The connection broke before anything could be sent.") from error
        return Wire(reader, writer)

    @asynccontextmanager
    async def _by(self, deadline: float, what: str) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout_at(deadline):
                yield
        except TimeoutError as error:
            raise NoAnswer(ErrorKind.TIMEOUT, f"{what} within {self._limit_s:g} s.") from error


async def _dial(address: str, port: int) -> socket.socket:
    parsed = addresses.parse(address)
    family = socket.AF_INET if parsed is not None and parsed.version == 4 else socket.AF_INET6
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, (address, port))
    except BaseException:
        connection.close()
        raise
    return connection


def _tls_failure(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate is not trusted: {error.verify_message.rstrip('.')}."
    reason = f" ({error.reason.lower().replace('_', ' ')})" if error.reason else ""
    return f"The TLS handshake failed{reason}."
