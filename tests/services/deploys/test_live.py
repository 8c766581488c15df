"""Which sessions have a deploy under way."""

from models import DeployStatus
from services.deploys.live import being_deployed


def test_those_sessions_are_named_whose_deploy_waits_or_is_being_sent(db, make):
    deploys = {status: make.deploy(status=status) for status in DeployStatus}
    elsewhere = make.deploy(status=DeployStatus.QUEUED)

    found = being_deployed(db, [deploy.session_id for deploy in deploys.values()])

    assert found == {deploys[status].session_id for status in DeployStatus if status.is_live}
    assert elsewhere.session_id not in found


def test_nothing_is_asked_for_no_sessions(db):
    assert being_deployed(db, []) == frozenset()
