"""Failure groups as programs see them."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.rows import AttemptRow, attempt_row
from api.schema import Shape
from models import FailureGroupStatus
from services.deploys.failure_counts import COUNT_LIMIT, RECENT_LIMIT, TREND_HOURS
from services.deploys.failures import GroupDetails, GroupRow

_AT_MOST = f"Counted up to {COUNT_LIMIT:,}."


class FailureGroupDeploys(Shape):
    """The deploys whose newest failure is of the group, by what they are now."""

    dead_lettered: int = Field(description=_AT_MOST)
    live: int = Field(description=f"Being tried again. {_AT_MOST}")
    cancelled: int = Field(description=_AT_MOST)


class FailureGroupRow(Shape):
    """Failed attempts that look alike."""

    id: UUID
    fingerprint: str = Field(description="As in the rows of deploys and attempts.")
    title: str = Field(description="The group in one line, for people. Holds other people's text.")
    host: str
    phase: str = Field(description="How far the POST got: an error kind, or “status” where an answer came.")
    status_code: int | None
    shape: str = Field(description="The answer without what varies from one to the next. Other people's text.")
    status: FailureGroupStatus
    status_at: datetime | None = Field(description="When it got its status; null where it never had another.")
    status_by: str | None = Field(description="Who gave it; null where it reopened by itself.")
    reopened_at: datetime | None = Field(description="When it came back after it had been resolved.")
    first_seen_at: datetime
    last_seen_at: datetime
    attempts: int = Field(description="Failed attempts in all.")
    deploys: FailureGroupDeploys
    trend: list[int] = Field(
        min_length=TREND_HOURS,
        max_length=TREND_HOURS,
        description=f"Failed attempts in each of the last {TREND_HOURS} hours, the present hour last.",
    )


class FailureGroupList(Shape):
    """Some failure groups."""

    groups: list[FailureGroupRow]
    next_cursor: str | None = Field(description="Send it as `cursor` for the next ones; null where there are none.")


class OneFailureGroup(Shape):
    """A failure group, what became of the deploys that met it, and an example."""

    group: FailureGroupRow
    met_by: int = Field(description=f"Distinct deploys that had one of the newest {RECENT_LIMIT:,} failures.")
    recovered: int = Field(description="Those of them that succeeded since.")
    sample: AttemptRow | None = Field(description="The newest attempt that failed like this, if one is left.")


def failure_group_row(row: GroupRow) -> FailureGroupRow:
    names = FailureGroupRow.model_fields.keys() - {"title", "deploys", "trend"}
    deploys = FailureGroupDeploys(
        dead_lettered=row.deploys.dead_lettered, live=row.deploys.live, cancelled=row.deploys.cancelled
    )
    return FailureGroupRow(
        **{name: getattr(row.group, name) for name in names}, title=row.title, deploys=deploys, trend=list(row.trend)
    )


def one_failure_group(details: GroupDetails) -> OneFailureGroup:
    return OneFailureGroup(
        group=failure_group_row(details.row),
        met_by=details.became.deploys,
        recovered=details.became.recovered,
        sample=attempt_row(details.sample) if details.sample else None,
    )
