"""What is done from the dashboard: retries, steps of projects, rooms opened, wizards started."""

import re

import pytest
from sqlalchemy import select

from models import AuditEvent, Deploy, DeployStatus, ProjectStatus, Role, SessionStatus, User
from tests.admin_views.pages import Page


def test_an_operator_s_retry_queues_the_deploy_and_says_so(sign_in, db, failed):
    browser = sign_in(Role.OPERATOR)

    answer = browser.post(f"/console/sessions/{failed.id}/retry")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/")
    assert "The deploy is queued" in Page(browser.get("/console/")).messages[0]
    db.expire_all()
    assert db.scalar(select(Deploy.status)) is DeployStatus.QUEUED
    assert db.scalar(select(AuditEvent.tag)) == "deploy:retry"


def test_a_second_retry_is_a_conflict_that_is_told(sign_in, db, failed):
    browser = sign_in(Role.OPERATOR)
    browser.post(f"/console/sessions/{failed.id}/retry")
    browser.get("/console/")

    answer = browser.post(f"/console/sessions/{failed.id}/retry")

    assert answer.status_code == 303
    assert Page(browser.get("/console/")).messages == ["A deploy of this session is already under way."]
    assert len(db.scalars(select(Deploy.id)).all()) == 1


def test_a_retry_that_was_chosen_from_the_list_is_the_same(sign_in, db, failed):
    browser = sign_in(Role.OPERATOR)
    assert f'<option value="{failed.id}">' in browser.get("/console/widgets/quick").text

    browser.post("/console/retry", {"session": failed.id})

    db.expire_all()
    assert db.scalar(select(Deploy.status)) is DeployStatus.QUEUED


def test_a_member_retries_an_own_deploy(sign_in, db, failed):
    answer = sign_in(user=db.get(User, failed.user_id)).post(f"/console/sessions/{failed.id}/retry")

    assert answer.status_code == 303
    db.expire_all()
    assert db.scalar(select(Deploy.status)) is DeployStatus.QUEUED


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_nobody_retries_what_is_not_theirs_to_retry(sign_in, db, failed, role):
    answer = sign_in(role).post(f"/console/sessions/{failed.id}/retry")

    assert answer.status_code in (403, 404)
    db.expire_all()
    assert db.scalar(select(Deploy.status)) is DeployStatus.DEAD_LETTERED


def test_marking_a_project_as_configured_takes_the_step(sign_in, db, make):
    project = make.project(status=ProjectStatus.CODE_GENERATED)
    browser = sign_in(Role.OPERATOR)

    answer = browser.post(f"/console/projects/{project.id}/configure")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/")
    assert Page(browser.get("/console/")).messages == ["The project is marked as configured."]
    db.refresh(project)
    assert project.status is ProjectStatus.DEPLOY_CONFIGURED


def test_a_project_that_is_not_at_that_step_stays_and_the_allowed_step_is_told(sign_in, db, make):
    project = make.project(status=ProjectStatus.PROMPT_READY)
    browser = sign_in(Role.OPERATOR)

    browser.post(f"/console/projects/{project.id}/configure")

    [message] = Page(browser.get("/console/")).messages
    assert "The allowed step is to code generated." in message
    db.refresh(project)
    assert project.status is ProjectStatus.PROMPT_READY


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_a_role_that_may_not_advance_projects_is_refused(sign_in, make, role):
    user = make.user(role=role)
    project = make.project(owner=user, status=ProjectStatus.CODE_GENERATED)

    assert sign_in(user=user).post(f"/console/projects/{project.id}/configure").status_code == 403


@pytest.mark.parametrize("record_id", ["1", "%00", "x" * 400, "00000000-0000-0000-0000-000000000000"])
@pytest.mark.parametrize("act", ["/console/sessions/{}/retry", "/console/projects/{}/configure"])
def test_an_act_on_what_is_not_there_is_refused(sign_in, act, record_id):
    assert sign_in(Role.ADMIN).post(act.format(record_id)).status_code in (404, 422)


@pytest.mark.parametrize("chosen", [{}, {"session": ""}, {"session": "\x00"}, {"session": "x" * 2_000}])
def test_a_retry_of_nothing_is_refused(sign_in, chosen):
    assert sign_in(Role.ADMIN).post("/console/retry", chosen).status_code == 422


@pytest.mark.parametrize("path", ["/console/retry", "/console/sessions/{}/retry", "/console/projects/{}/configure"])
def test_an_act_without_its_token_is_refused(sign_in, failed, path):
    answer = sign_in(Role.ADMIN).client.post(path.format(failed.id), data={"session": str(failed.id)})

    assert answer.status_code == 400


def test_an_act_is_never_a_link(sign_in, failed):
    assert sign_in(Role.ADMIN).get(f"/console/sessions/{failed.id}/retry").status_code == 405


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("/admin/session/?page=2", "/admin/session/?page=2"),
        ("https://evil.example/", "/console/"),
        ("//evil.example/", "/console/"),
        ("/\\evil.example", "/console/"),
        ("/console/\r\nSet-Cookie: x=y", "/console/"),
        ("http://[", "/console/"),
        ("\x00", "/console/"),
    ],
)
def test_an_act_leads_back_to_a_page_of_ours_only(sign_in, failed, back, leads_to):
    answer = sign_in(Role.OPERATOR).post(f"/console/sessions/{failed.id}/retry", {"back": back})

    assert (answer.status_code, answer.headers["Location"]) == (303, leads_to)


def test_what_can_not_be_done_now_is_shown_disabled_with_the_reason(sign_in, make):
    make.session(status=SessionStatus.FAILED, deploy_response=None)

    page = sign_in(Role.OPERATOR).get("/console/").text

    assert re.search(r'aria-disabled="true" data-why="[^"]+">Retry deploy', page)


def test_what_a_role_never_permits_is_not_shown(sign_in, make, failed):
    make.project(status=ProjectStatus.CODE_GENERATED)

    page = sign_in(Role.VIEWER).get("/console/").text

    for act in ("Start new wizard", "Retry deploy", "Retry a", "Deploy again", "Mark as configured", "disabled title"):
        assert act not in page.partition('id="main-content"')[2].replace('disabled title="There are no rooms', ""), act


def test_a_room_that_was_chosen_is_opened(sign_in, make):
    room = make.room()
    browser = sign_in(Role.VIEWER)
    assert f'<option value="{room.id}">' in browser.get("/console/widgets/quick").text

    answer = browser.get(f"/console/open-room?room={room.id}")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/console/rooms/{room.id}")


@pytest.mark.parametrize("room", ["", "%00", "nothing", "x" * 2_000])
def test_a_room_that_is_no_id_is_refused(sign_in, room):
    assert sign_in(Role.VIEWER).get(f"/console/open-room?room={room}").status_code == 422


def test_the_wizard_is_started_by_a_form_with_a_token(sign_in):
    html = sign_in(Role.MEMBER).get("/console/widgets/quick").text

    form = re.search(r'<form method="post" action="/wizard/start">.*?</form>', html, re.DOTALL)
    assert form
    assert 'name="csrf_token"' in form[0]
