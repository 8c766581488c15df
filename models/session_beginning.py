"""Sessions that began, until the counter ledger counts them."""

from sqlalchemy import BigInteger, Column, DateTime, Table, Text

from models.base import Base

SESSION_BEGINNINGS = Table(
    "session_beginnings",
    Base.metadata,
    Column("status", Text(), nullable=False),
    Column("hour", DateTime(timezone=True), nullable=False),
    Column("sessions", BigInteger(), nullable=False),
)
"""A row for each statement, status and hour: so many `sessions` began. No object is made of one, and it has neither key
nor index, which each insert would pay for: triggers write rows, and the worker folds all of them into the ledger."""
