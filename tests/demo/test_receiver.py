"""The demo's build host: it answers as one, and misbehaves as its hooks say. Called by the worker's own client."""

import json
import socket
from collections.abc import Iterator
from uuid import uuid4

import pytest

from demo import receiver
from models import ErrorKind
from services.deploys.outcome import AttemptOutcome
from services.seed import hooks
from tests.build_host import building
from tests.posting import delivery_to, send

QUOTA = 3


@pytest.fixture
def base() -> Iterator[str]:
    with building(slow_s=0.2, quota=QUOTA) as base:
        yield base


def call(url: str, key: str | None = None) -> AttemptOutcome:
    return send(url, delivery=delivery_to(url, idempotency_key=key or uuid4().hex))


def exchange(base: str, request: bytes) -> bytes:
    """What comes back for bytes as they are."""
    with socket.create_connection(("127.0.0.1", int(base.rpartition(":")[2])), timeout=5) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
        return answer


def test_a_good_hook_answers_with_a_pending_job(base):
    outcome = call(f"{base}/hooks/prj-1")
    job = json.loads(outcome.response_excerpt)["job"]

    assert outcome.status_code == 201
    assert set(job) == {"id", "state", "createdAt"}
    assert job["state"] == "PENDING"


def test_the_same_key_gets_the_same_job_and_another_key_another(base):
    first = call(f"{base}/hooks/prj-1", "key-1")

    assert call(f"{base}/hooks/prj-1", "key-1").response_excerpt == first.response_excerpt
    assert call(f"{base}/hooks/prj-1", "key-2").response_excerpt != first.response_excerpt


@pytest.mark.parametrize(
    ("behaviour", "status", "excerpt"),
    [("503", 503, "<h1>503"), ("404", 404, "not_found")],
)
def test_a_hook_refuses_as_its_path_says(base, behaviour, status, excerpt):
    outcome = call(f"{base}/hooks/{behaviour}/prj-1")

    assert outcome.status_code == status
    assert excerpt in outcome.response_excerpt


def test_a_limiting_hook_takes_its_quota_and_then_says_when_to_come_back(base):
    outcomes = [call(f"{base}/hooks/429/prj-1") for _ in range(QUOTA + 1)]

    assert [outcome.status_code for outcome in outcomes] == [201] * QUOTA + [429]
    assert "rate_limited" in outcomes[-1].response_excerpt
    assert outcomes[-1].retry_after_s == 60


def test_a_resetting_hook_breaks_the_connection_off(base):
    assert call(f"{base}/hooks/reset/prj-1").error_kind is ErrorKind.READ


def test_plain_http_where_tls_is_asked_for_is_a_failed_handshake(base):
    assert call(f"{base.replace('http', 'https', 1)}/hooks/prj-1").error_kind is ErrorKind.TLS


def test_the_closed_port_refuses():
    assert call(f"{hooks.CLOSED}/hooks/prj-1").error_kind is ErrorKind.CONNECT


def test_a_slow_hook_takes_its_time_and_answers_then(base):
    outcome = call(f"{base}/hooks/slow/prj-1")

    assert outcome.status_code == 201
    assert outcome.duration_ms >= 200


def test_a_slow_hook_is_slower_than_the_worker_waits():
    assert receiver.SLOW_S > 15


def test_a_flaky_hook_fails_once_for_each_key(base):
    codes = [call(f"{base}/hooks/flaky/prj-1", key).status_code for key in ("a", "a", "b", "b", "a")]

    assert codes == [503, 201, 503, 201, 201]


def test_every_hook_that_seeded_sessions_have_is_one_that_the_receiver_knows():
    assert {*hooks.BEHAVIOURS, ""} == set(receiver.BEHAVIOURS)


@pytest.mark.parametrize(
    "path", ["/", "/hooks", "/hooks/", "/hooks/503", "/hooks/unknown/prj-1", "/hooks/503/a/b", "/x"]
)
def test_what_is_no_hook_is_not_found(base, path):
    assert call(f"{base}{path}").status_code == 404


def test_hooks_are_not_read(base):
    answer = exchange(base, b"GET /hooks/prj-1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 405 ")


@pytest.mark.parametrize("header", [b"Content-Length: 999999999", b"Content-Length: -1", b"Transfer-Encoding: chunked"])
def test_a_body_that_is_too_large_or_of_unknown_length_is_refused(base, header):
    answer = exchange(base, b"POST /hooks/prj-1 HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_bytes_that_are_no_http_do_not_stop_it(base):
    exchange(base, b"\x16\x03\x01\x00\xa5\x00\x00\r\n\r\n")

    assert call(f"{base}/hooks/prj-1").status_code == 201


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(receiver, "MEMORY_LIMIT", 3)
    jobs = receiver.Jobs()
    first = jobs.accept("0")
    for number in range(1, 10):
        jobs.accept(str(number))
        jobs.count_call(str(number))

    assert jobs.accept("9") == jobs.accept("9")
    assert jobs.accept("0") != first
    assert jobs.count_call("1") == 1
