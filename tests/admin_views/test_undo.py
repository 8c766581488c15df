"""Undoing from the message that said that something was done, with no script at all."""

import re

import pytest
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import select, update

from models import AuditEvent, Deploy, DeployStatus, FailureGroupStatus, ProjectStatus, PromptTemplate, Role
from services.deploys import switches
from tests.admin_views.pages import Page
from tests.client import seen
from tests.records import NOBODY
from tests.trail import tags

OPEN, RESOLVED = FailureGroupStatus.OPEN, FailureGroupStatus.RESOLVED


@pytest.fixture
def operator(sign_in):
    return sign_in(Role.OPERATOR)


def undo_form(html: str) -> dict[str, str]:
    """What the form of the message that offers an undo sends."""
    [form] = re.findall(r'<form class="alert-undo" method="post" action="/console/undo/">(.*?)</form>', html, re.DOTALL)
    return dict(re.findall(r'name="(events|back)" value="([^"]*)"', form))


def undo(browser, page) -> Page:
    return Page(browser.post("/console/undo/", undo_form(page.text), follow_redirects=True))


def test_the_message_that_says_what_was_done_undoes_it_and_leads_back(operator, make, db):
    group = make.failure_group()
    page = operator.post(f"/console/failures/{group.id}/resolve", follow_redirects=True)

    answer = operator.post("/console/undo/", undo_form(page.text))

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/console/failures/{group.id}")
    db.expire_all()
    assert group.status is OPEN
    assert tags(db) == ["failure_group:resolve", "failure_group:undo"]
    after = operator.get(answer.headers["Location"])
    assert Page(after).messages == ["The group is open again."]
    assert "alert-undo" not in after.text, "an undo is not undone"


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/console/failures/{group}/ignore", {}),
        ("/console/deploys/{waiting}/cancel", {}),
        ("/console/deliveries/pause", {"reason": "Moving"}),
        ("/console/deliveries/pause", {"reason": "Moving", "host": "hooks.example.com"}),
        ("/console/recoveries/{recovery}/pause", {}),
        ("/console/projects/{project}/configure", {}),
        ("/console/projects/{project}/move", {"to": "deploy_configured"}),
        ("/admin/deploy/action/", {"action": "cancel", "rowid": "{waiting}"}),
        ("/admin/project/action/", {"action": "mark_configured", "rowid": "{project}"}),
    ],
)
def test_each_act_that_can_be_undone_offers_it_and_can_be(operator, make, db, path, form):
    ids = {
        "group": make.failure_group().id,
        "waiting": make.deploy(status=DeployStatus.QUEUED).id,
        "recovery": make.recovery(make.deploy()).id,
        "project": make.project(status=ProjectStatus.CODE_GENERATED).id,
    }
    form = {name: value.format(**ids) for name, value in form.items()}

    page = undo(operator, operator.post(path.format(**ids), form, follow_redirects=True))

    [done, undone] = tags(db)
    assert undone.startswith(f"{done.partition(':')[0]}:undo")
    assert 'class="alert alert-success"' in page.html


def test_many_that_were_cancelled_at_once_wait_again_at_once(operator, make, db):
    waiting = [make.deploy(status=DeployStatus.QUEUED) for _ in range(3)]
    form = {"action": "cancel", "rowid": [deploy.id for deploy in waiting]}

    page = undo(operator, operator.post("/admin/deploy/action/", form, follow_redirects=True))

    assert page.messages == ["3 times: The deploy is not cancelled any more; it waits as it did."]
    db.expire_all()
    assert {deploy.status for deploy in waiting} == {DeployStatus.QUEUED}


def test_more_than_a_cookie_holds_are_done_without_a_way_back(operator, make):
    waiting = [make.deploy(status=DeployStatus.QUEUED) for _ in range(21)]
    form = {"action": "cancel", "rowid": [deploy.id for deploy in waiting]}

    page = operator.post("/admin/deploy/action/", form, follow_redirects=True)

    assert "21 deploys" in Page(page).messages[0]
    assert "alert-undo" not in page.text


def test_a_template_that_was_saved_from_its_form_is_again_what_it_was(sign_in, make, db):
    admin, template = sign_in(Role.ADMIN), make.template(title="As it was")
    path = f"/admin/template/edit/?id={template.id}"
    form = {"title": "New", "content": "New", "combo_type": "all", "seen": seen(admin.get(path))}

    page = undo(admin, admin.post(path, form, follow_redirects=True))

    db.expire_all()
    assert page.messages == ["The template is again what it was."]
    assert db.scalars(select(PromptTemplate.title)).all() == ["As it was"]


def test_the_second_time_is_a_conflict_that_is_told(operator, make, db):
    group = make.failure_group()
    page = operator.post(f"/console/failures/{group.id}/resolve", follow_redirects=True)
    undo(operator, page)

    again = undo(operator, page)

    assert again.messages == ["Something else happened to this record since, so nothing was undone."]
    assert 'class="alert alert-danger"' in again.html
    assert tags(db) == ["failure_group:resolve", "failure_group:undo"]


def test_what_changed_meanwhile_is_a_conflict_that_is_told(operator, make, db):
    deploy = make.deploy(status=DeployStatus.QUEUED)
    page = operator.post(f"/console/deploys/{deploy.id}/cancel", follow_redirects=True)
    db.execute(update(Deploy).where(Deploy.id == deploy.id).values(status=DeployStatus.DEAD_LETTERED))

    assert undo(operator, page).messages == ["This deploy is dead-lettered by now, so nothing was undone."]


def test_another_person_with_the_same_form_is_told_of_nothing(operator, sign_in, make, db):
    group = make.failure_group()
    page = operator.post(f"/console/failures/{group.id}/resolve", follow_redirects=True)

    answer = sign_in(Role.ADMIN).post("/console/undo/", undo_form(page.text))

    assert answer.status_code == 404
    db.expire_all()
    assert group.status is RESOLVED


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ("", 422),
        ("x", 422),
        ("\x00", 422),
        ("," * 50, 422),
        (str(NOBODY), 404),
        (",".join(f"{number:032x}" for number in range(21)), 422),
        ("9" * 5_000, 422),
    ],
    ids=["none", "no id", "a NUL", "commas", "nobody's", "too many", "too long"],
)
def test_a_form_that_names_nothing_of_the_person_s_is_refused(operator, events, status):
    assert operator.post("/console/undo/", {"events": events}).status_code == status
    assert operator.post("/console/undo/").status_code == 422


def test_an_undo_needs_a_person_and_the_form_s_token(browser, operator, make, db):
    assert browser.post("/console/undo/", {"events": str(NOBODY)}).status_code == 401
    assert operator.client.post("/console/undo/", data={"events": str(NOBODY)}).status_code == 400
    assert operator.get("/console/undo/").status_code == 405


def test_it_never_leads_back_to_another_site(operator, make):
    group = make.failure_group()
    page = operator.post(f"/console/failures/{group.id}/resolve", follow_redirects=True)

    answer = operator.post("/console/undo/", undo_form(page.text) | {"back": "https://evil.example.com/"})

    assert answer.headers["Location"] == "/console/"


def test_the_longest_way_back_fits_in_the_cookie(app, operator, make):
    waiting = [make.deploy(status=DeployStatus.QUEUED) for _ in range(20)]
    form = {"action": "cancel", "rowid": [deploy.id for deploy in waiting]}

    answer = operator.post("/admin/deploy/action/", form)

    name = SecureCookieSessionInterface().get_cookie_name(app)
    assert len(answer.headers["Set-Cookie"]) < 4_000
    assert name in answer.headers["Set-Cookie"]


def test_the_pauses_of_deliveries_are_the_same_ones_after_an_undone_resume(operator, db, make):
    operator.post("/console/deliveries/pause", {"reason": "Moving"})
    [pause] = switches.pauses(db)
    pause_id = pause.id

    assert db.scalars(select(AuditEvent.subject_id)).all() == [pause_id]
