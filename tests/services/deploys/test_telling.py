"""Which of a session's deploys tells how the session stands."""

from datetime import timedelta

from models import DeployStatus
from services.deploys.telling import telling_deploys, telling_statuses
from tests.conftest import NOW


def test_the_newest_deploy_tells_how_a_session_stands(db, make):
    session = make.session()
    make.deploy(session=session, created_at=NOW - timedelta(days=1))
    newest = make.deploy(session=session, status=DeployStatus.SUCCEEDED)

    assert telling_deploys(db, [session.id]) == {session.id: newest}


def test_a_live_deploy_tells_more_than_a_newer_one_that_has_ended(db, make):
    session = make.session()
    live = make.deploy(session=session, status=DeployStatus.RETRY_SCHEDULED, created_at=NOW - timedelta(days=1))
    make.deploy(session=session, status=DeployStatus.CANCELLED)

    assert telling_deploys(db, [session.id]) == {session.id: live}


def test_each_session_has_its_own_and_some_have_none(db, make):
    asked, other, without = make.deploy(), make.deploy(), make.session()

    assert telling_deploys(db, [asked.session_id, without.id]) == {asked.session_id: asked}
    assert telling_deploys(db, [other.session_id]) == {other.session_id: other}
    assert telling_deploys(db, []) == {}


def test_lists_are_told_the_status_of_the_same_deploys(db, make):
    session, without = make.session(), make.session()
    make.deploy(session=session, status=DeployStatus.RETRY_SCHEDULED, created_at=NOW - timedelta(days=1))
    make.deploy(session=session, status=DeployStatus.CANCELLED)

    assert telling_statuses(db, [session.id, without.id]) == {session.id: DeployStatus.RETRY_SCHEDULED}
    assert telling_statuses(db, []) == {}
