"""A hook that costs as little as it can: it answers each POST with 201, at once or after a while.

Connections are kept, unless the request asks to close them.

Run with `python -m bench.receiver FD:SECONDS …`, where each FD is a socket that listens already.
"""

import asyncio
import socket
import sys
from functools import partial

BODY = b'{"job":{"id":"job_0123456789","state":"PENDING","createdAt":1764072000000}}'
HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n"
KEPT = HEAD % (len(BODY), b"") + BODY
CLOSED = HEAD % (len(BODY), b"Connection: close\r\n") + BODY


class Hook(asyncio.Protocol):
    """One connection."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._unread = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while (end := end_of_request(self._unread)) is not None:
            request, self._unread = self._unread[:end], self._unread[end:]
            closes = b"connection: close" in request.partition(b"\r\n\r\n")[0].lower()
            if self._delay_s:
                asyncio.get_running_loop().call_later(self._delay_s, self._answer, closes)
            else:
                self._answer(closes)

    def _answer(self, closes: bool) -> None:
        self._transport.write(CLOSED if closes else KEPT)
        if closes:
            self._transport.close()


def end_of_request(data: bytes) -> int | None:
    """Where the first request in the data ends; None while it is not whole."""
    head, separator, _ = data.partition(b"\r\n\r\n")
    if not separator:
        return None
    fields = (line.partition(b":") for line in head.lower().split(b"\r\n"))
    length = next((int(value) for name, _, value in fields if name == b"content-length"), 0)
    end = len(head) + len(separator) + length
    return end if len(data) >= end else None


async def serve(listeners: dict[int, float]) -> None:
    """Answer on sockets, by file descriptor, each after so many seconds; until the process is ended."""
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(partial(Hook, delay_s), sock=socket.socket(fileno=descriptor))
        for descriptor, delay_s in listeners.items()
    ]
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(serve({int(fd): float(delay_s) for fd, _, delay_s in (one.partition(":") for one in sys.argv[1:])}))
