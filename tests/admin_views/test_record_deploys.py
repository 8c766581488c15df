"""A deploy's own page, and what can be done on it."""

from datetime import UTC, datetime, timedelta

import pytest

from models import Deploy, DeployStatus, Role
from tests.trail import tags


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

    page = sign_in(Role.VIEWER).get(f"/console/deploys/{deploy.id}").text

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


@pytest.mark.parametrize("act", ["retry", "cancel"])
@pytest.mark.parametrize(("role", "status"), [(Role.MEMBER, 404), (Role.VIEWER, 403)])
def test_others_cannot_touch_a_deploy(db, make, sign_in, role, status, act):
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
