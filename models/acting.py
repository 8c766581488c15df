"""When admins look at the console as somebody else does."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, uuid_pk
from models.user import User


class Acting(Base):
    """One time for which an admin acts as another person, with that person's scope and permissions."""

    __tablename__ = "actings"
    __table_args__ = (Index("ix_actings_admin_id", "admin_id"), Index("ix_actings_user_id", "user_id"))

    id: Mapped[uuid_pk]
    admin_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    """The person acted as."""
    reason: Mapped[str]
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """When it ends by itself."""
    writes_until: Mapped[datetime | None]
    """Until when it may change anything; null while it only reads."""
    ended_at: Mapped[datetime | None]
    """When it was stopped; null where it was not, or not yet."""

    user: Mapped[User] = relationship(foreign_keys=user_id, lazy="raise_on_sql")
