"""How hosts fare: counted as POSTs end, and their circuits opened and closed by it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import text

from services.database import DbSession
from services.deploys.breaker import Circuit, Tally, after
from services.deploys.limits import BreakerLimits

SLOT_S = 10
"""Seconds that one row of `host_outcomes` covers."""
KEPT = timedelta(hours=1)
"""How long those rows are kept; circuits look back over minutes."""

_COUNT = text(
    """
    INSERT INTO host_outcomes (host, slot, succeeded, failed)
    SELECT host, date_bin(make_interval(secs => :slot_s), :now, 'epoch'), succeeded, failed
    FROM unnest(CAST(:hosts AS text[]), CAST(:succeeded AS int[]), CAST(:failed AS int[]))
        AS t (host, succeeded, failed)
    ORDER BY host
    ON CONFLICT (host, slot) DO UPDATE
    SET succeeded = host_outcomes.succeeded + excluded.succeeded, failed = host_outcomes.failed + excluded.failed
    """
)
_JUDGED = text(
    """
    SELECT h.host, h.open_until, h.judged_from, w.succeeded, w.failed
    FROM (
        SELECT * FROM hook_hosts
        WHERE host = ANY(CAST(:failing AS text[])) OR (host = ANY(CAST(:hosts AS text[])) AND open_until IS NOT NULL)
        ORDER BY host FOR UPDATE
    ) h
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(o.succeeded), 0)::int AS succeeded, coalesce(sum(o.failed), 0)::int AS failed
        FROM host_outcomes o
        WHERE o.host = h.host AND o.slot >= greatest(:since, h.judged_from)
    ) w
    """
)
_SWITCH = text("UPDATE hook_hosts SET open_until = :open_until, judged_from = :judged_from WHERE host = :host")
_FORGET = text("DELETE FROM host_outcomes WHERE slot < :before")


def note(db: DbSession, tallies: Mapping[str, Tally], *, now: datetime, limits: BreakerLimits) -> list[str]:
    """Count what just ended, by host, and open or close circuits by it.

    Returns:
        The hosts whose circuits changed.
    """
    counted = {host: tally for host, tally in sorted(tallies.items()) if tally.total}
    if not counted:
        return []
    db.execute(
        _COUNT,
        {
            "hosts": list(counted),
            "succeeded": [tally.succeeded for tally in counted.values()],
            "failed": [tally.failed for tally in counted.values()],
            "slot_s": SLOT_S,
            "now": now,
        },
    )
    return list(_judge(db, counted, now, limits))


def forget_old(db: DbSession, *, now: datetime) -> None:
    """Delete counts that no circuit looks at any more."""
    db.execute(_FORGET, {"before": now - KEPT})


def _judge(db: DbSession, counted: Mapping[str, Tally], now: datetime, limits: BreakerLimits) -> Iterable[str]:
    failing = [host for host, tally in counted.items() if tally.failed]
    rows = db.execute(_JUDGED, {"failing": failing, "hosts": list(counted), "since": now - limits.window}).all()
    for row in rows:
        circuit = Circuit(row.open_until, row.judged_from)
        window = Tally(row.succeeded, row.failed)
        changed = after(circuit, counted[row.host], window, now=now, limits=limits)
        if changed != circuit:
            db.execute(
                _SWITCH,
                {"host": row.host, "open_until": changed.open_until, "judged_from": changed.judged_from},
            )
            yield row.host
