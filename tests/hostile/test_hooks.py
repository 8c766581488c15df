"""Hooks that misbehave in every way that HTTP knows, each with its expected verdict."""

from collections import Counter

import pytest

from models import ErrorKind
from services.deploys.verdict import Verdict, judge
from tests import hook_server
from tests.hook_server import answer_with
from tests.hostile import hook_behaviours
from tests.hostile.hook_behaviours import BEHAVIOURS
from tests.posting import send

LIMIT_S = 0.6
SECRET = "0123456789abcdef"


@pytest.fixture
def hook():
    with hook_server.running() as server:
        yield server


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_a_hook_that(hook, name):
    expected = BEHAVIOURS[name]
    hook.answer = expected.answer

    outcome = send(hook.url, attempt_limit_s=LIMIT_S)

    assert (outcome.status_code or outcome.error_kind, judge(outcome)) == (expected.result, expected.verdict)
    if expected.excerpt is not None:
        assert outcome.response_excerpt == expected.excerpt
    assert outcome.duration_ms < LIMIT_S * 1000 + 2_000
    assert hook.connections == 1
    assert SECRET not in f"{outcome.error_message}{outcome.response_excerpt}"


@pytest.mark.parametrize(
    ("take", "results"),
    [
        # which of these it is depends on what this machine's kernel tells first
        (hook_behaviours.close_at_once, {ErrorKind.READ, ErrorKind.WRITE}),
        (hook_behaviours.reset_at_once, {ErrorKind.CONNECT, ErrorKind.READ, ErrorKind.WRITE}),
        (hook_behaviours.answer_at_once, {201}),
        (hook_behaviours.stare, {ErrorKind.TIMEOUT}),
    ],
)
def test_a_hook_that_does_not_wait_for_the_request(hook, take, results):
    hook.take = take

    outcome = send(hook.url, attempt_limit_s=LIMIT_S)

    assert (outcome.status_code or outcome.error_kind) in results
    assert judge(outcome) is (Verdict.SUCCEEDED if outcome.status_code else Verdict.RETRY)


@pytest.mark.parametrize(
    ("asked", "kept"),
    [("soon", None), ("-5", None), ("1e400", None), ("9" * 400, 604_800), ("Sun, 06 Nov 1994 08:49:37 GMT", 0)],
    ids=["word", "negative", "infinite", "huge", "past"],
)
def test_a_hook_that_asks_for_an_odd_wait_is_kept_within_limits(hook, asked, kept):
    hook.answer = answer_with("503 Busy", b"", f"Retry-After: {asked}")

    assert send(hook.url).retry_after_s == kept


def test_nothing_of_one_answer_reaches_the_next_attempt(hook):
    hook.answer = answer_with("503 Busy", b"", "Set-Cookie: a=b; Path=/", "Connection: keep-alive")
    send(hook.url)
    hook.answer = answer_with("201 Created")

    assert send(hook.url).status_code == 201
    assert "cookie" not in hook.received[1].headers
    assert hook.connections == 2


def test_there_are_behaviours_of_every_verdict():
    verdicts = Counter(behaviour.verdict for behaviour in BEHAVIOURS.values())

    assert set(verdicts) == set(Verdict)
    assert sum(verdicts.values()) >= 60
