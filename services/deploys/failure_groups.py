"""Failure groups: noting what failed, a whole batch at a time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.database import DbSession
from services.deploys.fingerprint import Likeness

HOURS_KEPT = timedelta(days=31)


@dataclass(frozen=True)
class Seen:
    """One failed attempt."""

    attempt_id: UUID
    likeness: Likeness
    at: datetime
    """When it failed."""


def note(db: DbSession, seen: Sequence[Seen]) -> None:
    """Count failed attempts to their groups, making those that are new; a resolved group that fails again reopens.

    An ignored group stays ignored, and so does a resolved one of which an older failure is only told of late.

    Call it once a transaction, as late as can be: each group's row stays locked until the commit. Rows are locked in
    the order of their fingerprints, so that two workers wait for each other but never both ways.
    """
    if seen:
        db.execute(_NOTE, _groups(seen) | _hours(seen))


def _groups(seen: Sequence[Seen]) -> dict[str, list[Any]]:
    """One entry a fingerprint in each list, in the order of fingerprints."""
    ordered = sorted(seen, key=lambda one: (one.likeness.fingerprint, one.at))
    newest = {one.likeness.fingerprint: one for one in ordered}
    first = {one.likeness.fingerprint: one.at for one in reversed(ordered)}
    attempts = Counter(one.likeness.fingerprint for one in ordered)
    return {
        "fingerprints": list(newest),
        "hosts": [one.likeness.host for one in newest.values()],
        "phases": [one.likeness.phase for one in newest.values()],
        "codes": [one.likeness.status_code for one in newest.values()],
        "shapes": [one.likeness.shape for one in newest.values()],
        "firsts": [first[fingerprint] for fingerprint in newest],
        "lasts": [one.at for one in newest.values()],
        "counts": [attempts[fingerprint] for fingerprint in newest],
        "samples": [one.attempt_id for one in newest.values()],
    }


def _hours(seen: Sequence[Seen]) -> dict[str, list[Any]]:
    counts = Counter((one.likeness.fingerprint, hour_of(one.at)) for one in seen)
    return {
        "hour_fingerprints": [fingerprint for fingerprint, _ in counts],
        "hours": [hour for _, hour in counts],
        "hour_counts": list(counts.values()),
    }


def forget_old(db: DbSession, *, now: datetime) -> None:
    """Delete the counts of hours that no trend shows any more; the groups themselves stay."""
    db.execute(_FORGET, {"before": now - HOURS_KEPT})


def hour_of(at: datetime) -> datetime:
    """When the hour began, in UTC, whatever the time's own zone."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


_FORGET = text("DELETE FROM failure_group_hours WHERE hour < :before")
_NOTE = text(
    """
    WITH seen AS (
        SELECT *
        FROM unnest(
            CAST(:fingerprints AS text[]), CAST(:hosts AS text[]), CAST(:phases AS text[]), CAST(:codes AS int[]),
            CAST(:shapes AS text[]), CAST(:firsts AS timestamptz[]), CAST(:lasts AS timestamptz[]),
            CAST(:counts AS int[]), CAST(:samples AS uuid[])
        ) AS s (fingerprint, host, phase, status_code, shape, first_at, last_at, attempts, sample)
        ORDER BY fingerprint
    ), noted AS (
        INSERT INTO failure_groups AS g (
            fingerprint, host, phase, status_code, shape, first_seen_at, last_seen_at, attempts, sample_attempt_id
        )
        SELECT fingerprint, host, phase, status_code, shape, first_at, last_at, attempts, sample FROM seen
        ON CONFLICT (fingerprint) DO UPDATE SET
            attempts = g.attempts + excluded.attempts,
            first_seen_at = least(g.first_seen_at, excluded.first_seen_at),
            last_seen_at = greatest(g.last_seen_at, excluded.last_seen_at),
            sample_attempt_id = CASE
                WHEN excluded.last_seen_at >= g.last_seen_at THEN excluded.sample_attempt_id
                ELSE g.sample_attempt_id
            END,
            (status, status_at, status_by, reopened_at) = (
                SELECT
                    CASE WHEN came_back THEN 'open' ELSE g.status END,
                    CASE WHEN came_back THEN excluded.last_seen_at ELSE g.status_at END,
                    CASE WHEN came_back THEN NULL ELSE g.status_by END,
                    CASE WHEN came_back THEN excluded.last_seen_at ELSE g.reopened_at END
                FROM (
                    SELECT g.status = 'resolved' AND excluded.last_seen_at >= coalesce(g.status_at, '-infinity')
                ) AS c (came_back)
            )
        RETURNING id, fingerprint
    )
    INSERT INTO failure_group_hours AS h (group_id, hour, attempts)
    SELECT noted.id, s.hour, s.attempts
    FROM unnest(
        CAST(:hour_fingerprints AS text[]), CAST(:hours AS timestamptz[]), CAST(:hour_counts AS int[])
    ) AS s (fingerprint, hour, attempts)
    JOIN noted USING (fingerprint)
    ORDER BY s.fingerprint, s.hour
    ON CONFLICT (group_id, hour) DO UPDATE SET attempts = h.attempts + excluded.attempts
    """
)
