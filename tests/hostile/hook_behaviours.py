"""Ways in which a hook misbehaves, each with what a POST to it must come to."""

import gzip
import itertools
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from models import ErrorKind
from services.deploys.verdict import Verdict
from tests.hook_server import Received, answer_with, raw, reset

Answer = Callable[[socket.socket, Received], None]

SUCCEEDED, RETRY, FINAL = Verdict.SUCCEEDED, Verdict.RETRY, Verdict.FINAL
PATIENCE_S = 5
"""How long a hook that does nothing keeps its connection."""


@dataclass(frozen=True)
class Behaviour:
    """What a hook does once it has the request, and what must follow."""

    answer: Answer
    result: int | ErrorKind
    """The status that is kept, or why there is none."""
    verdict: Verdict
    excerpt: str | None = None
    """What is kept of the body, where that is what the behaviour attacks."""


def then(*parts: Answer | bytes) -> Answer:
    """One after the other."""

    def answer(connection: socket.socket, request: Received) -> None:
        for part in parts:
            raw(part)(connection, request) if isinstance(part, bytes) else part(connection, request)

    return answer


def wait(connection: socket.socket, request: Received) -> None:
    connection.settimeout(PATIENCE_S)
    while connection.recv(4096):
        pass


def linger(connection: socket.socket, request: Received) -> None:
    """Let what was sent arrive before the reset that follows it."""
    time.sleep(0.1)


def repeating(data: bytes, pause_s: float = 0) -> Answer:
    """The same bytes for as long as anybody listens."""

    def answer(connection: socket.socket, request: Received) -> None:
        ending = time.monotonic() + PATIENCE_S
        while time.monotonic() < ending:
            connection.sendall(data)
            time.sleep(pause_s)

    return answer


def endless_headers(connection: socket.socket, request: Received) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in itertools.count():
        connection.sendall(b"X-%d: %s\r\n" % (number, b"x" * 100))


def echo(connection: socket.socket, request: Received) -> None:
    answer_with("404 Not Found", f"Cannot POST {request.path}".encode())(connection, request)


def _ok(*headers: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([b"HTTP/1.1 200 OK", *headers, b"", b""]) + body


CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"
FAILED = b"HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\nno"
BOMB = gzip.compress(b"0" * 50_000_000)
METADATA = "http://169.254.169.254/latest/meta-data/"

SILENCE = {
    "never answers": Behaviour(wait, ErrorKind.TIMEOUT, RETRY),
    "drips its headers": Behaviour(then(b"HTTP/1.1 200 OK\r\n", repeating(b"x", 0.05)), ErrorKind.TIMEOUT, RETRY),
    "drips its body": Behaviour(then(_ok(b"Content-Length: 999"), repeating(b"x", 0.05)), 200, SUCCEEDED),
    "sends headers and no body": Behaviour(then(_ok(b"Content-Length: 9"), wait), 200, SUCCEEDED, ""),
    "closes": Behaviour(raw(b""), ErrorKind.READ, RETRY),
    "closes amid its headers": Behaviour(raw(b"HTTP/1.1 200 OK\r\nConte"), ErrorKind.PROTOCOL, RETRY),
    "resets": Behaviour(reset, ErrorKind.READ, RETRY),
    "resets amid its headers": Behaviour(then(b"HTTP/1.1 200 OK\r\nCon", linger, reset), ErrorKind.READ, RETRY),
    "resets amid its body": Behaviour(then(_ok(b"Content-Length: 9", body=b"so"), linger, reset), 200, SUCCEEDED, "so"),
}
FLOODS = {
    "sends an endless body": Behaviour(then(_ok(), repeating(b"x" * 65_536)), 200, SUCCEEDED, "x" * 2_000),
    "sends endless chunks": Behaviour(
        then(_ok(b"Transfer-Encoding: chunked"), repeating(b"1\r\nx\r\n")), 200, SUCCEEDED, "x" * 200
    ),
    "sends an endless chunk size": Behaviour(
        then(_ok(b"Transfer-Encoding: chunked"), repeating(b"0" * 65_536)), 200, SUCCEEDED, ""
    ),
    "sends endless headers": Behaviour(endless_headers, ErrorKind.PROTOCOL, RETRY),
    "sends one header without an end": Behaviour(
        then(b"HTTP/1.1 200 OK\r\nX: ", repeating(b"x" * 65_536)), ErrorKind.PROTOCOL, RETRY
    ),
    "sends a status line without an end": Behaviour(
        then(b"HTTP/1.1 200 ", repeating(b"x" * 65_536)), ErrorKind.PROTOCOL, RETRY
    ),
    "says Continue without end": Behaviour(
        repeating(b"HTTP/1.1 100 Continue\r\n\r\n" * 500), ErrorKind.PROTOCOL, RETRY
    ),
    "sends large headers": Behaviour(
        raw(_ok(b"X: " + b"x" * 15_000, b"Content-Length: 2", body=b"hi")), 200, SUCCEEDED, "hi"
    ),
    "sends huge headers": Behaviour(raw(_ok(b"X: " + b"x" * 60_000)), ErrorKind.PROTOCOL, RETRY),
    "sends a bomb": Behaviour(answer_with("200 OK", BOMB, "Content-Encoding: gzip"), 200, SUCCEEDED, "0" * 2_000),
    "fails with a bomb": Behaviour(answer_with("500 Oops", BOMB, "Content-Encoding: gzip"), 500, RETRY, "0" * 2_000),
}
FRAMING = {
    "chunks badly": Behaviour(raw(_ok(b"Transfer-Encoding: chunked", body=b"2\r\nhi\r\nzz\r\n")), 200, SUCCEEDED, "hi"),
    "ends amid a chunk": Behaviour(raw(_ok(b"Transfer-Encoding: chunked", body=b"9\r\nhi")), 200, SUCCEEDED, "hi"),
    "transfers in a way of its own": Behaviour(raw(_ok(b"Transfer-Encoding: magic")), ErrorKind.PROTOCOL, RETRY),
    "promises more than it sends": Behaviour(raw(_ok(b"Content-Length: 99", body=b"hi")), 200, SUCCEEDED, "hi"),
    "sends more than it promised": Behaviour(raw(_ok(b"Content-Length: 2", body=b"hi there")), 200, SUCCEEDED, "hi"),
    "promises a negative length": Behaviour(raw(_ok(b"Content-Length: -1", body=b"hi")), ErrorKind.PROTOCOL, RETRY),
    "promises two lengths": Behaviour(
        raw(_ok(b"Content-Length: 2", b"Content-Length: 3", body=b"hi!")), ErrorKind.PROTOCOL, RETRY
    ),
    "promises a length without end": Behaviour(
        raw(_ok(b"Content-Length: " + b"9" * 400, body=b"hi")), ErrorKind.PROTOCOL, RETRY
    ),
    "promises a length that is a word": Behaviour(raw(_ok(b"Content-Length: many")), ErrorKind.PROTOCOL, RETRY),
    "answers twice, well and badly": Behaviour(raw(CREATED + FAILED), 201, SUCCEEDED, "{}"),
    "answers twice, badly and well": Behaviour(raw(FAILED + CREATED), 500, RETRY, "no"),
    "says Continue first": Behaviour(raw(b"HTTP/1.1 100 Continue\r\n\r\n" + CREATED), 201, SUCCEEDED, "{}"),
    "gives early hints first": Behaviour(raw(b"HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" + CREATED), 201, SUCCEEDED, "{}"),
    "says Continue only": Behaviour(raw(b"HTTP/1.1 100 Continue\r\n\r\n"), ErrorKind.PROTOCOL, RETRY),
    "switches protocols": Behaviour(
        raw(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), ErrorKind.PROTOCOL, RETRY
    ),
    "speaks HTTP/0.9": Behaviour(raw(b"<h1>It works</h1>\r\n"), ErrorKind.PROTOCOL, RETRY),
    "speaks HTTP/2": Behaviour(raw(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\x00" * 18), ErrorKind.PROTOCOL, RETRY),
    "greets as HTTP/2 clients do": Behaviour(raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), ErrorKind.PROTOCOL, RETRY),
    "speaks SSH": Behaviour(raw(b"SSH-2.0-OpenSSH_9.2\r\n"), ErrorKind.PROTOCOL, RETRY),
    "speaks SMTP": Behaviour(raw(b"220 mail.example.com ESMTP\r\n\r\n"), ErrorKind.PROTOCOL, RETRY),
    "sends a TLS alert": Behaviour(raw(b"\x15\x03\x01\x00\x02\x02\x46"), ErrorKind.PROTOCOL, RETRY),
    "speaks HTTP/1.0": Behaviour(raw(b"HTTP/1.0 200 OK\r\n\r\nhi"), 200, SUCCEEDED, "hi"),
    "ends its lines with a line feed": Behaviour(
        raw(b"HTTP/1.1 200 OK\nContent-Length: 2\n\nhi"), 200, SUCCEEDED, "hi"
    ),
    "gives no reason": Behaviour(raw(b"HTTP/1.1 204\r\n\r\n"), 204, SUCCEEDED),
    "sends a header without a colon": Behaviour(raw(_ok(b"nonsense")), ErrorKind.PROTOCOL, RETRY),
    "sends a header with a NUL": Behaviour(raw(_ok(b"X: a\x00b")), ErrorKind.PROTOCOL, RETRY),
    "sends a header named with a space": Behaviour(raw(_ok(b"X Y: z")), ErrorKind.PROTOCOL, RETRY),
}
STATUSES = {
    "999": Behaviour(raw(b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"), 999, FINAL),
    "000": Behaviour(raw(b"HTTP/1.1 000 None\r\n\r\n"), ErrorKind.PROTOCOL, RETRY),
    "99": Behaviour(raw(b"HTTP/1.1 99 Low\r\n\r\n"), ErrorKind.PROTOCOL, RETRY),
    "2000": Behaviour(raw(b"HTTP/1.1 2000 High\r\n\r\n"), ErrorKind.PROTOCOL, RETRY),
    "-200": Behaviour(raw(b"HTTP/1.1 -200 Below\r\n\r\n"), ErrorKind.PROTOCOL, RETRY),
    "abc": Behaviour(raw(b"HTTP/1.1 abc Letters\r\n\r\n"), ErrorKind.PROTOCOL, RETRY),
    "300": Behaviour(answer_with("300 Choices"), 300, FINAL),
    "400": Behaviour(answer_with("400 Bad"), 400, FINAL),
    "408": Behaviour(answer_with("408 Slow"), 408, RETRY),
    "410": Behaviour(answer_with("410 Gone"), 410, Verdict.GONE),
    "425": Behaviour(answer_with("425 Early"), 425, RETRY),
    "429": Behaviour(answer_with("429 Many"), 429, RETRY),
    "redirects to the metadata service": Behaviour(answer_with("302 Found", b"", f"Location: {METADATA}"), 302, FINAL),
    "redirects the POST to the metadata service": Behaviour(
        answer_with("307 Here", b"", f"Location: {METADATA}"), 307, FINAL
    ),
    "redirects to itself": Behaviour(answer_with("308 Here", b"", "Location: /hook/0123456789abcdef"), 308, FINAL),
    "redirects to nowhere": Behaviour(
        raw(b"HTTP/1.1 302 Found\r\nLocation: http://[::1:bad/\x80\r\nContent-Length: 0\r\n\r\n"), 302, FINAL
    ),
    "redirects without saying where": Behaviour(answer_with("301 Moved"), 301, FINAL),
}
TEXTS = {
    "repeats the URL, a secret": Behaviour(echo, 404, FINAL, "Cannot POST …"),
    "sends invalid UTF-8": Behaviour(answer_with("500 Oops", b"\xff\xfea"), 500, RETRY, "\ufffd\ufffda"),
    "sends NUL and control characters": Behaviour(
        answer_with("500 Oops", b"a\x00\x1b[31mb\x9b"), 500, RETRY, "a[31mb\ufffd"
    ),
    "turns the direction of text": Behaviour(answer_with("500 Oops", "a\u202eb\u2066c".encode()), 500, RETRY, "abc"),
    "declares a charset that is none": Behaviour(
        answer_with("500 Oops", b"a", "Content-Type: text/plain; charset=\x80\x81"), 500, RETRY, "a"
    ),
    "declares a codec that is no charset": Behaviour(
        answer_with("500 Oops", b"a", "Content-Type: text/plain; charset=zlib"), 500, RETRY, "a"
    ),
    "claims to be packed and is not": Behaviour(
        answer_with("500 Oops", b"a", "Content-Encoding: gzip"), 500, RETRY, "a"
    ),
    "packs in a way of its own": Behaviour(answer_with("500 Oops", b"a", "Content-Encoding: magic"), 500, RETRY, "a"),
    "sends half a surrogate": Behaviour(
        answer_with("500 Oops", b"\xd8\x00\x00a", "Content-Type: text/plain; charset=utf-16-be"), 500, RETRY, "\ufffda"
    ),
}
BEHAVIOURS = {**SILENCE, **FLOODS, **FRAMING, **STATUSES, **TEXTS}


def close_at_once(connection: socket.socket) -> None:
    """Say nothing and hear nothing."""


def reset_at_once(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def answer_at_once(connection: socket.socket) -> None:
    """Answer before a byte of the request was read."""
    connection.sendall(CREATED)
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(4096):
        pass


def stare(connection: socket.socket) -> None:
    """Take nothing and give nothing."""
    threading.Event().wait(1)
