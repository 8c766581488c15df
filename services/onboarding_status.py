"""How a session's status follows its deploy's: a pure decision."""

from models import DeployStatus, SessionStatus


def session_after_deploy(session: SessionStatus, deploy: DeployStatus) -> SessionStatus:
    """The session's status once its newest deploy has reached `deploy`.

    A completed session turns failed when its deploy is dead-lettered, and completed again when a retry succeeds;
    a draft is nobody's to move but the wizard's.
    """
    if session is SessionStatus.COMPLETED and deploy is DeployStatus.DEAD_LETTERED:
        return SessionStatus.FAILED
    if session is SessionStatus.FAILED and deploy is DeployStatus.SUCCEEDED:
        return SessionStatus.COMPLETED
    return session
