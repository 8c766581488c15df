"""Onboarding sessions: read one."""

from uuid import UUID

from api.answers import OneSession
from api.operations import operation
from api.rows import session_row
from extensions import db_session
from models import OnboardingSession
from services.lookups import get_visible
from services.permissions import Actor, Permission


@operation(
    "GET",
    "/api/sessions/<session_id>",
    permission=Permission.SEE_RECORDS,
    answer=OneSession,
    problems=(404,),
)
def read_session(actor: Actor, session_id: UUID) -> OneSession:
    """Read an onboarding session."""
    return OneSession(session=session_row(get_visible(db_session(), OnboardingSession, session_id, actor)))
