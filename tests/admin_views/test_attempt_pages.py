"""The reader of a whole attempt: its page, and the part that lists open beside themselves."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from models import Deploy, DeployStatus, ErrorKind, Role
from tests.admin_views.pages import text_of
from tests.conftest import NOW
from tests.records import HOOK
from tests.services.test_curl import words_of


@pytest.fixture
def attempt(make):
    """The second of three attempts."""
    deploy = make.deploy(session=make.session(user=make.user(name="Ana Lopes")), idempotency_key="deploy_it's")
    make.attempt(deploy=deploy, started_at=NOW - timedelta(minutes=5))
    attempt = make.attempt(deploy=deploy, attempt_number=2, duration_ms=1234, retry_after_s=30)
    make.attempt(deploy=deploy, attempt_number=3, started_at=NOW + timedelta(hours=2, minutes=5), status_code=201)
    return attempt


def page_of(attempt, part=""):
    return f"/console/attempts/{attempt.id}{part}"


def copied(html):
    """What the buttons of a page copy."""
    return [unescape(text) for text in re.findall(r'data-copy="([^"]*)"', html)]


@pytest.mark.parametrize("part", ["", "/live", "/reader"])
def test_the_page_and_the_reader_show_the_request_the_answer_the_timing_and_what_followed(sign_in, attempt, part):
    answer = sign_in(Role.VIEWER).get(page_of(attempt, part))
    words = text_of(answer.text)

    assert answer.status_code == 200
    for shown in (
        "POST https://hooks.example.com/…cdef",
        "Idempotency-Key deploy_it's",
        "User-Agent operations-console/1",
        f"webhook-timestamp {int(NOW.timestamp())}",
        '"type": "deploy.requested"',
        '"attempt": 2',
        "<h1>Service unavailable</h1>",
        "1,234 ms",
        "15 s at most",
        "5 min before",
        "2 h 5 min later",
        "503 is a failure on the host’s side, which may pass. Attempt 3 followed.",
        "The answer asked to wait 30 s.",
    ):
        assert shown in words, shown
    assert HOOK not in answer.text
    assert ("<html" in answer.text) is (part == "")


def test_it_leads_to_its_deploy_and_to_the_attempts_before_and_after_it(sign_in, attempt):
    html = sign_in(Role.VIEWER).get(page_of(attempt)).text

    assert f'href="/console/deploys/{attempt.deploy_id}"' in html
    assert 'aria-label="Previous attempt: 1"' in html
    assert 'aria-label="Next attempt: 3"' in html


def test_the_request_is_copied_as_a_command_that_holds_no_secret(sign_in, attempt):
    html = sign_in(Role.VIEWER).get(page_of(attempt)).text

    [command] = {text for text in copied(html) if text.startswith("curl --request POST")}
    words = words_of(command)
    assert words[3] == "https://hooks.example.com/…cdef"
    assert "Idempotency-Key: deploy_it's" in words
    assert json.loads(words[-1])["data"]["deployId"] == str(attempt.deploy_id)


def test_the_attempt_is_copied_as_json_and_its_deploy_from_the_api_with_a_token_of_ones_own(sign_in, attempt):
    texts = copied(sign_in(Role.VIEWER).get(page_of(attempt)).text)

    record = json.loads(next(text for text in texts if text.startswith('{\n  "id"')))
    assert (record["id"], record["status_code"], record["ok"]) == (str(attempt.id), 503, False)
    assert record["started_at"] == "2026-11-25T12:00:00.000Z"
    [command] = [text for text in texts if "$TOKEN" in text]
    assert words_of(command, TOKEN="mine")[-1].endswith(f"/api/deploys/{attempt.deploy_id}")
    assert str(attempt.id) in texts
    assert any(text.endswith(f"/console/attempts/{attempt.id}") for text in texts)


def test_a_signature_is_told_as_redacted_where_requests_are_signed(app, sign_in, attempt, monkeypatch):
    settings = app.extensions["console_settings"]
    browser = sign_in(Role.VIEWER)
    assert "webhook-signature" not in browser.get(page_of(attempt)).text

    signing = replace(settings, webhook_secrets=("whsec_" + "c2VjcmV0" * 5,))
    monkeypatch.setitem(app.extensions, "console_settings", signing)

    assert "webhook-signature &lt;redacted&gt;" in " ".join(
        re.sub(r"</?d[td][^>]*>", " ", browser.get(page_of(attempt)).text).split()
    )


@pytest.mark.parametrize(
    ("values", "status", "shown"),
    [
        ({"status_code": 201, "response_excerpt": ""}, DeployStatus.SUCCEEDED, "It came without a body."),
        (
            {"status_code": None, "error_kind": ErrorKind.TIMEOUT, "error_message": "Too slow."},
            DeployStatus.DEAD_LETTERED,
            "Too slow.",
        ),
        ({"status_code": None, "duration_ms": None, "response_excerpt": None}, DeployStatus.IN_FLIGHT, "No answer yet"),
        ({"response_excerpt": "x" * 2_000}, DeployStatus.DEAD_LETTERED, "Only the first 2,000 characters are kept."),
    ],
)
def test_whatever_came_back_is_told(make, sign_in, values, status, shown):
    attempt = make.attempt(deploy=make.deploy(status=status), **values)

    assert shown in text_of(sign_in(Role.VIEWER).get(page_of(attempt)).text)


def test_one_that_will_be_tried_again_says_when(make, sign_in):
    due = datetime.now(UTC) + timedelta(minutes=4, seconds=20)
    attempt = make.attempt(deploy=make.deploy(status=DeployStatus.RETRY_SCHEDULED, next_attempt_at=due))

    assert "The next attempt is due in 4 minutes ." in text_of(sign_in(Role.VIEWER).get(page_of(attempt)).text)


def test_its_failure_group_is_there_for_those_who_may_see_it(make, sign_in):
    member, group = make.user(role=Role.MEMBER), make.failure_group()
    deploy = make.deploy(session=make.session(user=member))
    attempt = make.attempt(deploy=deploy, fingerprint=group.fingerprint)
    link = f'href="/console/failures/of/{group.fingerprint}">503 from hooks.example.com: upstream busy</a>'

    assert link in sign_in(Role.VIEWER).get(page_of(attempt)).text
    assert group.fingerprint not in text_of(sign_in(user=member).get(page_of(attempt, "/live")).text)


@pytest.mark.parametrize("part", ["", "/live", "/reader"])
def test_a_member_reads_own_attempts_alone(make, sign_in, browser, attempt, part):
    member = make.user(role=Role.MEMBER)
    own = make.attempt(deploy=make.deploy(session=make.session(user=member)))
    client = sign_in(user=member)

    assert client.get(page_of(own, part)).status_code == 200
    assert client.get(page_of(attempt, part)).status_code == 404
    assert browser.get(page_of(own, part)).status_code == 302


def test_lists_and_pages_lead_to_it_and_open_it_beside_themselves(db, sign_in, attempt):
    viewer, deploy = sign_in(Role.VIEWER), db.get(Deploy, attempt.deploy_id)
    link = f'href="{page_of(attempt)}" data-reader="{page_of(attempt, "/reader")}"'

    for page in (
        "/admin/attempt/",
        f"/console/deploys/{deploy.id}",
        f"/console/sessions/{deploy.session_id}",
    ):
        assert link in viewer.get(page).text, page
    details = viewer.get(f"/admin/attempt/details/?id={attempt.id}")
    assert details.headers["Location"] == page_of(attempt)
