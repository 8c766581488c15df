"""The audit trail hears of sign-ins, of those that fail, and of whoever opens the records of others."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

import audit_signals
from models import AuditEvent, Role
from people import passwords
from services import audit, token_texts
from services.permissions import Actor
from tests.client import Browser
from tests.records import HOOK
from tests.tokens import add_token

PASSWORD = "a quiet walk by the sea"
TOKEN = re.compile(r"[\w-]{4,}\.[\w-]{6}\.[\w-]{43}")
"""A form's token, which has the second in it in which it was made."""


@pytest.fixture
def person(app, make, db):
    """Somebody who may sign in, with `PASSWORD`."""
    with app.app_context():
        hashed = passwords.hash_new(PASSWORD)
    user = make.user(role=Role.OPERATOR, email="ana@example.com", password=hashed)
    db.commit()
    return user


def events(db, tag=None):
    found = select(AuditEvent).order_by(AuditEvent.at, AuditEvent.id)
    return db.scalars(found.where(AuditEvent.tag == tag) if tag else found).all()


def try_to_sign_in(browser, email, password=PASSWORD, **arguments):
    return browser.post("/login", {"email": email, "password": password}, **arguments)


def test_a_sign_in_is_an_event_of_the_person(browser, person, db):
    assert try_to_sign_in(browser, "ana@example.com").status_code == 302

    [event] = events(db, "user:sign_in")
    assert (event.actor_id, event.subject_id, event.origin) == (person.id, person.id, "127.0.0.1")
    assert event.after == {"by": ["password"]}
    assert len(event.request_id) >= 12
    assert events(db, "user:fail_sign_in") == []


def test_a_sign_out_is_an_event_of_the_person(browser, person, db):
    try_to_sign_in(browser, "ana@example.com")
    browser.post("/logout")

    [event] = [event for event in events(db) if event.tag != "user:sign_in"]
    assert (event.actor_id, event.subject_id, event.tag) == (person.id, person.id, "user:end_sign_in")


def test_a_wrong_password_is_an_event_about_the_person_and_is_not_in_it(browser, person, db):
    try_to_sign_in(browser, "ana@example.com", "not the password")

    [event] = events(db, "user:fail_sign_in")
    assert (event.actor_id, event.actor, event.subject_id) == (None, "anonymous", person.id)
    assert event.after == {"reason": "The password was wrong.", "by": "password"}
    assert events(db, "user:sign_in") == []


def test_somebody_unknown_is_an_event_without_what_was_typed(browser, person, db):
    try_to_sign_in(browser, "eve.secret@example.org")

    [event] = events(db, "user:fail_sign_in")
    assert event.subject_id is None
    assert event.after == {"reason": "Nobody has this address.", "by": "password", "email": "e…@example.org"}


def test_somebody_who_may_not_sign_in_is_an_event_about_them(browser, person, db):
    person.active = False
    db.commit()

    try_to_sign_in(browser, "ana@example.com")

    [event] = events(db, "user:fail_sign_in")
    assert (event.subject_id, event.after["reason"]) == (person.id, "This person may not sign in.")


@pytest.mark.parametrize("is_known", [True, False], ids=["expired", "made up"])
def test_a_token_that_opens_nothing_is_an_event_about_whose_it_was(browser, person, db, is_known):
    text = token_texts.new()
    if is_known:
        add_token(db, person, text, expires_at=datetime.now(UTC) - timedelta(days=1))
        db.commit()

    answer = browser.client.get("/api/console/summary", headers={"Authorization": f"Bearer {text}"})

    assert answer.status_code == 401
    [event] = events(db, "user:fail_sign_in")
    assert (event.actor_id, event.origin, event.subject_id) == (None, "127.0.0.1", person.id if is_known else None)
    assert event.after["by"] == "token"
    assert event.after["reason"].startswith("This token expired on" if is_known else "The token is not valid")
    assert text not in str(event.after)


def test_the_known_and_the_unknown_are_answered_alike(browser, person):
    known, unknown = (try_to_sign_in(browser, email, "wrong") for email in ("ana@example.com", "eve@example.com"))

    assert known.status_code == unknown.status_code
    known_text, unknown_text = (TOKEN.sub("", answer.text) for answer in (known, unknown))
    assert known_text.replace("ana@", "eve@") == unknown_text


@pytest.mark.parametrize("form", [{}, {"email": "ana@example.com"}, {"password": "x"}])
def test_a_form_that_is_not_filled_in_is_no_failure(browser, person, db, form):
    browser.post("/login", form)

    assert events(db) == []


def test_a_page_of_anothers_record_is_an_event_once_an_hour(sign_in, make, db):
    session = make.session()
    make.save()
    browser = sign_in(Role.VIEWER)

    for _ in range(2):
        assert browser.get(f"/console/sessions/{session.id}").status_code == 200

    [event] = events(db)
    assert (event.tag, event.subject_kind, event.subject_id) == ("session:view", "session", session.id)
    assert (event.actor_id, event.actor) == (browser.user.id, browser.user.email)
    assert len(event.request_id) >= 12


def test_each_person_and_each_record_is_an_event(sign_in, make, db):
    one, other = make.session(), make.session()
    make.save()
    for browser in (sign_in(Role.VIEWER), sign_in(Role.OPERATOR)):
        browser.get(f"/console/sessions/{one.id}")
        browser.get(f"/console/sessions/{other.id}")

    assert len({(event.actor_id, event.subject_id) for event in events(db, "session:view")}) == 4


def test_pages_forms_and_the_api_are_all_looked_at(sign_in, make, db):
    session = make.session()
    project = make.project()
    config = make.config(project=project)
    deploy = make.deploy(session=session)
    attempt = make.attempt(deploy=deploy)
    room = make.room(project=project)
    make.save()
    admin = sign_in(Role.ADMIN)
    places = {
        f"/console/projects/{project.id}": "project",
        f"/console/deploys/{deploy.id}": "deploy",
        f"/console/attempts/{attempt.id}": "attempt",
        f"/console/rooms/{room.id}": "room",
        f"/admin/project_config/edit/?id={config.id}": "configuration",
        f"/admin/user/details/?id={session.user_id}": "user",
        f"/api/sessions/{session.id}": "session",
    }

    for place, kind in places.items():
        assert admin.get(place).status_code == 200, place
        assert len(events(db, f"{kind}:view")) == 1, place


@pytest.mark.parametrize("place", ["/admin/session/", "/console/"])
def test_lists_are_no_events(sign_in, make, db, place):
    make.session()
    make.save()

    assert sign_in(Role.VIEWER).get(place).status_code == 200
    assert events(db) == []


NO_RECORD_OF_SOMEBODY = {
    "api.list_recovery_items",
    "api.read_failure_group",
    "api.read_recovery",
    "bulk.job",
    "bulk.job_live",
    "exports.file",
    "failures.group",
    "failures.group_live",
    "failures.of",
    "recoveries.recovery",
    "recoveries.recovery_live",
    "saved_views.form",
    "wizard.done",
    "wizard.done_live",
    "wizard.step",
}
"""What shows one thing by its id that is nobody's, or its owner's alone."""
NO_ID = {"first_admin.form", "password_resets.form", "console.widget", "bulk.new"}


def test_whatever_shows_one_record_is_known_to_leave_an_event(app):
    by_id = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.arguments and "GET" in (rule.methods or ()) and not rule.endpoint.endswith(("static", ".export"))
    }

    assert by_id - NO_ID - NO_RECORD_OF_SOMEBODY == set(audit_signals.OPENED)


@pytest.mark.parametrize(
    "place", ["/console/sessions/{}/live", "/console/hooks/sessions/{}", "/admin/session/history/?id={}"]
)
def test_no_way_around_a_page_of_a_record_goes_without_an_event(sign_in, make, db, place):
    session = make.session(vercel_hook_url=HOOK)
    make.save()

    assert sign_in(Role.ADMIN).get(place.format(session.id)).status_code == 200
    assert [event.subject_id for event in events(db, "session:view")] == [session.id]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.OPERATOR])
def test_ones_own_record_is_no_event(sign_in, make, db, role):
    me = make.user(role=role)
    session = make.session(user=me)
    make.save()

    assert sign_in(user=me).get(f"/console/sessions/{session.id}").status_code == 200
    assert events(db) == []


def test_what_is_not_shown_is_no_event(sign_in, make, db):
    session = make.session()
    make.save()

    assert sign_in(Role.MEMBER).get(f"/console/sessions/{session.id}").status_code == 404
    assert Browser(sign_in(Role.VIEWER).app).get(f"/console/sessions/{session.id}").status_code == 302
    assert events(db, "session:view") == []


def test_a_version_of_the_api_is_the_same_after_somebody_looked(sign_in, make, db):
    project = make.project()
    make.save()
    browser = sign_in(Role.VIEWER)

    first, second = (browser.get(f"/api/projects/{project.id}") for _ in range(2))

    assert first.headers["ETag"] == second.headers["ETag"]
    assert len(events(db, "project:view")) == 1


def test_looking_keeps_nobody_from_undoing_and_is_no_part_of_a_timeline(sign_in, make, db):
    project = make.project()
    make.save()
    operator, viewer = sign_in(Role.OPERATOR), sign_in(Role.VIEWER)
    actor = Actor(id=operator.user.id, name=operator.user.email, role=Role.OPERATOR)
    audit.record(db, actor, "project:edit", project.id, before={"prompt_text": "a"}, after={"prompt_text": "b"})
    [edit] = events(db, "project:edit")
    db.commit()

    viewer.get(f"/console/projects/{project.id}")
    page = viewer.get(f"/console/projects/{project.id}").text
    history = viewer.get(f"/admin/project/history/?id={project.id}").text

    assert "Prompt edited" in page
    assert "Project view" not in page + history
    assert edit.at <= events(db, "project:view")[0].at + timedelta(seconds=1)
