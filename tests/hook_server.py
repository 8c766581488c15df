"""A real HTTP server on loopback that answers as a test tells it to, and remembers what it was sent."""

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

TLS_HANDSHAKE = 0x16


@dataclass
class Received:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class HookServer:
    """Answers each connection with `answer(socket, request)`; replace `answer` at any time."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answer: Callable[[socket.socket, Received], None] = lambda connection, request: None
    take: Callable[[socket.socket], None] | None = None
    """What is done with a connection, instead of reading a request and answering it."""
    tls: ssl.SSLContext | None = None
    connections: int = 0


def answer_with(status: str, body: bytes = b"", *headers: str) -> Callable[[socket.socket, Received], None]:
    """An ordinary answer: `answer_with("201 Created", b"{}", "Content-Type: application/json")`."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]

    def answer(connection: socket.socket, request: Received) -> None:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)

    return answer


def raw(data: bytes) -> Callable[[socket.socket, Received], None]:
    """Exactly these bytes, whatever they are."""
    return lambda connection, request: connection.sendall(data)


def reset(connection: socket.socket, request: Received) -> None:
    """Close with a TCP reset instead of an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def running(host: str = "127.0.0.1", port: int = 0) -> Iterator[HookServer]:
    """Serve on a free port of loopback until the block ends."""
    listener = socket.create_server((host, port))
    server = HookServer(f"http://{host}:{listener.getsockname()[1]}/hook/0123456789abcdef")
    server.answer = answer_with("201 Created", b'{"job":{"id":"1"}}', "Content-Type: application/json")
    threading.Thread(target=_accept, args=(listener, server), daemon=True).start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _accept(listener: socket.socket, server: HookServer) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        server.connections += 1
        threading.Thread(target=_serve, args=(connection, server), daemon=True).start()


def _serve(connection: socket.socket, server: HookServer) -> None:
    with connection:
        connection.settimeout(30)
        try:
            if server.take:
                server.take(connection)
            elif server.tls:
                with server.tls.wrap_socket(connection, server_side=True) as encrypted:
                    _answer(encrypted, server)
            else:
                _answer(connection, server)
        except OSError:
            return


def _answer(connection: socket.socket, server: HookServer) -> None:
    request = _read(connection)
    server.received.append(request)
    server.answer(connection, request)


def _read(connection: socket.socket) -> Received:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _chunk(connection)
        if data[0] == TLS_HANDSHAKE:
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            raise ConnectionError("The client speaks TLS to a plain server.")
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += _chunk(connection)
    return Received(first.split(" ")[1], headers, body)


def _chunk(connection: socket.socket) -> bytes:
    chunk = connection.recv(65_536)
    if not chunk:
        raise ConnectionError("The client closed before its request was whole.")
    return chunk
