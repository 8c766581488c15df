"""People: those who fill in the wizard and those who sign in to the console."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import BY_BEGINNING, Base, TextEnum, beginnings, created_at, one_of, trigrams, uuid_pk


class Role(StrEnum):
    """What a person may do; each role is a column of services.permissions' table."""

    MEMBER = "member"
    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"


class Density(StrEnum):
    """How close the rows of lists stand."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


class User(Base):
    """One person; the sign-in columns are null for people who never sign in."""

    __tablename__ = "users"
    __table_args__ = (
        one_of("role", Role),
        one_of("density", Density),
        Index("uq_users_email_lower", func.lower(text("email")), unique=True),
        Index("ix_users_created_at_id", text("created_at DESC"), text("id DESC")),
        Index("ix_users_role_created_at", "role", text("created_at DESC"), postgresql_where=text("role IS NOT NULL")),
        beginnings("users", "email"),
        beginnings("users", "name", "email"),
        trigrams("users", "email"),
        trigrams("users", "name"),
    )

    id: Mapped[uuid_pk]
    email: Mapped[str] = mapped_column(info=BY_BEGINNING)
    name: Mapped[str | None] = mapped_column(info=BY_BEGINNING)
    created_at: Mapped[created_at]
    role: Mapped[Role | None] = mapped_column(TextEnum(Role))
    password: Mapped[str | None]
    """An argon2 hash; never the password."""
    active: Mapped[bool | None]
    """False or null keeps the person out, whatever the password."""
    fs_uniquifier: Mapped[str | None] = mapped_column(unique=True)
    """What sign-in cookies and tokens name; a new value ends them all."""
    second_factor_since: Mapped[datetime | None]
    """Since when the password alone does not let the person in; null where it does. Set by services.second_factors."""
    density: Mapped[Density | None] = mapped_column(TextEnum(Density))
    """As the person chose it last, in whichever browser; null until then."""

    def __str__(self) -> str:
        return self.name or self.email
