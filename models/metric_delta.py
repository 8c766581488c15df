"""The counter ledger: totals of large tables without counting them."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class MetricDelta(Base):
    """A change to one counter; a counter's value is the sum of its deltas.

    Triggers only insert, so writers never wait for each other; the worker folds many rows into one. What
    sessions count for that have just begun is in `SESSION_BEGINNINGS` until then.
    """

    __tablename__ = "metric_deltas"
    __table_args__ = (Index("ix_metric_deltas_metric_label_bucket", "metric", "label", "bucket"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    metric: Mapped[str]
    """The counted table, by what its rows are now; or `sessions_reached`, `projects_reached`: by what they came to."""
    label: Mapped[str]
    """The status counted; of attempts `succeeded` or `failed`, of what came into being also `started`."""
    bucket: Mapped[datetime]
    """The hour of the change, of attempts that in which they began; of a table's rows the last that was folded."""
    delta: Mapped[int] = mapped_column(BigInteger)
