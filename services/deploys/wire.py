"""The bytes of one connection, counted and with its failures told apart."""

import asyncio
import ssl
from typing import Any

import httpcore

from models import ErrorKind
from services.deploys.no_answer import NoAnswer

READ_LIMIT = 20_000
"""Bytes of an answer that are read, headers and all; the rest is left unread and the connection closed."""


class Wire(httpcore.AsyncNetworkStream):
    """One connection, as httpcore's HTTP/1.1 wants it. Time limits are the caller's."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._unsent = bytearray()
        self._left = READ_LIMIT
        self._broke_while_sending = False

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Keep it until the answer is asked for, so that headers and body leave together."""
        self._unsent += buffer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Send what is unsent, and read; no bytes mean that the other side closed.

        Raises:
            NoAnswer: of kind write, read, tls, or protocol once the limit is reached.
        """
        await self._send()
        if not self._left:
            raise NoAnswer(ErrorKind.PROTOCOL, f"The answer's headers are longer than {READ_LIMIT:,} bytes.")
        try:
            data = await self._reader.read(min(max_bytes, self._left))
        except ssl.SSLError as error:
            raise NoAnswer(ErrorKind.TLS, "The TLS connection broke before an answer came.") from error
        except OSError as error:
            raise self._broken("The connection was reset before an answer came.") from error
        if not data and self._left == READ_LIMIT:
            raise self._broken("The connection was closed before an answer came.")
        self._left -= len(data)
        return data

    async def aclose(self) -> None:
        """Close at once, whatever is unread."""
        self._writer.transport.abort()

    def get_extra_info(self, info: str) -> Any:
        return self._writer.get_extra_info(info)

    async def _send(self) -> None:
        """A connection that breaks meanwhile may still hold an answer, so that only reading decides."""
        if not self._unsent:
            return
        try:
            self._writer.write(bytes(self._unsent))
            await self._writer.drain()
        except OSError:
            self._broke_while_sending = True
        self._unsent.clear()

    def _broken(self, message: str) -> NoAnswer:
        if self._broke_while_sending:
            return NoAnswer(ErrorKind.WRITE, "The connection broke while the request was sent.")
        return NoAnswer(ErrorKind.READ, message)
