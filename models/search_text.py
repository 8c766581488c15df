"""Texts by which rows are searched that change often in other respects: apart, so that only they pay for an index."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, trigrams

SEPARATOR = "\x1f"
"""What stands between the columns of one text: a control character, which no search can hold."""


class SessionText(Base):
    """A session's purpose and target audience; written by triggers, and missing where it has neither."""

    __tablename__ = "session_texts"
    __table_args__ = (trigrams("session_texts", "text"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("onboarding_sessions.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str]


class DeployText(Base):
    """A deploy's host and who asked for it; written by triggers, and missing where it has neither."""

    __tablename__ = "deploy_texts"
    __table_args__ = (trigrams("deploy_texts", "text"),)

    deploy_id: Mapped[UUID] = mapped_column(ForeignKey("deploys.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str]
