"""Whatever a person or a program is refused is a line in the log, and an event where it is known who it was."""

import logging
from uuid import uuid4

import pytest
from sqlalchemy import select

from models import AuditEvent, Role, TokenScope
from people import refused
from tests.client import Browser
from tests.tokens import token_of


def refusals(db):
    db.expire_all()
    return db.scalars(select(AuditEvent).where(AuditEvent.tag == "user:fail_access").order_by(AuditEvent.at)).all()


REFUSED = {
    "a page": ("GET", "/admin/user/", Role.MEMBER, {"permission": "see_users", "route": "GET /admin/user/"}),
    "a form": ("GET", "/admin/user/edit/?id={id}", Role.VIEWER, {"permission": "edit_user", "record": "{id}"}),
    "a method of a view": ("POST", "/console/hooks/deploys/{id}/reveal", Role.OPERATOR, {"permission": "reveal_hook"}),
    "the API": ("POST", "/api/console/deploy/{id}", Role.VIEWER, {"permission": "retry_deploy", "record": "{id}"}),
    "a page while acting": ("GET", "/console/account/", None, {"reason": "acting as somebody else"}),
}


@pytest.mark.parametrize("which", REFUSED)
def test_what_is_refused_is_an_event_with_who_what_and_where(sign_in, make, db, caplog, which):
    method, path, role, said = REFUSED[which]
    record_id = str(uuid4())
    person = sign_in(role or Role.ADMIN)
    if role is None:
        other = make.user(role=Role.OPERATOR)
        person.post("/console/acting/start", {"person": str(other.id), "reason": "A ticket of theirs"})

    answer = person.send(method, path.format(id=record_id))

    assert answer.status_code == 403, answer.text
    [event] = refusals(db)
    assert (event.actor_id, event.subject_id, event.origin) == (person.user.id, person.user.id, "127.0.0.1")
    assert event.actor == person.user.email or role is None
    assert event.request_id == answer.headers["X-Request-Id"]
    expected = {name: text.format(id=record_id) for name, text in said.items()}
    assert {name: event.after[name] for name in expected} == expected
    assert path.partition("?")[0].partition("{")[0] in event.after["route"]
    assert f"Request {event.request_id} was refused ({event.after.get('permission', 'acting as somebody else')})" in (
        caplog.text
    )


def test_what_a_token_does_not_reach_is_an_event_of_its_person(app, browser, make, db):
    viewer = make.user(role=Role.OPERATOR)
    session = make.session()
    make.save()
    token = token_of(app, viewer.email, scope=TokenScope.READ)

    answer = browser.client.post(f"/api/console/deploy/{session.id}", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 403
    [event] = refusals(db)
    assert (event.actor_id, event.after["permission"]) == (viewer.id, "retry_deploy")


def test_a_row_action_and_one_on_many_rows_are_events(sign_in, make, db):
    deploys = [make.deploy() for _ in range(3)]
    make.save()
    viewer = sign_in(Role.VIEWER)

    answer = viewer.post("/admin/deploy/action/", {"action": "retry", "rowid": [str(deploy.id) for deploy in deploys]})

    assert answer.status_code == 403
    [event] = refusals(db)
    assert event.after == {"permission": "retry_deploy", "route": "POST /admin/deploy/action/"}


def test_one_event_a_person_reason_and_minute_is_enough_and_the_log_has_the_rest(sign_in, db, caplog):
    first, second = sign_in(Role.MEMBER), sign_in(Role.MEMBER)
    for person in (first, second):
        for path in ("/admin/user/", "/admin/user/", "/admin/audit_event/", "/console/failures/"):
            assert person.get(path).status_code == 403, path

    events = refusals(db)

    assert len(events) in range(6, 13)  # the minute may have ended meanwhile
    assert {(event.actor_id, event.after["permission"]) for event in events} == {
        (person.user.id, what) for person in (first, second) for what in ("see_users", "see_audit", "see_failures")
    }
    assert caplog.text.count("was refused") == 8


def test_a_record_that_is_not_theirs_is_an_event_and_none_that_is_gone_for_who_sees_all(sign_in, make, db):
    session = make.session()
    make.save()
    member = sign_in(Role.MEMBER)

    for place in (f"/console/sessions/{session.id}", f"/api/sessions/{session.id}"):
        assert member.get(place).status_code == 404
    assert sign_in(Role.VIEWER).get(f"/console/sessions/{uuid4()}").status_code == 404

    events = refusals(db)
    assert {event.actor_id for event in events} == {member.user.id}
    assert events[0].after["record"] == str(session.id)
    assert events[0].after["reason"] == "a record of somebody else’s, or none"


def test_a_form_without_its_token_is_an_event_of_who_is_signed_in(sign_in, db):
    member = sign_in(Role.MEMBER)

    assert member.client.post("/console/preferences/", data={"theme": "dark"}).status_code == 400

    assert [(event.actor_id, event.after["reason"]) for event in refusals(db)] == [(member.user.id, "the form’s token")]


def test_what_nobody_here_sends_is_in_the_log_alone(app_with, sign_in, db, caplog):
    app = app_with(trusted_hosts=("console.example.com",))
    at_host = {"base_url": "http://console.example.com"}
    client = Browser(app).client
    with caplog.at_level(logging.WARNING, "console.web"):
        assert client.get("/console/", base_url="http://evil.example").status_code == 400
        assert client.post("/login", data={"email": "a@b.c"}, **at_host).status_code == 400
        assert client.post("/login", headers={"Sec-Fetch-Site": "cross-site"}, **at_host).status_code == 403
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        assert sign_in(Role.MEMBER).post("/console/preferences/", headers=elsewhere).status_code == 403

    assert refusals(db) == []
    for reason in ("another host", "the form’s token", "a page of another site"):
        assert f"was refused ({reason})" in caplog.text
    assert "by nobody who is known from 127.0.0.1" in caplog.text


def test_who_tries_or_asks_too_much_is_in_the_log_once_a_minute(browser, make, caplog, monkeypatch):
    monkeypatch.setattr(refused, "_told_at", {})
    person = make.user()

    answers = [browser.post("/login", {"email": person.email, "password": f"guess {n}"}).status_code for n in range(8)]

    assert answers.count(429) > 1
    assert caplog.text.count("was refused (too much at once): security.login from 127.0.0.1") == 1
