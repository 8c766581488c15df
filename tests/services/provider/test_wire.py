"""The way to the provider: what it waits for, and what it takes."""

import time

import httpx
import pytest

from services.provider import wire
from tests.hook_server import HookServer, answer_with, raw, running

# The servers of these tests answer as any that is slow, or odd; none of them is a provider.


@pytest.fixture
def server():
    with running() as server:
        yield server


def get(server: HookServer, limit_s: float = 5.0) -> httpx.Response:
    with wire.client(limit_s=limit_s) as client:
        return client.get(server.url)


def test_an_answer_is_read_whole(server):
    server.answer = answer_with("200 OK", b'{"a": 1}', "Content-Type: application/json")

    assert wire.json_of(get(server)) == {"a": 1}
    [asked] = server.received
    assert asked.headers["accept-encoding"] == "identity"


def drip(connection, request):
    """One byte now and then, as long as somebody reads."""
    for piece in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000:
        connection.sendall(bytes([piece]))
        time.sleep(0.02)


@pytest.mark.parametrize("answer", [drip, lambda connection, request: time.sleep(0.5)])
def test_nothing_lasts_beyond_one_time_for_all(server, answer):
    server.answer = answer

    with pytest.raises(httpx.TimeoutException):
        get(server, limit_s=0.2)


@pytest.mark.parametrize(
    "answer",
    [
        answer_with("200 OK", b"x" * (wire.LIMIT_BYTES + 1)),
        answer_with("200 OK", b"x", "Content-Encoding: gzip"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"),
        raw(b"no HTTP\r\n\r\n"),
        raw(b""),
    ],
    ids=["too large", "compressed", "cut short", "no HTTP", "nothing"],
)
def test_what_is_no_answer_is_an_error_of_httpx(server, answer):
    server.answer = answer

    with pytest.raises(httpx.HTTPError):
        get(server)


def test_nobody_is_followed_elsewhere(server):
    server.answer = answer_with("302 Found", b"", f"Location: {server.url}elsewhere")

    assert get(server).status_code == 302
    assert len(server.received) == 1


@pytest.mark.parametrize("body", [b"[]", b"x", b"[" * 50_000, b"\xff"])
def test_what_is_no_object_is_refused(server, body):
    server.answer = answer_with("200 OK", body)

    with pytest.raises(ValueError, match=r"status 200|Expecting value|too deep|decode"):
        wire.json_of(get(server))
