"""A deploy's own page, and what can be done on it."""

from datetime import UTC, datetime, timedelta

import pytest

from models import Deploy, DeployStatus, HookHost, Role
from services.deploys import switches
from tests.admin_views.pages import text_of
from tests.conftest import NOW, actor_of
from tests.records import HOOK
from tests.trail import tags
from tests.vaults import mark_gone


def test_a_deploys_page_shows_everything_about_it(make, sign_in):
    session = make.session(user=make.user(name="Ana Lopes"))
    project = make.project(onboarding_session_id=session.id, title="Teapots")
    deploy = make.deploy(
        session=session,
        status=DeployStatus.RETRY_SCHEDULED,
        actor="ana@example.com",
        next_attempt_at=datetime.now(UTC) + timedelta(minutes=5, seconds=5),
    )
    make.attempt(deploy=deploy)

    page = sign_in(Role.OPERATOR).get(f"/console/deploys/{deploy.id}").text

    for shown in (
        "Retry scheduled",
        "Ana Lopes",
        "ana@example.com",
        "Wizard",
        "https://hooks.example.com/…cdef",
        "in 5 minutes",
        deploy.idempotency_key,
        f'href="/console/sessions/{session.id}"',
        f'href="/console/projects/{project.id}"',
        "&lt;h1&gt;Service unavailable&lt;/h1&gt;",
        "Deploy requested (wizard)",
    ):
        assert shown in page, shown


def test_a_dead_lettered_deploy_is_retried_from_its_page_and_a_second_click_is_a_conflict(db, make, sign_in):
    deploy = make.deploy()
    browser, page = sign_in(Role.OPERATOR), f"/console/deploys/{deploy.id}"

    first, second = browser.post(f"{page}/retry"), browser.post(f"{page}/retry")

    assert (first.status_code, first.headers["Location"]) == (303, page)
    assert second.status_code == 409
    assert "nothing to retry" in second.text
    assert tags(db) == ["deploy:retry"]


def test_a_waiting_deploy_is_cancelled_from_its_page_and_a_second_click_is_a_conflict(db, make, sign_in):
    deploy = make.deploy(status=DeployStatus.QUEUED)
    browser, page = sign_in(Role.OPERATOR), f"/console/deploys/{deploy.id}"

    first, second = browser.post(f"{page}/cancel"), browser.post(f"{page}/cancel")

    assert (first.status_code, first.headers["Location"]) == (303, page)
    assert second.status_code == 409
    assert "Only a deploy that waits can be cancelled" in second.text
    db.expire_all()
    assert db.get(Deploy, deploy.id).status is DeployStatus.CANCELLED
    assert tags(db) == ["deploy:cancel"]


@pytest.mark.parametrize(
    ("role", "act", "status"),
    [
        (Role.MEMBER, "retry", 404),
        (Role.MEMBER, "cancel", 403),
        (Role.VIEWER, "retry", 403),
        (Role.VIEWER, "cancel", 403),
    ],
)
def test_others_cannot_touch_a_deploy(db, make, sign_in, role, act, status):
    deploy = make.deploy(status=DeployStatus.DEAD_LETTERED if act == "retry" else DeployStatus.QUEUED)

    assert sign_in(role).post(f"/console/deploys/{deploy.id}/{act}").status_code == status
    assert tags(db) == []


def test_a_member_may_retry_but_not_cancel_an_own_deploy(make, sign_in):
    member = make.user(role=Role.MEMBER)
    failed = make.deploy(session=make.session(user=member))
    waiting = make.deploy(session=make.session(user=member), status=DeployStatus.QUEUED)
    browser = sign_in(user=member)

    assert browser.post(f"/console/deploys/{failed.id}/retry").status_code == 303
    assert browser.post(f"/console/deploys/{waiting.id}/cancel").status_code == 403
    assert f"{waiting.id}/cancel" not in browser.get(f"/console/deploys/{waiting.id}").text


def test_a_deploy_that_waits_says_for_what(db, make, sign_in):
    deploy, now = make.deploy(status=DeployStatus.QUEUED), datetime.now(UTC)
    viewer, page = sign_in(Role.VIEWER), f"/console/deploys/{deploy.id}"
    assert "a worker takes it up as soon as one is free" in viewer.get(page).text

    db.add(HookHost(host=deploy.host, open_until=now + timedelta(minutes=3, seconds=5)))
    ana = actor_of(make.user(role=Role.OPERATOR, email="ana@example.com"))
    switches.pause(db, host=None, reason="Moving", actor=ana, now=now)

    for address in (page, f"{page}/live"):
        words = text_of(viewer.get(address).text)
        assert "Deliveries are paused by a•••@•••, now : Moving" in words
        assert "its circuit is open; it is tried again in 3 minutes" in words


@pytest.mark.parametrize("status", [DeployStatus.IN_FLIGHT, DeployStatus.SUCCEEDED, DeployStatus.DEAD_LETTERED])
def test_a_deploy_that_does_not_wait_says_nothing_of_it(db, make, sign_in, status):
    deploy, ana = make.deploy(status=status), actor_of(make.user(role=Role.OPERATOR))
    switches.pause(db, host=None, reason="Moving", actor=ana, now=datetime.now(UTC))

    assert "Moving" not in sign_in(Role.VIEWER).get(f"/console/deploys/{deploy.id}").text


def test_a_hook_that_is_gone_is_told_on_the_pages_of_its_deploy_and_its_session(db, make, sign_in):
    session = make.session(status="failed", vercel_hook_url=HOOK)
    deploy, operator = make.deploy(session=session), sign_in(Role.OPERATOR)
    mark_gone(db, HOOK, deploy_id=deploy.id, now=NOW)
    why = "This hook answered 410 Gone on 25 Nov 2026; it has to be replaced before it is called again."

    for page in (f"/console/deploys/{deploy.id}", f"/console/sessions/{session.id}"):
        shown = operator.get(page).text
        assert f'aria-disabled="true" data-why="{why}"' in shown
        assert shown.count(why) == 3  # beside what the button shows and says, by itself
        assert f"{page}/retry" not in shown

    refused = operator.post(f"/console/deploys/{deploy.id}/retry")
    assert refused.status_code == 409
    assert why in refused.text


def test_a_deploy_that_a_recovery_holds_names_it_and_is_not_retried_by_hand(make, sign_in):
    member = make.user(role=Role.MEMBER)
    deploy = make.deploy(session=make.session(user=member, status="failed"))
    recovery = make.recovery(deploy, status="halted")
    page = f"/console/deploys/{deploy.id}"

    operators, members = sign_in(Role.OPERATOR).get(page).text, sign_in(user=member).get(page).text

    assert f'href="/console/recoveries/{recovery.id}">A recovery of 1 deploy</a>' in operators
    assert "started by ana@example.com" in text_of(operators)
    assert "It is halted now." in operators
    assert f"/console/recoveries/{recovery.id}" not in members
    for shown in (operators, members):
        assert "holds this one and sends it again in one of its waves" in text_of(shown)
        assert 'data-why="A recovery holds this deploy and sends it again in one of its waves."' in shown
        assert f"{page}/retry" not in shown


def test_a_deploy_whose_session_has_one_under_way_says_why_it_is_not_retried(make, sign_in):
    session = make.session(status="completed")
    deploy = make.deploy(session=session)
    make.deploy(session=session, status=DeployStatus.QUEUED)

    page = sign_in(Role.OPERATOR).get(f"/console/deploys/{deploy.id}").text

    assert 'data-why="A deploy of this session is already under way."' in page
