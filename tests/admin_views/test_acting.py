"""Acting as somebody else, page by page."""

import re
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from app import create_app
from models import (
    Acting,
    AuditEvent,
    DeployStatus,
    ListPreference,
    ProjectStatus,
    Role,
    SavedView,
    SessionStatus,
    StatusChange,
    User,
)
from tests.api.program import Program
from tests.conftest import disconnect, settings_for
from tests.records import HOOK
from tests.trail import tags


@pytest.fixture
def admin(sign_in):
    return sign_in(Role.ADMIN)


@pytest.fixture
def member(make):
    return make.user(role=Role.MEMBER)


def act_as(browser, person, reason="A ticket of theirs"):
    return browser.post("/console/acting/start", {"person": str(person.id), "reason": reason})


def be_fresh(browser):
    with browser.client.session_transaction() as session:
        session["fs_paa"] = time.time()


def allow_changes(browser):
    be_fresh(browser)
    return browser.post("/console/acting/")


def test_an_admin_begins_on_the_persons_page_and_sees_what_they_see(make, admin, member):
    own = make.session(user=member, purpose="A shop of the member's own")
    make.session(purpose="A shop of somebody else")
    person_page = admin.get(f"/admin/user/details/?id={member.id}").text

    answer = act_as(admin, member)

    assert 'action="/console/acting/start"' in person_page
    assert answer.headers["Location"] == "/console/"
    page = admin.get("/admin/session/").text
    assert own.purpose.partition("'")[0] in page
    assert "A shop of somebody else" not in page
    assert admin.get("/admin/user/").status_code == 403
    assert admin.get("/api/console/summary").json["onboardingTotals"]["draft"] == 1
    exported = admin.get("/admin/session/export/csv/").text
    assert str(own.id) in exported
    assert "A shop of somebody else" not in exported


@pytest.mark.parametrize(
    "page", ["/console/", "/admin/session/", "/wizard/", "/console/studio", "/console/palette/keys", "/api/docs"]
)
def test_every_page_says_as_whom_one_acts(admin, member, page):
    act_as(admin, member)

    shown = admin.get(page).text

    assert f'Acting as <b dir="auto">{member.name}</b> — read-only' in shown
    assert 'action="/console/acting/stop"' in shown


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/console/nowhere", 404),
        ("GET", "/admin/user/", 403),
        ("POST", "/console/nowhere", 403),
        ("POST", "/console/deliveries/pause", 403),
        ("GET", "/console/widgets/funnel", 409),
        ("GET", "/verify", 200),
    ],
)
def test_so_does_every_page_of_an_error_and_every_page_that_asks_who_one_is(admin, member, method, path, status):
    act_as(admin, member)

    shown = admin.send(method, path, headers={"X-Made-For": "self"} if status == 409 else {})

    assert shown.status_code == status
    assert f'Acting as <b dir="auto">{member.name}</b> — read-only' in shown.text
    assert 'action="/console/acting/stop"' in shown.text


def test_a_page_of_a_fault_says_it_too_though_the_database_is_away():
    app = create_app(settings_for("postgresql://nobody@127.0.0.1:1/none"))
    with app.test_client() as client:
        with client.session_transaction() as session:
            session.update({"_user_id": "somebody", "acting": str(uuid4())})
        shown = client.get("/console/")
    disconnect(app)

    assert shown.status_code == 503
    assert 'Acting as <b dir="auto">somebody else</b>' in shown.text


def test_nobody_who_acts_as_nobody_sees_the_banner(admin, browser):
    assert "Acting as" not in admin.get("/console/nowhere").text
    assert "Acting as" not in browser.get("/login").text


def test_a_reason_is_needed(db, admin, member):
    answer = act_as(admin, member, reason=" ")

    assert "/admin/user/details/" in answer.headers["Location"]
    assert "Reason: This is needed." in admin.get(answer.headers["Location"]).text
    assert db.scalars(select(Acting)).all() == []


def test_nobody_acts_as_an_admin_and_the_page_says_why(db, make, admin):
    other = make.user(role=Role.ADMIN)

    assert "Nobody acts as an admin" in admin.get(f"/admin/user/details/?id={other.id}").text
    act_as(admin, other)

    assert db.scalars(select(Acting)).all() == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.OPERATOR])
def test_nobody_but_admins_acts_as_others(sign_in, member, role):
    assert act_as(sign_in(role), member).status_code == 403


def test_stopping_leads_back_to_oneself(db, admin, member):
    act_as(admin, member)

    answer = admin.post("/console/acting/stop")

    assert answer.headers["Location"] == f"/admin/user/details/?id={member.id}"
    assert admin.get("/admin/user/").status_code == 200
    assert tags(db) == ["user:act_as", "user:stop_acting_as"]


def test_signing_out_ends_it(db, admin, member):
    act_as(admin, member)

    admin.post("/logout")

    assert db.scalars(select(Acting.ended_at)).one() is not None
    assert "user:stop_acting_as" in tags(db)


def test_it_ends_after_an_hour_and_what_was_begun_as_the_person_does_not_go_on_as_an_admin(db, admin, member):
    act_as(admin, member)
    db.execute(update(Acting).values(ends_at=func.now() - timedelta(seconds=1)))

    refused = admin.post("/console/views/", {"endpoint": "session", "name": "V", "arguments": "search=x"})
    part = admin.get("/console/widgets/funnel", headers={"HX-Request": "true"})
    page = admin.get("/admin/user/")

    assert (refused.status_code, part.status_code) == (409, 409)
    assert "any more" in page.text
    assert "Acting as" not in page.text
    assert db.scalars(select(SavedView)).all() == []


@pytest.mark.parametrize("path", ["/console/widgets/funnel", "/admin/session/"])
def test_an_open_page_whose_parts_are_asked_for_after_that_is_told_so_and_gets_nothing_of_the_admins(
    db, admin, member, path
):
    act_as(admin, member)
    [made_for] = re.findall(r'name="made-for" content="([^"]+)"', admin.get("/console/").text)
    db.execute(update(Acting).values(ends_at=func.now() - timedelta(seconds=1)))

    part = admin.get(path, headers={"X-Made-For": made_for})

    assert (part.status_code, part.headers["X-Made-For"]) == (409, "self")
    assert "any more" in admin.get("/console/").text, "the page, once it is loaded anew"


@pytest.mark.parametrize("values", [{"role": Role.ADMIN}, {"role": None}, {"active": False}])
def test_it_ends_when_the_person_may_not_sign_in_or_becomes_an_admin(db, admin, member, values):
    act_as(admin, member)
    for name, value in values.items():
        setattr(member, name, value)
    db.flush()

    assert "any more" in admin.get("/admin/user/").text


def test_it_ends_with_the_admins_role(db, admin, member):
    act_as(admin, member)
    admin.user.role = Role.OPERATOR
    db.flush()

    assert "Acting as" not in admin.get("/console/").text


def test_another_admin_can_not_go_on_with_it(db, sign_in, admin, member):
    act_as(admin, member)
    with admin.client.session_transaction() as session:
        acting_id = session["acting"]
    other = sign_in(Role.ADMIN)
    with other.client.session_transaction() as session:
        session["acting"] = acting_id

    assert "Acting as" not in other.get("/console/").text


def test_allowing_changes_needs_a_fresh_sign_in(db, admin, member):
    act_as(admin, member)
    with admin.client.session_transaction() as session:
        session["fs_paa"] = time.time() - 3600

    assert admin.get("/console/acting/").headers["Location"].startswith("/verify")
    assert admin.post("/console/acting/").headers["Location"].startswith("/verify")
    assert db.scalars(select(Acting.writes_until)).one() is None


def test_changes_that_are_allowed_are_of_both_names_and_found_by_either(db, make, admin):
    operator = make.user(role=Role.OPERATOR)
    project = make.project(status=ProjectStatus.CODE_GENERATED)
    act_as(admin, operator)

    allowed = allow_changes(admin)
    answer = admin.post(f"/console/projects/{project.id}/configure")

    assert (allowed.status_code, answer.status_code) == (303, 303)
    assert "changes records" in admin.get("/console/").text
    both = f"{admin.user.email} acting as {operator.email}"
    done = db.scalars(select(AuditEvent).where(AuditEvent.subject_id == project.id)).one()
    assert (done.actor, done.actor_id) == (both, admin.user.id)
    changed = select(StatusChange.actor).where(StatusChange.to_status == ProjectStatus.DEPLOY_CONFIGURED)
    assert db.scalars(changed).one() == both
    for name in (admin.user.email, operator.email):
        assert str(done.id) in admin_sees(admin, f"/admin/audit_event/?search={name}")


def admin_sees(browser, page):
    """What the admin sees of it as themselves."""
    browser.post("/console/acting/stop")
    return browser.get(page).text


def test_what_was_done_as_somebody_else_can_be_undone(db, make, admin):
    project = make.project(status=ProjectStatus.CODE_GENERATED)
    act_as(admin, make.user(role=Role.OPERATOR))
    allow_changes(admin)
    admin.post(f"/console/projects/{project.id}/configure")
    event = db.scalars(select(AuditEvent).where(AuditEvent.subject_id == project.id)).one()

    admin.post("/console/undo/", {"events": str(event.id)})

    db.refresh(project)
    assert project.status is ProjectStatus.CODE_GENERATED


def test_changes_reach_no_further_than_the_persons(make, admin, member):
    others = make.deploy(session=make.session(status=SessionStatus.FAILED, vercel_hook_url=HOOK))
    act_as(admin, member)
    allow_changes(admin)

    assert admin.post(f"/console/deploys/{others.id}/retry").status_code == 404
    assert admin.post("/console/deliveries/pause", {"reason": "Moving"}).status_code == 403


def test_changes_are_closed_again_after_a_while(db, admin, member):
    act_as(admin, member)
    allow_changes(admin)
    db.execute(update(Acting).values(writes_until=func.now() - timedelta(seconds=1)))

    assert admin.post("/wizard/start").status_code == 403
    assert "read-only" in admin.get("/console/").text


PERSONAL = ("/console/account/tokens/", "/console/account/tokens/new", "/console/account/second-factors/")


@pytest.mark.parametrize("page", PERSONAL)
@pytest.mark.parametrize("writes", [False, True])
def test_what_is_the_persons_alone_is_closed_in_either_mode(admin, member, page, writes):
    act_as(admin, member)
    if writes:
        allow_changes(admin)

    answer = admin.get(page)

    assert answer.status_code == 403
    assert "alone" in answer.text


def test_how_the_person_likes_lists_stays_as_it_is(db, admin, member):
    act_as(admin, member)
    allow_changes(admin)

    admin.post("/admin/session/page-size/", {"page_size": "50"})
    admin.post("/console/preferences/", {"density": "compact"})

    assert db.scalars(select(ListPreference)).all() == []
    assert db.scalar(select(User.density).where(User.id == member.id)) is None


def test_no_bulk_job_is_started_as_somebody_else(make, admin):
    operator = make.user(role=Role.OPERATOR)
    make.deploy(status=DeployStatus.QUEUED)
    act_as(admin, operator)
    allow_changes(admin)

    answer = admin.post("/console/bulk/new/deploy/cancel", {"job": "00000000-0000-4000-8000-000000000001"})

    assert answer.status_code == 403


def test_a_token_beside_the_cookie_is_nobody_acting(app, make, admin, member):
    act_as(admin, member)
    header = Program(app, make.user(role=Role.OPERATOR).email).headers

    assert admin.client.post("/api/deliveries/pause", json={"reason": "x"}, headers=header).status_code == 200
