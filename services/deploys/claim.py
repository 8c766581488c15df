"""Taking deploys for delivery: `deploys` is its own queue, with a lane for each host.

Each host's row is locked while its deploys are taken, so that its limits hold for all workers together; a worker
passes over rows that another has locked, so none waits for another. What a host has waiting costs nothing while the
host is at its limits, paused, or its circuit open: only the rows that are taken are touched.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import text

from models import DeployTrigger
from services import vault
from services.database import DbSession
from services.deploys.breaker import Circuit
from services.deploys.delivery import Delivery
from services.deploys.fairness import Lane, share
from services.deploys.limits import Limits
from services.deploys.waiting_hosts import WAITING_HOSTS
from services.vault import SealedError, Vault

HOSTS_AT_ONCE = 100
"""Hosts that one claim looks at; those that waited longest come first, so that each has its turn."""

_DUE = text(
    WAITING_HOSTS  # noqa: S608 - both parts are ours
    + """
    SELECT w.host, h.host IS NOT NULL AS known, (
        SELECT count(*) FROM (
            SELECT FROM deploys d
            WHERE d.host = w.host AND d.status IN ('queued', 'retry_scheduled') AND d.next_attempt_at <= :now
            LIMIT least(:free, coalesce(h.max_in_flight, :host_in_flight))
        ) bounded
    ) AS due
    FROM waiting w LEFT JOIN hook_hosts h USING (host)
    WHERE EXISTS (
        SELECT FROM deploys d
        WHERE d.host = w.host AND d.status IN ('queued', 'retry_scheduled') AND d.next_attempt_at <= :now
    )
    AND NOT EXISTS (SELECT FROM delivery_pauses p WHERE p.host IS NULL OR p.host = w.host)
    AND (h.open_until IS NULL OR h.open_until <= :now)
    AND (h.rate_at IS NULL OR (:now - h.rate_at) * coalesce(h.max_per_s, :host_per_s) >= interval '999999 microseconds')
    AND (SELECT count(*) FROM deploys d WHERE d.host = w.host AND d.status = 'in_flight')
        < CASE WHEN h.open_until IS NULL THEN coalesce(h.max_in_flight, :host_in_flight) ELSE 1 END
    ORDER BY h.served_at NULLS FIRST, w.host
    LIMIT :most
    """
)
"""Hosts with deploys that are due, found by one probe of the index for each host, however many deploys wait.

Those without room are left out here too, roughly, since the hosts that one claim looks at must be worth the look; what
they may really have is decided once they are locked.
"""
_ADD_HOSTS = text("INSERT INTO hook_hosts (host) SELECT unnest(CAST(:hosts AS text[])) ON CONFLICT DO NOTHING")
_LOCK_HOSTS = text(
    """
    SELECT host, max_in_flight, max_per_s, rate_at, open_until, judged_from FROM hook_hosts
    WHERE host = ANY(CAST(:hosts AS text[]))
    ORDER BY served_at NULLS FIRST, host
    FOR UPDATE SKIP LOCKED
    """
)
_IN_FLIGHT = text(
    """
    SELECT host, count(*) AS under_way FROM deploys
    WHERE status = 'in_flight' AND host = ANY(CAST(:hosts AS text[])) GROUP BY host
    """
)
_TAKE = text(
    """
    WITH taken AS (
        SELECT d.id FROM unnest(CAST(:hosts AS text[]), CAST(:counts AS int[])) AS lane (host, count)
        CROSS JOIN LATERAL (
            SELECT id FROM deploys
            WHERE host = lane.host AND status IN ('queued', 'retry_scheduled') AND next_attempt_at <= :now
            AND hook_key = ANY(CAST(:keys AS text[]))
            AND NOT EXISTS (SELECT FROM delivery_pauses p WHERE p.host IS NULL OR p.host = lane.host)
            ORDER BY next_attempt_at, id LIMIT lane.count
            FOR UPDATE SKIP LOCKED
        ) d
    ), claimed AS (
        UPDATE deploys d SET status = 'in_flight', next_attempt_at = NULL FROM taken WHERE d.id = taken.id
        RETURNING d.id, d.host, d.hook_sealed, d.idempotency_key, d.trigger, d.session_id
    ), opened AS (
        INSERT INTO deploy_attempts (id, deploy_id, attempt_number, started_at)
        SELECT gen_random_uuid(), c.id, (
            SELECT coalesce(max(a.attempt_number), 0) + 1 FROM deploy_attempts a WHERE a.deploy_id = c.id
        ), :now
        FROM claimed c
        RETURNING id, deploy_id, attempt_number
    )
    SELECT c.*, o.id AS attempt_id, o.attempt_number, (
        SELECT p.id FROM projects p WHERE p.onboarding_session_id = c.session_id LIMIT 1
    ) AS project_id
    FROM claimed c JOIN opened o ON o.deploy_id = c.id
    """
)
"""It asks for pauses again, so that one that was committed since the first look holds at once. What this worker has no
key for is left to one that has it."""
_SERVED = text(
    """
    UPDATE hook_hosts h SET served_at = :now, rate_at = served.rate_at
    FROM unnest(CAST(:hosts AS text[]), CAST(:rates AS timestamptz[])) AS served (host, rate_at)
    WHERE h.host = served.host
    """
)


def claim(db: DbSession, *, free: int, now: datetime, limits: Limits) -> list[Delivery]:
    """Take up to `free` deploys that are due and write their attempts, to be committed before the POSTs.

    Returns:
        The attempts to make; fewer than `free` where fewer are due, or their hosts' limits, pauses and circuits
        allow no more.
    """
    lanes = _lanes(db, _due_hosts(db, free, now, limits), limits)
    counts = share(lanes, free, now=now)
    if not counts:
        return []
    keeper = vault.of(db)
    values = {"hosts": list(counts), "counts": list(counts.values()), "now": now, "keys": list(keeper.key_ids)}
    rows = db.execute(_TAKE, values).mappings().all()
    _mark_served(db, lanes, [row["host"] for row in rows], now)
    return [
        Delivery(
            deploy_id=row["id"],
            attempt_id=row["attempt_id"],
            attempt_number=row["attempt_number"],
            hook_url=_opened(keeper, row["hook_sealed"]),
            idempotency_key=row["idempotency_key"],
            trigger=DeployTrigger(row["trigger"]),
            session_id=row["session_id"],
            project_id=row["project_id"],
            started_at=now,
        )
        for row in rows
    ]


def _opened(keeper: Vault, token: str) -> str:
    """The hook; an empty one where what is stored is spoilt, which then can't be called, and holds up no other."""
    try:
        return keeper.open(token)
    except SealedError:
        return ""


def _due_hosts(db: DbSession, free: int, now: datetime, limits: Limits) -> dict[str, int]:
    """Hosts that may be served, and how many of their deploys are due, as far as they could be taken."""
    usual = {"host_in_flight": limits.host_in_flight, "host_per_s": limits.host_per_s}
    rows = db.execute(_DUE, {"now": now, "free": free, "most": HOSTS_AT_ONCE} | usual).all()
    if new := [row.host for row in rows if not row.known]:
        db.execute(_ADD_HOSTS, {"hosts": new})
    return {row.host: row.due for row in rows}


def _lanes(db: DbSession, due: Mapping[str, int], limits: Limits) -> list[Lane]:
    """The hosts' lanes, locked; without those that another worker has locked."""
    if not due:
        return []
    rows = db.execute(_LOCK_HOSTS, {"hosts": list(due)}).all()
    # Counted after the lock, since a statement does not see what was committed while it waited for one.
    counted = db.execute(_IN_FLIGHT, {"hosts": [row.host for row in rows]})
    in_flight = {row.host: row.under_way for row in counted}
    return [
        Lane(
            host=row.host,
            max_in_flight=row.max_in_flight or limits.host_in_flight,
            max_per_s=row.max_per_s or limits.host_per_s,
            in_flight=in_flight.get(row.host, 0),
            rate_at=row.rate_at,
            circuit=Circuit(row.open_until, row.judged_from),
            due=due[row.host],
        )
        for row in rows
    ]


def _mark_served(db: DbSession, lanes: Sequence[Lane], taken: Sequence[str], now: datetime) -> None:
    served = [lane for lane in lanes if lane.host in taken]
    rates = [lane.rate_after(taken.count(lane.host), now) for lane in served]
    db.execute(_SERVED, {"hosts": [lane.host for lane in served], "rates": rates, "now": now})
