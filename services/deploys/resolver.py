"""Host names to addresses, in threads that nothing else waits for."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Thread

from services.deploys import addresses

LookUp = Callable[[str], Sequence[str]]
"""From a host name to its addresses as text; may block, and may raise OSError or ValueError."""

LOOK_UPS_MOST = 200
"""Look-ups under way at a time; a silent name server holds each for half a minute."""


class UnresolvedError(Exception):
    """The name has no address, or none could be found; the message says why."""


def system_look_up(host: str) -> list[str]:
    """Ask the operating system, which also reads literals such as `127.1` and `0x7f.1` as addresses."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    inet = (socket.AF_INET, socket.AF_INET6)
    return list(dict.fromkeys(str(where[0]) for family, _, _, _, where in found if family in inet))


class Resolver:
    """Looks names up, each in a thread of its own that may hang without delaying another name, or the worker's end.

    Who asks for a name that is being looked up waits for that same answer, so that one silent name server holds one
    thread a name. Nothing is kept: the next to ask is told anew.
    """

    def __init__(self, look_up: LookUp = system_look_up) -> None:
        self._look_up = look_up
        self._under_way: dict[str, asyncio.Future[Sequence[str] | Exception]] = {}

    async def resolve(self, host: str) -> Sequence[str]:
        """All addresses of a host, at least one; an address is its own, without a look-up.

        Raises:
            UnresolvedError: there is none.
        """
        if addresses.parse(host) is not None:
            return [host]
        found = await asyncio.shield(self._asked(host))
        if isinstance(found, Exception):
            raise UnresolvedError(_reason(found)) from found
        if not found:
            raise UnresolvedError("it has no address")
        return found

    def _asked(self, host: str) -> asyncio.Future[Sequence[str] | Exception]:
        loop = asyncio.get_running_loop()
        future = self._under_way.get(host)
        if future is not None and future.get_loop() is loop:
            return future
        if len(self._under_way) >= LOOK_UPS_MOST:
            raise UnresolvedError("too many names are being looked up")
        future = loop.create_future()
        try:
            Thread(target=self._ask, args=(host, future), name="look-up", daemon=True).start()
        except RuntimeError as error:
            raise UnresolvedError("no thread could be started") from error
        self._under_way[host] = future
        return future

    def _ask(self, host: str, future: asyncio.Future[Sequence[str] | Exception]) -> None:
        found: Sequence[str] | Exception
        try:
            found = self._look_up(host)
        except Exception as error:  # kept, and raised to each who waits
            found = error
        with suppress(RuntimeError):  # the loop is closed, so nobody waits
            future.get_loop().call_soon_threadsafe(self._answer, host, future, found)

    def _answer(
        self, host: str, future: asyncio.Future[Sequence[str] | Exception], found: Sequence[str] | Exception
    ) -> None:
        if self._under_way.get(host) is future:
            del self._under_way[host]
        future.set_result(found)


def _reason(error: Exception) -> str:
    known = isinstance(error, socket.gaierror) and error.strerror
    return str(known) if known else "it is no host name" if isinstance(error, ValueError) else "the look-up failed"
