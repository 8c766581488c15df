"""Second factors: what people prove themselves by besides a password, and who must have one."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, TextEnum, created_at, one_of, uuid_pk
from models.user import Role


class TypedFactor(StrEnum):
    """What is typed in as a second factor."""

    CODE = "code"
    RECOVERY_CODE = "recovery_code"


class AuthenticatorApp(Base):
    """The app that shows a person codes which change every 30 seconds (RFC 6238)."""

    __tablename__ = "authenticator_apps"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str]
    """The key that codes are made from, encrypted."""
    last_step: Mapped[int] = mapped_column(BigInteger)
    """The 30 seconds since 1970, counted, of the last code that was taken; neither it nor an older one is again."""
    created_at: Mapped[created_at]
    last_used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of ten codes, each good for one sign-in, for whoever lost the second factor."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index("ix_recovery_codes_user_id", "user_id"),)

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    """SHA-256 of the person's id and the code, which has 80 random bits; the code itself is kept nowhere."""
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[created_at]
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """One key pair in a person's device or password manager, which it uses once it has recognised the person."""

    __tablename__ = "passkeys"
    __table_args__ = (Index("ix_passkeys_user_id", "user_id"),)

    id: Mapped[uuid_pk]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    """How the device knows the key."""
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """How often the device says that it used the key; 0 for ever where it does not count."""
    transports: Mapped[list[str]]
    is_synced: Mapped[bool]
    """Whether it is kept in more than one device."""
    created_at: Mapped[created_at]
    last_used_at: Mapped[datetime | None]


class SpentChallenge(Base):
    """A challenge that a passkey has answered, kept for as long as it could be answered again."""

    __tablename__ = "spent_challenges"
    __table_args__ = (Index("ix_spent_challenges_expires_at", "expires_at"),)

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    """SHA-256."""
    expires_at: Mapped[datetime]


class SecondFactorTries(Base):
    """How often a person typed a second factor in a row without a right one among them; no row for none."""

    __tablename__ = "second_factor_tries"
    __table_args__ = (one_of("factor", TypedFactor),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    factor: Mapped[TypedFactor] = mapped_column(TextEnum(TypedFactor), primary_key=True)
    tries: Mapped[int]
    tried_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    """Before that nothing is tried."""


class SecondFactorRole(Base):
    """A role whose people must have a second factor."""

    __tablename__ = "second_factor_roles"
    __table_args__ = (one_of("role", Role),)

    role: Mapped[Role] = mapped_column(TextEnum(Role), primary_key=True)
    created_at: Mapped[created_at]
