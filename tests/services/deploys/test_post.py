"""One POST, and whatever may come back, against a real server."""

import asyncio
import socket
import time
from datetime import timedelta

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from models import ErrorKind
from services.deploys import hooks
from services.deploys.delivery import ATTEMPT_LIMIT
from services.deploys.egress import EgressPolicy
from services.deploys.outcome import EXCERPT_LIMIT
from services.deploys.post import CONNECT_LIMIT_S, Poster
from services.deploys.wire import READ_LIMIT
from services.errors import InvalidInputError
from tests import hook_server
from tests.conftest import NOW
from tests.hook_server import answer_with, raw, reset
from tests.posting import LOOPBACK_OPEN, delivery_to, send


@pytest.fixture
def hook():
    with hook_server.running() as server:
        yield server


def test_the_hook_is_told_what_to_deploy_and_under_which_key(hook):
    delivery = delivery_to(hook.url)

    outcome = asyncio.run(Poster(LOOPBACK_OPEN).post(delivery, now=NOW))

    [request] = hook.received
    assert (outcome.ok, outcome.status_code, outcome.response_excerpt) == (True, 201, '{"job":{"id":"1"}}')
    assert request.headers["idempotency-key"] == request.headers["webhook-id"] == "deploy_0123"
    assert request.headers["content-type"] == "application/json"
    assert request.json == {
        "type": "deploy.requested",
        "timestamp": NOW.isoformat(),
        "data": {
            "sessionId": str(delivery.session_id),
            "projectId": None,
            "deployId": str(delivery.deploy_id),
            "attempt": 3,
            "trigger": "operator",
        },
    }


def endless(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65_536)


HTML = b"<h1>Service unavailable</h1>"
ANSWERS = {
    "503 with HTML": (answer_with("503 Service Unavailable", HTML), 503, HTML.decode()),
    "404": (answer_with("404 Not Found", b"no such hook"), 404, "no such hook"),
    "204 without a body": (raw(b"HTTP/1.1 204 No Content\r\n\r\n"), 204, ""),
    "a redirect is not followed": (answer_with("302 Found", b"", "Location: http://169.254.169.254/"), 302, ""),
    "a malformed Location": (answer_with("302 Found", b"", "Location: http://[::1:bad/\x80"), 302, ""),
    "invalid UTF-8": (answer_with("500 Oops", b"\xff\xfeabc"), 500, "\ufffd\ufffdabc"),
    "NUL and control characters": (answer_with("500 Oops", b"a\x00b\x1b[31mc\td\n"), 500, "ab[31mc\td\n"),
    "a declared charset": (
        answer_with("500 Oops", "déjà".encode("latin-1"), "Content-Type: text/plain; charset=latin-1"),
        500,
        "déjà",
    ),
    "an unknown charset": (answer_with("500 Oops", b"abc", "Content-Type: text/plain; charset=klingon"), 500, "abc"),
    "a codec that is no charset": (
        answer_with("500 Oops", b"abc", "Content-Type: text/plain; charset=hex"),
        500,
        "abc",
    ),
    "a body shorter than declared": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort"), 200, "short"),
    "an endless body": (endless, 200, "x" * EXCERPT_LIMIT),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_kept_as_text_that_can_be_stored(hook, name):
    hook.answer, code, excerpt = ANSWERS[name]

    outcome = send(hook.url)

    assert (outcome.status_code, outcome.response_excerpt, outcome.error_kind) == (code, excerpt, None)


def test_a_hook_that_repeats_its_own_url_does_not_have_it_kept(hook):
    def echo(connection, request):
        answer_with("404 Not Found", f"Cannot POST {request.path}".encode())(connection, request)

    hook.answer = echo

    assert send(hook.url).response_excerpt == "Cannot POST …"


def test_a_secret_that_the_limit_would_cut_is_removed_first(hook):
    hook.answer = answer_with("500 Oops", b"x" * (EXCERPT_LIMIT - 8) + b"0123456789abcdef")

    assert "0123" not in send(hook.url).response_excerpt


FAILURES = {
    "reset": (reset, ErrorKind.READ),
    "closed without an answer": (raw(b""), ErrorKind.READ),
    "no HTTP": (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), ErrorKind.PROTOCOL),
    "a status that is no number": (raw(b"HTTP/1.1 abc OK\r\n\r\n"), ErrorKind.PROTOCOL),
}


@pytest.mark.parametrize("name", FAILURES)
def test_an_answer_that_cannot_be_read_is_an_outcome_too(hook, name):
    hook.answer, kind = FAILURES[name]

    outcome = send(hook.url)

    assert (outcome.ok, outcome.status_code, outcome.error_kind) == (False, None, kind)
    assert "0123456789abcdef" not in outcome.error_message


def test_a_refused_connection_is_told_from_a_name_that_does_not_resolve():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    assert send(f"http://127.0.0.1:{port}/hook").error_kind is ErrorKind.CONNECT
    assert send("http://no-such-host.invalid/hook").error_kind is ErrorKind.RESOLVE


def test_plain_http_behind_an_https_url_is_a_tls_failure(hook):
    assert send(hook.url.replace("http://", "https://")).error_kind is ErrorKind.TLS


@pytest.mark.parametrize("url", ["ftp://example.com/x", "http://user:secret@example.com/", "nonsense"])
def test_a_url_that_cannot_be_called_never_leaves_the_house(url):
    outcome = send(url)

    assert outcome.error_kind is ErrorKind.INVALID_URL
    assert "secret" not in outcome.error_message


def one_byte_a_second(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        time.sleep(0.05)
        connection.sendall(b"X")


@pytest.mark.parametrize("answer", [lambda connection, request: time.sleep(5), one_byte_a_second])
def test_an_attempt_ends_at_its_limit_however_slowly_the_answer_drips(hook, answer):
    hook.answer = answer

    outcome = send(hook.url, attempt_limit_s=0.5)

    assert outcome.error_kind is ErrorKind.TIMEOUT
    assert outcome.error_message == "No complete answer within 0.5 s."
    assert 450 <= outcome.duration_ms < 3_000


def test_proxies_of_the_environment_are_not_used(hook, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    assert send(hook.url).ok


def test_cookies_of_one_answer_are_not_sent_with_the_next_attempt(hook):
    hook.answer = answer_with("503 Busy", b"", "Set-Cookie: a=b; Path=/")

    send(hook.url)
    send(hook.url)

    assert "cookie" not in hook.received[1].headers


def test_a_cancelled_attempt_is_no_outcome(hook):
    """A worker that is told to stop at once must not record what it does not know."""
    hook.answer = lambda connection, request: time.sleep(5)

    async def cancel_soon():
        task = asyncio.create_task(Poster(LOOPBACK_OPEN).post(delivery_to(hook.url), now=NOW))
        await asyncio.sleep(0.2)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancel_soon())


CALLING_NOBODY = Poster(EgressPolicy(ports=frozenset()), look_up=lambda host: ["10.0.0.1"])
HOSTS = st.one_of(
    st.text(min_size=1, max_size=20),
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map("[{}]".format),
    st.sampled_from(
        ["bücher.example", "xn--", "a..b", "a" * 70, "%31", "[fe80::1%25eth0]", "1.2.3.4.5", "[::ffff:1.2.3]"]
    ),
)


@given(
    st.one_of(
        st.text(max_size=60).map("https://{}".format),
        st.builds(
            "{}://{}{}/{}".format,
            st.sampled_from(["http", "https", "HTTP"]),
            HOSTS,
            st.sampled_from(["", ":", ":0", ":443"]),
            st.text(max_size=20),
        ),
    )
)
@example("https://XN--")
@settings(deadline=None)
def test_whatever_url_is_taken_for_a_hook_a_post_to_it_is_an_outcome(url):
    try:
        hooks.parse(url)
    except InvalidInputError:
        assume(False)

    outcome = asyncio.run(CALLING_NOBODY.post(delivery_to(url), now=NOW))

    assert outcome.error_kind in {ErrorKind.INVALID_URL, ErrorKind.EGRESS_REFUSED}


def test_connecting_may_take_5_s_the_whole_15_s_and_20_000_bytes_and_2_000_characters_are_enough():
    assert CONNECT_LIMIT_S == 5
    assert timedelta(seconds=15) == ATTEMPT_LIMIT
    assert READ_LIMIT == 20_000
    assert EXCERPT_LIMIT == 2_000
