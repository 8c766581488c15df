"""What programs are known by: a token of a person, of which only the hash is kept."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, TextEnum, created_at, one_of, uuid_pk
from models.user import User


class TokenScope(StrEnum):
    """How far a token reaches at most, each further than the one before; never further than its person's role."""

    READ = "read"
    REMEDIATE = "remediate"
    ADMIN = "admin"


class ApiToken(Base):
    """One token; it opens the API as its person, as far as its scope goes, until it expires or is revoked."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        one_of("scope", TokenScope),
        Index("ix_api_tokens_user_id_created_at", "user_id", text("created_at DESC")),
        Index("ix_api_tokens_created_at_id", text("created_at DESC"), text("id DESC")),
    )

    id: Mapped[uuid_pk]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    """What its person calls it: the program that has it, mostly."""
    scope: Mapped[TokenScope] = mapped_column(TextEnum(TokenScope))
    token_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the token, as hexadecimal digits; the token itself is kept nowhere."""
    last_four: Mapped[str]
    """How it ends, by which its person tells it from others."""
    created_at: Mapped[created_at]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    """Written once a minute at most."""
    last_used_from: Mapped[str | None]
    """The address from which that was."""
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]

    user: Mapped[User] = relationship(lazy="raise_on_sql")

    def __str__(self) -> str:
        return self.name

    def is_live(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and self.expires_at > now
