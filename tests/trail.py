"""What the audit trail says."""

from sqlalchemy import select

from models import AuditEvent
from services.database import DbSession


def tags(db: DbSession) -> list[str]:
    """The tags of all events, oldest first."""
    return list(db.scalars(select(AuditEvent.tag).order_by(AuditEvent.at)))
