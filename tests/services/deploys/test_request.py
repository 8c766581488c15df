"""Asking for a deploy: request, retry, redeploy and cancel."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from models import WAITING_STATUSES, Deploy, DeployStatus, DeployTrigger, Role
from services import deploys
from services.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from tests.at_once import at_once
from tests.conftest import NOW, actor_of
from tests.records import HOOK, Records
from tests.trail import events
from tests.vaults import url_of

DEFAULT = "https://default.example.com/deploy/secret"


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


def request(db, session, actor, **changes):
    arguments = {"trigger": DeployTrigger.OPERATOR, "now": NOW, "default_hook_url": DEFAULT}
    return deploys.request(db, session.id, actor=actor, **arguments | changes)


def waiting(db):
    """The ids of the deploys that a worker would take."""
    return db.scalars(select(Deploy.id).where(Deploy.status.in_(WAITING_STATUSES))).all()


def test_a_request_queues_a_deploy_and_writes_its_audit_event(db, make, operator):
    session = make.session(status="completed")

    deploy = request(db, session, operator)

    assert (deploy.status, url_of(deploy), deploy.next_attempt_at) == (DeployStatus.QUEUED, DEFAULT, NOW)
    assert waiting(db) == [deploy.id]
    [event] = events(db)
    assert (event.tag, event.subject_id, event.actor_id) == ("deploy:request", deploy.id, operator.id)
    assert event.after["hook_url"] == "https://default.example.com/…"


def test_a_rolled_back_request_leaves_nothing_behind(db, make, operator):
    session = make.session(status="completed")
    db.commit()

    request(db, session, operator)
    db.rollback()

    assert waiting(db) == []
    assert db.scalar(select(func.count()).select_from(Deploy)) == 0


@pytest.mark.parametrize("status", [DeployStatus.QUEUED, DeployStatus.IN_FLIGHT, DeployStatus.RETRY_SCHEDULED])
def test_a_second_request_while_one_is_under_way_is_a_conflict(db, make, operator, status):
    session = make.session(status="completed")
    make.deploy(session=session, status=status)

    with pytest.raises(ConflictError, match="under way"):
        request(db, session, operator)

    assert db.scalar(select(func.count()).select_from(Deploy)) == 1
    assert events(db) == []


@pytest.mark.parametrize("status", [DeployStatus.SUCCEEDED, DeployStatus.DEAD_LETTERED, DeployStatus.CANCELLED])
def test_a_session_whose_deploy_has_ended_can_be_deployed_again(db, make, operator, status):
    session = make.session(status="completed")
    first = make.deploy(session=session, status=status)

    assert request(db, session, operator).id != first.id


def test_a_session_without_any_hook_cannot_be_deployed(db, make, operator):
    with pytest.raises(InvalidInputError, match="No deploy hook"):
        request(db, make.session(status="completed"), operator, default_hook_url=None)


def test_a_host_too_long_for_any_name_is_refused(db, make, operator):
    """Within the limit of a URL it could still be longer than an index holds."""
    letters = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(2_000))
    session = make.session(status="completed", vercel_hook_url=f"https://{letters}/deploy/secret")

    with pytest.raises(InvalidInputError):
        request(db, session, operator)


def test_a_draft_is_deployed_by_its_wizard_and_by_nobody_else(db, make, operator):
    with pytest.raises(ConflictError, match="still a draft"):
        request(db, make.session(), operator)


def test_a_session_whose_project_could_not_be_made_has_nothing_to_deploy(db, make, operator):
    with pytest.raises(ConflictError, match="begin the wizard again"):
        request(db, make.session(status="failed", deploy_response=None), operator)


def test_an_unknown_session_is_not_found(db, operator):
    with pytest.raises(NotFoundError):
        deploys.request(db, uuid4(), trigger=DeployTrigger.API, actor=operator, now=NOW, default_hook_url=DEFAULT)


def test_a_viewer_may_not_request(db, make):
    with pytest.raises(ForbiddenError):
        request(db, make.session(status="completed"), actor_of(make.user(role=Role.VIEWER)))


def test_a_member_may_deploy_an_own_session_but_no_other(db, make):
    member = make.user(role=Role.MEMBER)

    assert request(db, make.session(user=member, status="completed"), actor_of(member)).actor == member.email
    with pytest.raises(ForbiddenError):
        request(db, make.session(status="completed"), actor_of(member))


def test_only_an_admin_may_override_the_hook(db, make, operator):
    session = make.session(status="completed")

    with pytest.raises(ForbiddenError):
        request(db, session, operator, hook_url=HOOK)
    assert url_of(request(db, session, actor_of(make.user(role=Role.ADMIN)), hook_url=HOOK)) == HOOK


def test_a_dead_lettered_deploy_is_queued_again_under_its_own_key(db, make, operator):
    deploy = make.deploy(status=DeployStatus.DEAD_LETTERED)
    make.attempt(deploy=deploy, attempt_number=8)
    key = deploy.idempotency_key

    deploys.retry(db, deploy.id, actor=operator, now=NOW)

    assert (deploy.status, deploy.idempotency_key, deploy.first_attempt_number) == (DeployStatus.QUEUED, key, 9)
    assert waiting(db) == [deploy.id]
    [event] = events(db)
    assert (event.tag, event.before, event.after) == (
        "deploy:retry",
        {"status": "dead_lettered"},
        {"status": "queued"},
    )


@pytest.mark.parametrize("status", [status for status in DeployStatus if status is not DeployStatus.DEAD_LETTERED])
def test_a_deploy_that_is_not_dead_lettered_cannot_be_retried(db, make, operator, status):
    deploy = make.deploy(status=status)

    with pytest.raises(ConflictError, match="nothing to retry"):
        deploys.retry(db, deploy.id, actor=operator, now=NOW)

    assert events(db) == []
    assert deploy.status is status


def test_an_old_deploy_cannot_be_retried_while_a_newer_one_is_under_way(db, make, operator):
    session = make.session(status="completed")
    old = make.deploy(session=session, status=DeployStatus.DEAD_LETTERED)
    make.deploy(session=session, status=DeployStatus.QUEUED)

    with pytest.raises(ConflictError, match="under way"):
        deploys.retry(db, old.id, actor=operator, now=NOW)


def test_redeploying_retries_the_newest_deploy_where_it_gave_up_on_the_same_hook(db, make, operator):
    session = make.session(vercel_hook_url=HOOK, status="completed")
    deploy = make.deploy(session=session)

    again = deploys.redeploy(
        db, session.id, trigger=DeployTrigger.OPERATOR, actor=operator, now=NOW, default_hook_url=None
    )

    assert again.id == deploy.id


def test_redeploying_calls_the_new_hook_where_it_has_changed_since(db, make, operator):
    session = make.session(vercel_hook_url="https://new.example.com/hook/secret", status="completed")
    deploy = make.deploy(session=session)

    again = deploys.redeploy(
        db, session.id, trigger=DeployTrigger.OPERATOR, actor=operator, now=NOW, default_hook_url=None
    )

    assert again.id != deploy.id
    assert url_of(again) == "https://new.example.com/hook/secret"


@pytest.mark.parametrize("status", [DeployStatus.QUEUED, DeployStatus.RETRY_SCHEDULED])
def test_a_waiting_deploy_can_be_cancelled(db, make, operator, status):
    due_at = NOW + timedelta(hours=1)
    deploy = make.deploy(status=status, next_attempt_at=due_at)

    deploys.cancel(db, deploy.id, actor=operator, now=NOW)

    assert (deploy.status, deploy.next_attempt_at) == (DeployStatus.CANCELLED, None)
    [event] = events(db)
    assert (event.tag, event.before) == ("deploy:cancel", {"status": status, "next_attempt_at": due_at.isoformat()})


@pytest.mark.parametrize(
    "status",
    [DeployStatus.IN_FLIGHT, DeployStatus.SUCCEEDED, DeployStatus.DEAD_LETTERED, DeployStatus.CANCELLED],
)
def test_a_deploy_that_does_not_wait_cannot_be_cancelled(db, make, operator, status):
    deploy = make.deploy(status=status)

    with pytest.raises(ConflictError, match="that waits"):
        deploys.cancel(db, deploy.id, actor=operator, now=NOW)


def test_a_member_may_retry_but_not_cancel_an_own_deploy(db, make):
    member = make.user(role=Role.MEMBER)
    failed = make.deploy(session=make.session(user=member, status="completed"))
    waiting = make.deploy(session=make.session(user=member, status="completed"), status=DeployStatus.QUEUED)

    deploys.retry(db, failed.id, actor=actor_of(member), now=NOW)
    with pytest.raises(ForbiddenError):
        deploys.cancel(db, waiting.id, actor=actor_of(member), now=NOW)


def test_of_many_requests_at_once_one_makes_a_deploy(fresh_db, fresh_database_url):
    make = Records(fresh_db, NOW)
    session, operator = make.session(status="completed"), actor_of(make.user(role=Role.OPERATOR))
    make.save()
    session_id = session.id

    ended = at_once(
        fresh_database_url,
        20,
        lambda db: deploys.request(
            db, session_id, trigger=DeployTrigger.API, actor=operator, now=NOW, default_hook_url=DEFAULT
        ),
    )

    assert ended.count(None) == 1
    assert ended.count(ConflictError) == 19
    assert len(waiting(fresh_db)) == 1
    assert len(events(fresh_db)) == 1


def test_of_many_retries_at_once_one_queues_the_deploy(fresh_db, fresh_database_url):
    make = Records(fresh_db, NOW)
    deploy, operator = make.deploy(), actor_of(make.user(role=Role.OPERATOR))
    make.save()
    deploy_id = deploy.id

    ended = at_once(fresh_database_url, 50, lambda db: deploys.retry(db, deploy_id, actor=operator, now=NOW))

    assert ended.count(None) == 1
    assert ended.count(ConflictError) == 49
    assert len(waiting(fresh_db)) == 1
    assert len(events(fresh_db)) == 1
