"""Sessions that have just begun, until the worker enters them."""

from sqlalchemy import Column, DateTime, Table, Text, Uuid

from models.base import Base

WAITING_SESSIONS = Table(
    "waiting_sessions",
    Base.metadata,
    Column("session_id", Uuid(), nullable=False),
    Column("user_id", Uuid(), nullable=False),
    Column("text", Text()),
    Column("status", Text(), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text()),
)
"""What is to be written of each: its `text`, as `SessionText` has it, empty where it says nothing and null once it is
indexed; and its first `status`, as `StatusChange` has it, which counts as one that began. No object is made of one, and
it has no key nor index, which each insert would pay for: triggers write rows, all are read, the worker moves them."""
