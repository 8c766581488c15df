"""One policy on every page: nothing runs, loads or is sent that did not come from here."""

import re

import pytest

from app import create_app
from config import libpq_url
from content_security import HEADERS, POLICY, TLS_ONLY
from models import Role
from services.live.live import Live
from tests.api.program import Program
from tests.client import Browser
from tests.conftest import settings_for

EXPECTED = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
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


ANSWERS = {
    "a page": ("GET", "/console/", 200),
    "a part of one": ("GET", "/console/exports/live", 200),
    "a redirect": ("GET", "/", 302),
    "an export": ("GET", "/admin/session/export/csv/", 200),
    "a resource": ("GET", "/api/console/summary", 200),
    "the document": ("GET", "/api/openapi.json", 200),
    "what listens": ("GET", "/api/console/events", 200),
    "a file": ("GET", "/static/console.css", 200),
    "a file that there is not": ("GET", "/static/nothing.css", 404),
    "nothing": ("GET", "/nowhere", 404),
    "nothing, of the API": ("GET", "/api/nowhere", 404),
    "another method": ("DELETE", "/console/", 405),
    "options": ("OPTIONS", "/console/", 200),
    "a head": ("HEAD", "/console/", 200),
    "a form without its token": ("POST", "/console/retry", 400),
    "what is not permitted": ("GET", "/admin/audit_event/", 403),
    "what can't be read": ("GET", "/console/?period=" + "&" * 2_000, 413),
    "health": ("GET", "/healthz", 200),
}


LISTENS = "what listens"
"""An event stream is UTF-8 whatever it says (html.spec.whatwg.org, 9.2.5)."""


@pytest.fixture
def live(app, database_url, monkeypatch):
    """Live updates of this test's own, which end with it."""
    live = Live(libpq_url(database_url))
    monkeypatch.setitem(app.extensions, "console_live", live)
    yield
    live.close()


@pytest.mark.parametrize("path", ["/login", "/reset", "/verify"])
def test_pages_of_signing_in_are_kept_by_no_cache_either(sign_in, browser, path):
    for somebody in (browser, sign_in(Role.MEMBER)):
        assert somebody.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("answer", ANSWERS)
def test_every_answer_carries_every_header(sign_in, answer):
    method, path, status = ANSWERS[answer]

    with sign_in(Role.MEMBER).client.open(path, method=method) as got:
        headers = got.headers

        assert got.status_code == status
        assert (
            got.mimetype_params.get("charset") == "utf-8" or not got.mimetype.startswith("text/") or answer == LISTENS
        )
        assert {name: headers.get(name) for name in HEADERS} == HEADERS
        assert [name for name, _ in headers if name.lower().startswith("access-control-")] == []
        assert re.fullmatch(r"[0-9a-f]{12}", headers["X-Request-Id"])
        assert "Strict-Transport-Security" not in headers
        assert (headers["Cache-Control"] == "no-store") is (answer != "a file")


def test_over_tls_browsers_are_told_to_stay_there(database_url, connection):
    client = create_app(settings_for(database_url, trusted_proxies=("127.0.0.1",))).test_client()

    for path in ("/healthz", "/static/console.css", "/nowhere"):
        said = client.get(path, headers={"X-Forwarded-Proto": "https"}).headers
        assert said["Strict-Transport-Security"] == TLS_ONLY
        assert "Strict-Transport-Security" not in client.get(path).headers


def test_so_they_are_where_the_public_address_is_one_over_tls_whatever_the_proxy_says(tls_app):
    assert tls_app.test_client().get("/healthz").headers["Strict-Transport-Security"] == TLS_ONLY


def test_answers_to_tokens_and_refusals_of_them_are_kept_by_no_cache(app, make):
    program = Program(app, make.user(role=Role.OPERATOR).email)
    refused = Browser(app).get("/api/console/summary", headers={"Authorization": "Bearer ops_x"})

    for answer in (program.get("/api/console/summary"), program.get("/api/nowhere"), refused):
        assert answer.headers["Cache-Control"] == "no-store"
        assert {"Cookie", "Authorization"} <= set(answer.headers["Vary"].split(", "))


def test_what_pages_need_is_theirs_alone_and_nothing_else_is_anybody_s():
    allowed = {name for name, whose in re.findall(r"([\w-]+)=\((.*?)\)", HEADERS["Permissions-Policy"]) if whose}

    assert allowed == {"clipboard-write", "publickey-credentials-create", "publickey-credentials-get"}
