"""Reading failure groups: the list, and one with everything about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import joinedload

from models import Deploy, DeployAttempt, FailureGroup, FailureGroupStatus
from services import text
from services.database import DbSession
from services.deploys import failure_words, triage
from services.deploys.failure_counts import Became, DeployCounts, became, deploy_counts, trends
from services.errors import InvalidInputError

PAGE_LENGTH = 50
"""Groups of one page."""
CANDIDATES = 100
"""Groups that failed last, among which those with most deploys are looked for."""
NEWEST_DEPLOYS = 10
NEWEST_ATTEMPTS = 50
"""Failed attempts among which a group's newest deploys are looked for."""
HOST_LIMIT = 300


class FailureTab(StrEnum):
    """Which groups a list shows."""

    OPEN = "open"
    RESOLVED = "resolved"
    IGNORED = "ignored"
    ALL = "all"


class FailureOrder(StrEnum):
    """Which groups come first: those that failed last, or those that hold most deploys."""

    NEWEST = "newest"
    MOST = "most"


@dataclass(frozen=True)
class GroupRow:
    """A group with its numbers."""

    group: FailureGroup
    deploys: DeployCounts
    trend: tuple[int, ...]
    """Failed attempts in each of the last 24 hours, the present hour last."""

    @property
    def title(self) -> str:
        return failure_words.title(self.group)

    @property
    def trend_words(self) -> str:
        return failure_words.trend(self.trend)

    @property
    def why_no_recovery(self) -> str | None:
        """What keeps its deploys from being recovered; None where nothing does."""
        return (
            None if self.deploys.dead_lettered else "None of its deploys is given up, so there is nothing to recover."
        )


@dataclass(frozen=True)
class GroupPage:
    """Some groups of a list."""

    rows: list[GroupRow]
    next_cursor: str | None
    """Where the next ones begin; None where there are no more, or more than can be put in that order."""


@dataclass(frozen=True)
class GroupDetails:
    """A group, what became of its deploys, an example, and the newest deploys that met it."""

    row: GroupRow
    became: Became
    sample: DeployAttempt | None
    """Its newest attempt that is still there, with its deploy and session."""
    newest: Sequence[Deploy]
    """With their sessions."""


def list_groups(
    db: DbSession,
    *,
    now: datetime,
    tab: FailureTab = FailureTab.OPEN,
    host: str | None = None,
    order: FailureOrder = FailureOrder.NEWEST,
    limit: int = PAGE_LENGTH,
    cursor: str | None = None,
) -> GroupPage:
    """Groups with their numbers; what each of them costs does not grow with how often it failed.

    Args:
        host: only that host's, as it stands in the groups.
        order: those with most deploys are looked for among the `CANDIDATES` newest.
        cursor: the `next_cursor` of the page before; only where the newest come first.

    Raises:
        InvalidInputError: the cursor is none, or the host can't be one.
    """
    query = _newest_first(tab, text.clean(host, field="host", limit=HOST_LIMIT))
    if order is FailureOrder.MOST:
        return GroupPage(_most_first(rows_of(db, db.scalars(query.limit(CANDIDATES)).all(), now=now))[:limit], None)
    if cursor:
        query = query.where(tuple_(FailureGroup.last_seen_at, FailureGroup.id) < _parse_cursor(cursor))
    groups = db.scalars(query.limit(limit + 1)).all()
    rows = rows_of(db, groups[:limit], now=now)
    return GroupPage(rows, _cursor(groups[limit - 1]) if len(groups) > limit else None)


def find_by_fingerprint(db: DbSession, fingerprint: str) -> FailureGroup | None:
    """The group of the failures with this fingerprint, which may be any text."""
    if not text.is_storable(fingerprint):
        return None
    return db.scalar(select(FailureGroup).where(FailureGroup.fingerprint == fingerprint))


def get_group(db: DbSession, group_id: UUID, *, now: datetime) -> GroupDetails:
    """Raises:
    NotFoundError: there is no such group.
    """
    group = triage.get(db, group_id)
    [row] = rows_of(db, [group], now=now)
    newest = _newest_attempts(db, group)
    deploys = list({attempt.deploy_id: attempt.deploy for attempt in newest}.values())
    return GroupDetails(
        row, became(db, group), _sample(db, group) or next(iter(newest), None), deploys[:NEWEST_DEPLOYS]
    )


def rows_of(db: DbSession, groups: Sequence[FailureGroup], *, now: datetime) -> list[GroupRow]:
    """The groups with their numbers, in the order in which they come; two queries for all of them."""
    counts = deploy_counts(db, [group.fingerprint for group in groups])
    hours = trends(db, groups, now=now)
    return [GroupRow(group, counts[group.fingerprint], hours[group.id]) for group in groups]


def _newest_first(tab: FailureTab, host: str | None) -> Select[FailureGroup]:
    query = select(FailureGroup).order_by(FailureGroup.last_seen_at.desc(), FailureGroup.id.desc())
    if tab is not FailureTab.ALL:
        query = query.where(FailureGroup.status == FailureGroupStatus(tab))
    return query.where(FailureGroup.host == host) if host else query


def _most_first(rows: list[GroupRow]) -> list[GroupRow]:
    """Stable, so that of two with as many the one that failed last comes first."""
    return sorted(rows, key=lambda row: (row.deploys.to_recover, row.group.attempts), reverse=True)


def _cursor(group: FailureGroup) -> str:
    return f"{group.last_seen_at.isoformat()}~{group.id}"


def _parse_cursor(cursor: str) -> tuple[datetime, UUID]:
    at, _, group_id = cursor.partition("~")
    try:
        parsed = datetime.fromisoformat(at), UUID(group_id)
        if parsed[0].tzinfo is None:
            raise ValueError("a time without a zone")
    except ValueError:
        raise InvalidInputError("This is not the cursor of a page; begin without one.", field="cursor") from None
    return parsed


def _sample(db: DbSession, group: FailureGroup) -> DeployAttempt | None:
    if group.sample_attempt_id is None:
        return None
    return db.scalar(
        select(DeployAttempt)
        .where(DeployAttempt.id == group.sample_attempt_id)
        .options(joinedload(DeployAttempt.deploy).joinedload(Deploy.session))
    )


def _newest_attempts(db: DbSession, group: FailureGroup) -> Sequence[DeployAttempt]:
    return db.scalars(
        select(DeployAttempt)
        .where(DeployAttempt.fingerprint == group.fingerprint)
        .options(joinedload(DeployAttempt.deploy).joinedload(Deploy.session))
        .order_by(DeployAttempt.started_at.desc())
        .limit(NEWEST_ATTEMPTS)
    ).all()
