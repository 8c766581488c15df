"""Sign-ins: in which browsers people are signed in, and how often somebody guessed at a password."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, created_at, uuid_pk


class SignIn(Base):
    """One person signed in in one browser; its cookie names the row, and opens nothing once the row has ended."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        Index("ix_sign_ins_user_id_created_at", "user_id", text("created_at DESC")),
        Index("ix_sign_ins_expires_at", "expires_at"),
    )

    id: Mapped[uuid_pk]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[created_at]
    last_used_at: Mapped[datetime]
    """Written once a minute at most; what a page asks for by itself is no use."""
    origin: Mapped[str | None]
    """The address that it was used from last."""
    user_agent: Mapped[str | None]
    """What the browser says it is."""
    expires_at: Mapped[datetime]
    """When it ends unless it is used before; never after `ends_at`."""
    ends_at: Mapped[datetime]
    """When it ends however much it is used."""
    ended_at: Mapped[datetime | None]
    """When somebody ended it."""


class SignInBudget(Base):
    """How many tries at a password are left to one account, one device or one address; see services.sign_in_budgets."""

    __tablename__ = "sign_in_budgets"
    __table_args__ = (Index("ix_sign_in_budgets_tried_at", "tried_at"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    """A digest of what it is for, so that no address that somebody typed is kept."""
    tries: Mapped[int]
    """Failures in a row, and tries under way."""
    tried_at: Mapped[datetime]
    closed_until: Mapped[datetime]
    """Before that nothing is tried."""
