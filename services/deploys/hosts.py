"""The hosts of hooks as an operator sees them: what waits there, how their circuits stand, and which limits count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from services import field_rules
from services.database import DbSession
from services.deploys.breaker import Circuit, CircuitState, Tally
from services.deploys.limits import Limits

SHOWN = 200
"""Hosts that one page shows."""
COUNTED = 10_000
"""Deploys of one kind and host that are counted at most; this many means this many or more."""

_OVERVIEW = text(
    """
    WITH RECURSIVE waiting (host, place) AS (
        SELECT (
            SELECT host FROM deploys WHERE status IN ('queued', 'retry_scheduled') AND host >= :start
            ORDER BY host LIMIT 1
        ), 1
        UNION ALL
        SELECT (
            SELECT d.host FROM deploys d WHERE d.status IN ('queued', 'retry_scheduled') AND d.host > w.host
            ORDER BY d.host LIMIT 1
        ), place + 1
        FROM waiting w WHERE w.host IS NOT NULL AND w.place < :most
    ), under_way (host, place) AS (
        SELECT (SELECT host FROM deploys WHERE status = 'in_flight' AND host >= :start ORDER BY host LIMIT 1), 1
        UNION ALL
        SELECT (
            SELECT d.host FROM deploys d WHERE d.status = 'in_flight' AND d.host > u.host ORDER BY d.host LIMIT 1
        ), place + 1
        FROM under_way u WHERE u.host IS NOT NULL AND u.place < :most
    ), by_name (host) AS (
        SELECT host FROM waiting WHERE host IS NOT NULL
        UNION SELECT host FROM under_way WHERE host IS NOT NULL
        UNION (SELECT host FROM hook_hosts WHERE host >= :start ORDER BY host LIMIT :most)
        UNION (SELECT host FROM delivery_pauses WHERE host >= :start ORDER BY host LIMIT :most)
        ORDER BY host LIMIT :most
    ), held (host) AS (
        (SELECT host FROM hook_hosts WHERE open_until IS NOT NULL ORDER BY host LIMIT :most)
        UNION (SELECT host FROM delivery_pauses WHERE host IS NOT NULL ORDER BY host LIMIT :most)
    ), names (host) AS (
        SELECT host FROM by_name UNION SELECT host FROM held WHERE :start = ''
    )
    SELECT n.host, EXISTS (SELECT FROM by_name WHERE host = n.host) AS is_by_name,
        h.max_in_flight, h.max_per_s, h.open_until, h.judged_from,
        (
            SELECT count(*) FROM (
                SELECT FROM deploys d WHERE d.host = n.host AND d.status IN ('queued', 'retry_scheduled')
                AND d.next_attempt_at <= :now LIMIT :counted
            ) bounded
        ) AS due,
        (
            SELECT count(*) FROM (
                SELECT FROM deploys d WHERE d.host = n.host AND d.status IN ('queued', 'retry_scheduled')
                AND d.next_attempt_at > :now LIMIT :counted
            ) bounded
        ) AS later,
        (
            SELECT count(*) FROM (
                SELECT FROM deploys d WHERE d.host = n.host AND d.status = 'in_flight' LIMIT :counted
            ) bounded
        ) AS under_way,
        (
            SELECT d.next_attempt_at FROM deploys d WHERE d.host = n.host AND d.status IN ('queued', 'retry_scheduled')
            ORDER BY d.next_attempt_at LIMIT 1
        ) AS first_due_at,
        o.succeeded, o.failed, p.paused_at, p.paused_by, p.reason
    FROM names n
    LEFT JOIN hook_hosts h USING (host)
    LEFT JOIN delivery_pauses p USING (host)
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(succeeded), 0)::int AS succeeded, coalesce(sum(failed), 0)::int AS failed
        FROM host_outcomes WHERE host = n.host AND slot >= greatest(:since, h.judged_from)
    ) o
    ORDER BY n.host
    """
)
"""Hosts found by one probe of a partial index for each, and no more of their deploys read than is counted."""


@dataclass(frozen=True)
class Pause:
    """Who turned a switch off, when and why."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class HostState:
    """One host, as it stands."""

    host: str
    """Empty for hooks that name none."""
    due: int
    """Deploys that wait and whose time has come."""
    later: int
    """Deploys that wait for a later time."""
    under_way: int
    first_due_at: datetime | None
    """When the first of those that wait is due, or was."""
    circuit: CircuitState
    open_until: datetime | None
    """Null while the circuit is closed."""
    window: Tally
    """What ended lately, as far as it counts for the circuit."""
    max_in_flight: int
    max_per_s: int
    own_in_flight: int | None
    own_per_s: int | None
    """The host's own limits; null where the settings count."""
    pause: Pause | None

    @property
    def needs_a_look(self) -> bool:
        """Whether its deploys wait for something else than their time."""
        return self.pause is not None or self.circuit is not CircuitState.CLOSED


@dataclass(frozen=True)
class Overview:
    """Hosts by name; on the first page also all that need a look, before the rest."""

    hosts: Sequence[HostState]
    next_start: str | None
    """The name at which they go on; null where these are all."""

    def changes_at(self, now: datetime, *, window: timedelta) -> datetime | None:
        """When the first of the hosts stands otherwise though nothing happens to it; None where none ever does.

        That is when a deploy is due, when a circuit is to be tried, or when outcomes are too old to count.
        """
        known = (at for host in self.hosts for at in (host.first_due_at, host.open_until))
        times = [at for at in known if at is not None and at > now]
        if any(host.window.total for host in self.hosts):
            times.append(now + window)
        return min(times, default=None)


def overview(db: DbSession, *, limits: Limits, now: datetime, start: str = "") -> Overview:
    """The hosts that deploys wait for or are under way to, and those that have a circuit, limits or a switch.

    One statement, which reads no more of `deploys` than it counts.

    Args:
        start: the first name to look at.
    """
    given = {"start": start, "now": now, "since": now - limits.breaker.window, "most": SHOWN + 1, "counted": COUNTED}
    rows = db.execute(_OVERVIEW, given).all()
    by_name = [row.host for row in rows if row.is_by_name]
    next_start = by_name[SHOWN] if len(by_name) > SHOWN else None
    states = [_state(db, row, limits, now) for row in rows]
    states = [state for state in states if state.host != next_start or (state.needs_a_look and not start)]
    return Overview(sorted(states, key=lambda state: (not state.needs_a_look, -state.due, state.host)), next_start)


def _state(db: DbSession, row: Any, limits: Limits, now: datetime) -> HostState:
    return HostState(
        host=row.host,
        due=row.due,
        later=row.later,
        under_way=row.under_way,
        first_due_at=row.first_due_at,
        circuit=Circuit(row.open_until, row.judged_from).state(now),
        open_until=row.open_until,
        window=Tally(row.succeeded, row.failed),
        max_in_flight=row.max_in_flight or limits.host_in_flight,
        max_per_s=row.max_per_s or limits.host_per_s,
        own_in_flight=row.max_in_flight,
        own_per_s=row.max_per_s,
        pause=Pause(row.paused_at, field_rules.shown_name(db, row.paused_by), row.reason) if row.paused_at else None,
    )
