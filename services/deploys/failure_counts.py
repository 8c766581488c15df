"""Numbers of failure groups: how many deploys each holds, and how it went by the hour.

Each is one query for any number of groups.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text

from models import DeployStatus, FailureGroup, FailureGroupHour
from services.database import DbSession
from services.deploys.failure_groups import hour_of

TREND_HOURS = 24
COUNT_LIMIT = 10_000
"""Deploys of a group and status that are counted at most, so that a page takes milliseconds however many there are."""
RECENT_LIMIT = 10_000
"""Failed attempts of a group, the newest, of which it is told what became of their deploys."""


@dataclass(frozen=True)
class DeployCounts:
    """The deploys whose newest failure is of a group, by what they are now; each number at most `COUNT_LIMIT`."""

    dead_lettered: int = 0
    live: int = 0
    """Being tried again, by themselves or because somebody asked for it."""
    cancelled: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether each number is exact; else there are more."""
        return max(self.dead_lettered, self.live, self.cancelled) < COUNT_LIMIT

    @property
    def to_recover(self) -> int:
        """Those that are not settled: given up, or on their way to it."""
        return self.dead_lettered + self.live


def deploy_counts(db: DbSession, fingerprints: Sequence[str]) -> dict[str, DeployCounts]:
    """How many deploys stand with each fingerprint; groups without any are there with zeros."""
    rows = db.execute(
        _COUNTS,
        {
            "fingerprints": list(fingerprints),
            "statuses": [status for status in DeployStatus if status is not DeployStatus.SUCCEEDED],
            "limit": COUNT_LIMIT,
        },
    )
    counted: dict[str, dict[str, int]] = {fingerprint: {} for fingerprint in fingerprints}
    for fingerprint, status, count in rows:
        counted[fingerprint][status] = count
    return {fingerprint: _counts(by_status) for fingerprint, by_status in counted.items()}


def trends(db: DbSession, groups: Sequence[FailureGroup], *, now: datetime) -> dict[UUID, tuple[int, ...]]:
    """Failed attempts of each group in each of the last `TREND_HOURS` hours, the hour of `now` last."""
    first = hours_until(now)[0]
    hours = {group.id: [0] * TREND_HOURS for group in groups}
    rows = db.execute(
        select(FailureGroupHour.group_id, FailureGroupHour.hour, FailureGroupHour.attempts).where(
            FailureGroupHour.group_id.in_(hours), FailureGroupHour.hour.between(first, hour_of(now))
        )
    )
    for group_id, hour, attempts in rows:
        hours[group_id][(hour - first) // timedelta(hours=1)] = attempts
    return {group_id: tuple(counts) for group_id, counts in hours.items()}


def number(count: int) -> str:
    """A count of deploys as people read it: “2,000”, or “10,000+” where it was not counted any further."""
    return f"{count:,}+" if count >= COUNT_LIMIT else f"{count:,}"


def hours_until(now: datetime) -> list[datetime]:
    """When each of the last `TREND_HOURS` hours began, the hour of `now` last."""
    return [hour_of(now) - timedelta(hours=ago) for ago in reversed(range(TREND_HOURS))]


@dataclass(frozen=True)
class Became:
    """What became of the deploys that had one of a group's newest `RECENT_LIMIT` failures."""

    deploys: int
    recovered: int
    """Succeeded since."""
    is_whole: bool
    """Whether those failures are all of the group's."""


def became(db: DbSession, group: FailureGroup) -> Became:
    """How many distinct deploys a group has met, and how many of them succeeded since."""
    deploys, recovered = db.execute(
        _BECAME,
        {"fingerprint": group.fingerprint, "limit": RECENT_LIMIT, "succeeded": DeployStatus.SUCCEEDED},
    ).one()
    return Became(deploys, recovered, is_whole=group.attempts <= RECENT_LIMIT)


def _counts(by_status: dict[str, int]) -> DeployCounts:
    live = sum(count for status, count in by_status.items() if DeployStatus(status).is_live)
    return DeployCounts(
        dead_lettered=by_status.get(DeployStatus.DEAD_LETTERED, 0),
        live=min(live, COUNT_LIMIT),
        cancelled=by_status.get(DeployStatus.CANCELLED, 0),
    )


_COUNTS = text(
    """
    SELECT f.fingerprint, s.status, c.count
    FROM unnest(CAST(:fingerprints AS text[])) AS f (fingerprint)
    CROSS JOIN unnest(CAST(:statuses AS text[])) AS s (status)
    CROSS JOIN LATERAL (
        SELECT count(*) AS count
        FROM (
            SELECT FROM deploys AS d
            WHERE d.fingerprint = f.fingerprint AND d.status = s.status
            LIMIT :limit
        ) AS counted
    ) AS c
    WHERE c.count > 0
    """
)
_BECAME = text(
    """
    SELECT count(*), count(*) FILTER (WHERE d.status = :succeeded)
    FROM (
        SELECT DISTINCT deploy_id
        FROM (
            SELECT deploy_id
            FROM deploy_attempts
            WHERE fingerprint = :fingerprint
            ORDER BY started_at DESC
            LIMIT :limit
        ) AS newest
    ) AS met
    JOIN deploys AS d ON d.id = met.deploy_id
    """
)
