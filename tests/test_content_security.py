"""One policy on every page: nothing runs, loads or is sent that did not come from here."""

import pytest

from content_security import POLICY
from models import Role

EXPECTED = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SIGNED_IN = ["/console/", "/admin/session/", "/admin/session/?page=-1", "/wizard/", "/api/docs", "/api/console/summary"]


def test_the_policy_is_the_strict_one():
    assert POLICY == EXPECTED


@pytest.mark.parametrize("path", SIGNED_IN)
def test_pages_behind_the_sign_in_carry_it(sign_in, path):
    headers = sign_in(Role.OPERATOR).get(path).headers

    assert headers["Content-Security-Policy"] == EXPECTED
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/login", "/nowhere", "/console/", "/static/console.css", "/healthz", "/api/nowhere"])
def test_pages_before_the_sign_in_errors_and_files_carry_it(browser, path):
    assert browser.get(path).headers["Content-Security-Policy"] == EXPECTED


def test_a_request_that_is_refused_before_any_view_carries_it(browser):
    response = browser.client.post("/console/retry", data={})

    assert response.status_code == 400
    assert response.headers["Content-Security-Policy"] == EXPECTED
