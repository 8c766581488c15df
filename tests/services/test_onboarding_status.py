"""How a session's status follows its deploy's."""

import pytest

from models import DeployStatus, SessionStatus
from services.onboarding_status import session_after_deploy

MOVES = {
    (SessionStatus.COMPLETED, DeployStatus.DEAD_LETTERED): SessionStatus.FAILED,
    (SessionStatus.FAILED, DeployStatus.SUCCEEDED): SessionStatus.COMPLETED,
}


@pytest.mark.parametrize("session", SessionStatus)
@pytest.mark.parametrize("deploy", DeployStatus)
def test_a_session_moves_only_when_its_deploy_is_given_up_or_recovers(session, deploy):
    assert session_after_deploy(session, deploy) is MOVES.get((session, deploy), session)
