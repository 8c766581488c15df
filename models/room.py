"""Rooms: where people work on a project's prompt together."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import BY_BEGINNING, Base, TextEnum, beginnings, created_at, one_of, trigrams, updated_at, uuid_pk
from models.project import ComboType, Project
from models.user import User


class Room(Base):
    """One place where people meet over a project."""

    __tablename__ = "rooms"
    __table_args__ = (
        Index("ix_rooms_created_at_id", text("created_at DESC"), text("id DESC")),
        beginnings("rooms", "name"),
        trigrams("rooms", "name"),
    )

    id: Mapped[uuid_pk]
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(info=BY_BEGINNING)
    created_at: Mapped[created_at]

    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    state: Mapped["RoomState | None"] = relationship(lazy="raise_on_sql", back_populates="room", passive_deletes=True)
    participants: Mapped[list["RoomParticipant"]] = relationship(
        lazy="raise_on_sql", back_populates="room", order_by="RoomParticipant.joined_at", passive_deletes=True
    )

    def __str__(self) -> str:
        return self.name


class RoomState(Base):
    """What a room shows now; one a room."""

    __tablename__ = "room_states"
    __table_args__ = (
        one_of("selected_combo_type", ComboType),
        trigrams("room_states", "current_prompt_text"),
    )

    id: Mapped[uuid_pk]
    room_id: Mapped[UUID] = mapped_column(ForeignKey("rooms.id", ondelete="CASCADE"), unique=True)
    current_prompt_text: Mapped[str | None]
    selected_combo_type: Mapped[ComboType | None] = mapped_column(TextEnum(ComboType))
    updated_at: Mapped[updated_at]

    room: Mapped[Room] = relationship(lazy="raise_on_sql", back_populates="state")


class RoomParticipant(Base):
    """One person's presence in a room."""

    __tablename__ = "room_participants"
    __table_args__ = (UniqueConstraint("room_id", "user_id"),)

    id: Mapped[uuid_pk]
    room_id: Mapped[UUID] = mapped_column(ForeignKey("rooms.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    joined_at: Mapped[datetime] = mapped_column(server_default=func.now())

    room: Mapped[Room] = relationship(lazy="raise_on_sql", back_populates="participants")
    user: Mapped[User] = relationship(lazy="raise_on_sql")
