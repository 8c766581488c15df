"""By whom else people are known."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, created_at, uuid_pk


class Identity(Base):
    """A person as an OpenID provider knows them, which signs them in."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"), Index("ix_identities_user_id", "user_id"))

    id: Mapped[uuid_pk]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    issuer: Mapped[str]
    """The provider, as it calls itself."""
    subject: Mapped[str]
    """What it calls the person; an address may become somebody else's, this never does."""
    created_at: Mapped[created_at]
    last_used_at: Mapped[datetime | None]
