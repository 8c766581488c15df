"""What follows from an attempt, in words."""

import pytest

from models import DeployAttempt, ErrorKind
from services.deploys.verdict import Verdict
from services.deploys.verdict_words import reason, verdict_of


def attempt(code=None, kind=None, duration_ms=120):
    return DeployAttempt(status_code=code, error_kind=kind, duration_ms=duration_ms)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (201, "a build was queued"),
        (302, "leads elsewhere"),
        (404, "have to be put right first"),
        (408, "gave up waiting"),
        (410, "gone for good"),
        (425, "so early"),
        (429, "asked too often"),
        (503, "on the host’s side, which may pass"),
        (999, "have to be put right first"),
    ],
)
def test_an_answer_is_judged_in_words(code, words):
    assert words in reason(attempt(code))


@pytest.mark.parametrize("kind", ErrorKind)
def test_each_kind_of_silence_has_words_that_fit_its_verdict(kind):
    silent = attempt(kind=kind)

    assert (verdict_of(silent) is Verdict.FINAL) is ("however often" in reason(silent))


def test_silence_of_no_known_kind_has_words_too():
    assert reason(attempt()) == "What came back was no HTTP, which may pass."


def test_nothing_is_judged_before_it_has_ended():
    assert verdict_of(attempt(duration_ms=None)) is None
    assert reason(attempt(duration_ms=None)) == "The request is under way."
