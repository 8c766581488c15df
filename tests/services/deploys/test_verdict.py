"""What an outcome means for its deploy."""

import pytest

from models import ErrorKind
from services.deploys.outcome import AttemptOutcome
from services.deploys.verdict import Verdict, asks_for_patience, judge

CODES = {
    Verdict.SUCCEEDED: [200, 201, 202, 204, 299],
    Verdict.RETRY: [408, 425, 429, 500, 502, 503, 504, 599],
    Verdict.FINAL: [100, 199, 300, 301, 302, 304, 307, 308, 400, 401, 403, 404, 405, 411, 418, 422, 451, 499, 600, 999],
    Verdict.GONE: [410],
}


@pytest.mark.parametrize(("verdict", "code"), [(v, code) for v, codes in CODES.items() for code in codes])
def test_each_status_code_has_its_verdict(verdict, code):
    assert judge(AttemptOutcome(duration_ms=1, status_code=code)) is verdict


@pytest.mark.parametrize("kind", ErrorKind)
def test_no_answer_is_tried_again_unless_the_url_itself_is_at_fault(kind):
    at_fault = (ErrorKind.INVALID_URL, ErrorKind.EGRESS_REFUSED)
    expected = Verdict.FINAL if kind in at_fault else Verdict.RETRY

    assert judge(AttemptOutcome(duration_ms=1, error_kind=kind)) is expected


def test_an_answer_becomes_a_deploy_response_with_its_body():
    outcome = AttemptOutcome(duration_ms=1, status_code=503, response_excerpt="busy")

    assert outcome.as_deploy_response() == {"status": 503, "ok": False, "body": "busy"}


def test_no_answer_becomes_a_deploy_response_with_its_error():
    outcome = AttemptOutcome(duration_ms=1, error_kind=ErrorKind.CONNECT, error_message="refused")

    assert outcome.as_deploy_response() == {"ok": False, "error": "refused"}


def test_a_time_out_and_429_ask_for_patience_and_nothing_else_does():
    asked = [code for code in range(100, 600) if asks_for_patience(AttemptOutcome(duration_ms=1, status_code=code))]
    kinds = [kind for kind in ErrorKind if asks_for_patience(AttemptOutcome(duration_ms=1, error_kind=kind))]

    assert (asked, kinds) == ([429], [ErrorKind.TIMEOUT])
