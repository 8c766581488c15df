"""What history has to have: whoever does it, and whichever way, the trail has who, from where, what and to whom."""

import time

import pytest
from sqlalchemy import select

from models import AuditEvent, Role, TokenScope
from tests.admin_views.pages import Page
from tests.records import HOOK
from tests.tokens import token_of

HERE = "127.0.0.1"


def told(db, tag):
    db.expire_all()
    return db.scalars(select(AuditEvent).where(AuditEvent.tag == tag).order_by(AuditEvent.at)).all()


def edit_role(admin, user, role):
    address = f"/admin/user/edit/?id={user.id}"
    form = {name: Page(admin.get(address)).field(name) for name in ("name", "seen")}
    assert admin.post(address, form | {"role": role, "active": "y"}).status_code == 302


def test_a_role_that_is_given_and_one_that_is_set_back_from_history_are_events_of_the_admin(sign_in, make, db):
    user, admin = make.user(role=Role.VIEWER), sign_in(Role.ADMIN)

    edit_role(admin, user, "operator")
    [given] = told(db, "user:edit")
    admin.post("/admin/user/revert/", {"id": str(user.id), "event": str(given.id)})
    given, reverted = told(db, "user:edit")

    for event, was, became in ((given, "viewer", "operator"), (reverted, "operator", "viewer")):
        assert (event.actor_id, event.actor, event.origin) == (admin.user.id, admin.user.email, HERE)
        assert (event.subject_id, event.before, event.after) == (user.id, {"role": was}, {"role": became})
        assert event.request_id
    assert user.role is Role.VIEWER


def test_a_role_from_a_terminal_is_an_event_of_the_terminal(app, connection, make, db):
    user = make.user(role=Role.VIEWER, password="argon2-old")
    make.save()

    arguments = ["console", "create-account", user.email, "--role", "admin", "--password-stdin"]
    result = app.test_cli_runner().invoke(args=arguments, input="a quiet walk by the sea\n")

    assert result.exit_code == 0, result.output
    [event] = told(db, "user:edit")
    assert (event.actor, event.origin, event.subject_id) == ("cli", "cli", user.id)
    assert (event.before["role"], event.after["role"]) == ("viewer", "admin")


@pytest.mark.parametrize("way", ["csv", "jsonl", "xlsx", "background", "one record"])
def test_each_way_to_export_is_an_event_with_what_was_asked_for(sign_in, make, db, way):
    session = make.session()
    make.save()
    viewer = sign_in(Role.VIEWER)

    match way:
        case "background":
            assert viewer.post("/admin/session/export/later/?format=csv&fields=status").status_code == 303
        case "one record":
            assert str(session.id) in viewer.get(f"/admin/session/export/csv/?flt0_id_equals={session.id}").text
        case _:
            assert viewer.get(f"/admin/session/export/{way}/").status_code == 200

    [event] = told(db, f"export:{'csv' if way in ('background', 'one record') else way}")
    assert (event.actor_id, event.actor, event.origin) == (viewer.user.id, viewer.user.email, HERE)
    assert event.request_id
    assert (str(session.id) in str(event.after)) == (way == "one record")


@pytest.mark.parametrize("kind", ["session", "deploy"])
def test_a_reveal_is_an_event_and_no_token_reveals(app, browser, sign_in, make, db, kind):
    session = make.session(vercel_hook_url=HOOK)
    record = session if kind == "session" else make.deploy(session=session, hook_url=HOOK)
    make.save()
    admin = sign_in(Role.ADMIN)
    path = f"/console/hooks/{kind}s/{record.id}/reveal"
    with admin.client.session_transaction() as cookie:
        cookie["fs_paa"] = time.time()

    assert HOOK in admin.post(path).text
    token = token_of(app, admin.user.email, scope=TokenScope.ADMIN)
    by_token = browser.client.get(f"/api/{kind}s/{record.id}", headers={"Authorization": f"Bearer {token}"})

    assert by_token.status_code == 200
    assert HOOK not in by_token.text
    [event] = told(db, f"{kind}:reveal")
    assert (event.actor_id, event.origin, event.subject_id) == (admin.user.id, HERE, record.id)


def test_an_admin_who_acts_as_somebody_is_who_history_names(sign_in, make, db):
    admin, other = sign_in(Role.ADMIN), make.user(role=Role.VIEWER)
    session = make.session()
    make.save()
    admin.post("/console/acting/start", {"person": str(other.id), "reason": "A ticket of theirs"})

    assert admin.get(f"/console/sessions/{session.id}").status_code == 200

    [event] = told(db, "session:view")
    assert (event.actor_id, event.actor, event.subject_id) == (admin.user.id, admin.user.email, session.id)
