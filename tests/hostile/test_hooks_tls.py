"""Hooks whose TLS is not what it should be, each with its expected verdict."""

import socket
import ssl
import struct
import time
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from models import ErrorKind
from services.deploys.verdict import Verdict, judge
from tests import hook_server
from tests.hook_server import raw
from tests.posting import send

HOST = "hooks.example.com"
LIMIT_S = 1.5


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def hook(authority):
    with hook_server.running() as server:
        server.tls = tls_of(authority.issue_cert(HOST))
        yield server


def tls_of(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def post_to(hook, authority, host=HOST, **options):
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    url = f"https://{host}:{hook.url.rpartition(':')[2]}"
    options = {"look_up": lambda name: ["127.0.0.1"], "attempt_limit_s": LIMIT_S, "tls": trusting} | options
    return send(url, **options)


@pytest.mark.parametrize("host", [HOST, f"{HOST}.", HOST.upper()])
def test_the_certificate_is_checked_against_the_name_and_not_against_the_address(hook, authority, host):
    asked = []
    hook.tls.sni_callback = lambda connection, name, context: asked.append(name)

    assert post_to(hook, authority, host).status_code == 201
    assert asked == [HOST]
    assert hook.received[0].headers["host"].lower().startswith(HOST)


def test_an_address_is_checked_against_the_certificate_and_asks_for_no_name(hook, authority):
    asked = []
    hook.tls = tls_of(authority.issue_cert("127.0.0.1"))
    hook.tls.sni_callback = lambda connection, name, context: asked.append(name)

    assert post_to(hook, authority, "127.0.0.1").status_code == 201
    assert asked == [None]


def yesterday(authority):
    now = datetime.now(UTC)
    return authority.issue_cert(HOST, not_before=now - timedelta(days=9), not_after=now - timedelta(days=1))


CERTIFICATES = {
    "another name's": (lambda authority: authority.issue_cert("other.example.com"), "Hostname mismatch"),
    "the address's": (lambda authority: authority.issue_cert("127.0.0.1"), "Hostname mismatch"),
    "expired": (yesterday, "certificate has expired"),
    "from nobody": (lambda authority: trustme.CA().issue_cert(HOST), "unable to get local issuer certificate"),
}


@pytest.mark.parametrize("name", CERTIFICATES)
def test_a_certificate_that_proves_nothing_is_tried_again_and_said(hook, authority, name):
    issue, reason = CERTIFICATES[name]
    hook.tls = tls_of(issue(authority))

    outcome = post_to(hook, authority)

    assert (outcome.error_kind, judge(outcome)) == (ErrorKind.TLS, Verdict.RETRY)
    assert outcome.error_message.startswith(f"The certificate is not trusted: {reason}")
    assert "0123456789abcdef" not in outcome.error_message
    assert hook.received == []


def test_by_default_nobody_is_trusted_but_the_authorities_that_browsers_trust(hook, authority):
    assert post_to(hook, authority, tls=None).error_kind is ErrorKind.TLS


def speak_plainly(connection):
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def reset_in_the_handshake(connection):
    connection.recv(4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def refuse_the_handshake(connection):
    connection.recv(4096)
    connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28")


def stare(connection):
    time.sleep(1)


HANDSHAKES = {
    "speaks plainly": (speak_plainly, ErrorKind.TLS),
    "closes": (lambda connection: connection.recv(4096), ErrorKind.TLS),
    "resets": (reset_in_the_handshake, ErrorKind.TLS),
    "refuses": (refuse_the_handshake, ErrorKind.TLS),
    "stares": (stare, ErrorKind.TIMEOUT),
}


@pytest.mark.parametrize("name", HANDSHAKES)
def test_a_hook_that_in_the_handshake(hook, authority, name):
    hook.take, kind = HANDSHAKES[name]

    outcome = post_to(hook, authority, connect_limit_s=0.5)

    assert (outcome.error_kind, judge(outcome)) == (kind, Verdict.RETRY)
    if kind is ErrorKind.TIMEOUT:
        assert outcome.error_message == "No TLS handshake within 0.5 s."


def test_a_plain_post_to_a_tls_port_is_no_answer(hook):
    outcome = send(hook.url, attempt_limit_s=LIMIT_S)

    assert outcome.error_kind in {ErrorKind.READ, ErrorKind.PROTOCOL}  # the server closes, or alerts first
    assert judge(outcome) is Verdict.RETRY


def end_without_goodbye(connection, request):
    raw(b"HTTP/1.1 200 OK\r\n\r\nhi")(connection, request)
    socket.socket.shutdown(connection, socket.SHUT_WR)
    connection.recv(1)


def test_an_answer_that_ends_without_a_tls_goodbye_is_still_one(hook, authority):
    hook.answer = end_without_goodbye

    outcome = post_to(hook, authority)

    assert (outcome.status_code, outcome.response_excerpt) == (200, "hi")


def test_a_hook_that_breaks_the_encryption_amid_its_headers_is_tried_again(hook, authority):
    def babble(connection, request):
        raw(b"HTTP/1.1 200 OK\r\n")(connection, request)
        socket.socket.send(connection, b"this is not encrypted" * 9)
        time.sleep(0.2)

    hook.answer = babble

    outcome = post_to(hook, authority)

    assert (outcome.error_kind, judge(outcome)) == (ErrorKind.TLS, Verdict.RETRY)
