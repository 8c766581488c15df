"""A real web process: whoever sends slowly, or nonsense, is answered in the end, and holds nothing up."""

import socket
import time

import httpx
import pytest

from content_security import HEADERS
from tests.browser.server import Server
from web_worker import headers_of_error

LIMIT_S = 2
PATIENCE_S = 30
"""How long a test waits for what should come after the limit, on a machine that does much else."""


@pytest.fixture(scope="module")
def web(database_url, tmp_path_factory):
    server = Server(database_url, tmp_path_factory.mktemp("web"), REQUEST_TIME_LIMIT=str(LIMIT_S), ENVIRONMENT="test")
    server.start()
    yield server
    server.stop()


def answer_to(web, *pieces, every_s=0.0):
    """All that comes back until the connection is closed, while pieces are sent one after another for ever."""
    host, port = web.url.removeprefix("http://").split(":")
    received = b""
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as connection:
        connection.sendall(pieces[0])
        until = time.monotonic() + PATIENCE_S
        connection.settimeout(every_s or PATIENCE_S)
        while time.monotonic() < until:
            try:
                received += (piece := connection.recv(65_536))
                if not piece:
                    return received.decode()
            except TimeoutError:
                connection.sendall(pieces[-1])
            except ConnectionError:
                return received.decode()
    raise AssertionError(f"The connection is still open: {received!r}")


HEAD = b"Host: localhost\r\nConnection: close\r\n"


def test_headers_that_trickle_in_end_with_the_connection(web):
    assert answer_to(web, b"GET /login HTTP/1.1\r\nHost: localhost\r\n", b"X-A: b\r\n", every_s=0.3) == ""


def test_a_body_that_trickles_in_is_told_that_it_took_too_long(web):
    head = b"POST /login HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n"

    answer = answer_to(web, head + HEAD + b"\r\na=b", b"c", every_s=0.3)

    assert answer.startswith("HTTP/1.1 408 "), web.log
    assert "took too long to arrive" in answer


def test_so_is_one_in_chunks_and_one_that_never_comes(web):
    head = b"POST /api/deliveries/pause HTTP/1.1\r\nContent-Type: application/json\r\n"
    chunked = head.replace(b"/api/deliveries/pause", b"/login") + b"Transfer-Encoding: chunked\r\n"

    chunks = answer_to(
        web, chunked.replace(b"json", b"x-www-form-urlencoded") + HEAD + b"\r\n", b"1\r\na\r\n", every_s=0.3
    )

    assert chunks.startswith("HTTP/1.1 408 ")


def test_others_are_answered_meanwhile(web):
    host, port = web.url.removeprefix("http://").split(":")
    slow = [socket.create_connection((host, int(port))) for _ in range(50)]
    try:
        for connection in slow:
            connection.sendall(b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n")
        assert httpx.get(f"{web.url}/healthz", trust_env=False).status_code == 200
    finally:
        for connection in slow:
            connection.close()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"GET /\x00 HTTP/1.1\r\n" + HEAD + b"\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HEAD + b"Bad Header: <b>secret</b>\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HEAD + b"X: a\r\n b\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HEAD + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + HEAD + b"X: " + b"a" * 9_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + HEAD + b"X: a\r\n" * 101 + b"\r\n", 431),
    ],
)
def test_what_can_not_be_read_is_answered_by_a_status_and_nothing_of_what_was_sent(web, request_, status):
    head, _, body = answer_to(web, request_).partition("\r\n\r\n")

    assert head.startswith(f"HTTP/1.1 {status} ")
    assert body == head.partition("\r\n")[0].split(" ", 2)[2]


def test_it_says_to_browsers_what_every_other_answer_says_and_by_which_id_the_log_knows_it(web):
    said = dict(line.split(": ", 1) for line in answer_to(web, b"nonsense\r\n\r\n").splitlines()[1:] if ": " in line)

    assert said.items() >= HEADERS.items()
    assert said["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in said
    assert f"Request {said['X-Request-Id']} from 127.0.0.1 can't be read" in web.log


@pytest.mark.parametrize(("public_url", "is_said"), [("https://console.example.com", True), (None, False)])
def test_where_people_come_over_tls_it_has_them_stay_there(public_url, is_said):
    assert ("Strict-Transport-Security" in dict(headers_of_error("ab12", public_url))) is is_said


def test_headers_that_only_a_proxy_may_set_change_nothing(web):
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9", "Script-Name": "/evil", "Path-Info": "/x"}

    answer = httpx.get(f"{web.url}/login", headers=said, trust_env=False)

    assert answer.status_code == 200
    assert "Strict-Transport-Security" not in answer.headers
    assert "/evil" not in answer.text
