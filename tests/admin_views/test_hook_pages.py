"""The page of one hook: where it is used, and the hook itself for those who may see it and have just signed in."""

import time

import pytest
from sqlalchemy import select

from models import AuditEvent, DeployStatus, Role
from tests.records import HOOK, NOBODY

MASKED = "https://hooks.example.com/…cdef"


def fresh(browser):
    with browser.client.session_transaction() as session:
        session["fs_paa"] = time.time()
    return browser


@pytest.fixture
def used(make):
    """A session that names the hook, and its live deploy."""
    session = make.session(vercel_hook_url=f" {HOOK}", status="completed", purpose="Kettles")
    return session, make.deploy(session=session, status=DeployStatus.QUEUED)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN])
def test_a_pasted_hook_leads_to_its_sessions_and_live_deploys_and_is_not_repeated(sign_in, used, role):
    session, deploy = used

    answer = sign_in(role).post("/console/hooks/", {"hook_url": f" {HOOK} "})

    assert answer.status_code == 200
    assert f"/console/sessions/{session.id}" in answer.text
    assert f"/console/deploys/{deploy.id}" in answer.text
    assert MASKED in answer.text
    assert HOOK not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Paste the URL of a hook."), ("no url", "spaces"), ("ftp://x/y", "begins with https://"), (" ", "Paste")],
)
def test_what_is_no_hook_is_refused_beside_the_field(sign_in, typed, said):
    answer = sign_in(Role.OPERATOR).post("/console/hooks/", {"hook_url": typed})

    assert answer.status_code == 422
    assert said in answer.text


def test_a_member_finds_nothing_of_others(sign_in, used):
    session, deploy = used

    answer = sign_in(Role.MEMBER).post("/console/hooks/", {"hook_url": HOOK})

    assert answer.status_code == 200
    assert str(session.id) not in answer.text
    assert str(deploy.id) not in answer.text


def test_a_record_leads_to_the_uses_of_its_hook_without_showing_it(sign_in, used):
    session, deploy = used
    browser = sign_in(Role.OPERATOR)

    for page in (f"deploys/{deploy.id}", f"sessions/{session.id}"):
        assert f"/console/hooks/{page}" in browser.get(f"/console/{page}").text
        answer = browser.get(f"/console/hooks/{page}")
        assert "Kettles" in answer.text
        assert HOOK not in answer.text
        assert "/reveal" not in answer.text


def test_a_session_without_a_hook_says_so(sign_in, make, app):
    session = make.session(vercel_hook_url="ftp://hooks.example.com/x", status="completed")

    answer = sign_in(Role.OPERATOR).get(f"/console/hooks/sessions/{session.id}")

    assert answer.status_code == 409
    assert "begins with https://" in answer.text


def test_an_admin_who_has_just_signed_in_sees_the_hook_once_and_the_trail_tells_without_it(db, sign_in, used):
    session, deploy = used
    browser = fresh(sign_in(Role.ADMIN))

    for kind, record in (("deploy", deploy), ("session", session)):
        answer = browser.post(f"/console/hooks/{kind}s/{record.id}/reveal")
        assert answer.status_code == 200
        assert f'<code class="text-break">{HOOK}</code>' in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        [event] = db.scalars(select(AuditEvent).where(AuditEvent.tag == f"{kind}:reveal"))
        assert (event.subject_id, event.actor, event.after) == (
            record.id,
            browser.user.email,
            {"host": "hooks.example.com"},
        )
        assert HOOK not in browser.get(f"/console/hooks/{kind}s/{record.id}").text


def test_an_admin_who_signed_in_long_ago_confirms_it_first(db, sign_in, used):
    browser = sign_in(Role.ADMIN)

    answer = browser.post(f"/console/hooks/deploys/{used[1].id}/reveal")

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/verify")
    assert db.scalars(select(AuditEvent).where(AuditEvent.tag == "deploy:reveal")).all() == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.OPERATOR])
def test_others_are_refused_however_fresh_they_are(db, sign_in, used, role):
    browser = fresh(sign_in(role))

    assert browser.post(f"/console/hooks/deploys/{used[1].id}/reveal").status_code == 403
    assert db.scalars(select(AuditEvent).where(AuditEvent.tag == "deploy:reveal")).all() == []


def test_a_hook_whose_key_is_lost_says_so(sign_in, make):
    deploy = make.deploy(hook_sealed="gAAAAA")
    browser = fresh(sign_in(Role.ADMIN))

    assert browser.post(f"/console/hooks/deploys/{deploy.id}/reveal").status_code == 409
    answer = browser.get(f"/console/hooks/deploys/{deploy.id}")
    assert answer.status_code == 409
    assert "HOOK_KEYS lacks the key" in answer.text


def test_what_is_not_there_is_404(sign_in):
    browser = fresh(sign_in(Role.ADMIN))

    for kind in ("deploys", "sessions"):
        assert browser.get(f"/console/hooks/{kind}/{NOBODY}").status_code == 404
        assert browser.post(f"/console/hooks/{kind}/{NOBODY}/reveal").status_code == 404
