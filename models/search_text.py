"""Texts by which rows are searched that change often in other respects: apart, so that only they pay for an index.

The triggers that write them delete them too; there are no foreign keys, which each insert would pay for.
"""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, trigrams


class SessionText(Base):
    """A session's purpose and target audience; written by triggers, and missing where it has neither.

    That of a session that has just begun is in `WAITING_SESSIONS` until it is indexed.
    """

    __tablename__ = "session_texts"
    __table_args__ = (trigrams("session_texts", "text"),)

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    """The session's."""
    text: Mapped[str]
    """In lower case."""


class DeployText(Base):
    """A deploy's host and who asked for it; written by triggers, and missing where it has neither."""

    __tablename__ = "deploy_texts"
    __table_args__ = (trigrams("deploy_texts", "text"),)

    deploy_id: Mapped[UUID] = mapped_column(primary_key=True)
    text: Mapped[str]
