"""Claiming and recording as a worker does, one deploy or a few at a time."""

from datetime import timedelta
from random import Random

from sqlalchemy import select

from models import DeployAttempt
from services.deploys.claim import claim
from services.deploys.delivery import Ended
from services.deploys.limits import Limits
from services.deploys.lost import close_lost
from services.deploys.outcome import AttemptOutcome
from services.deploys.record import record
from tests.conftest import NOW

LONG_AGO = NOW - timedelta(days=1)
CREATED = AttemptOutcome(duration_ms=80, status_code=201, response_excerpt='{"job": 1}')
BUSY = AttemptOutcome(duration_ms=90, status_code=503, response_excerpt="<h1>busy</h1>")
MISSING = AttemptOutcome(duration_ms=40, status_code=404, response_excerpt="no such hook")
GONE = AttemptOutcome(duration_ms=40, status_code=410, response_excerpt="gone")
LIMITS = Limits()


def take(db, *, now=NOW, free=50, limits=LIMITS):
    """Claim what is due; the records see it."""
    deliveries = claim(db, free=free, now=now, limits=limits)
    db.expire_all()
    return deliveries


def end(db, delivery, outcome, *, now=NOW, limits=LIMITS):
    """Record one outcome; the verdict, or None where nothing follows."""
    return end_all(db, {delivery: outcome}, now=now, limits=limits).get(delivery.attempt_id)


def end_all(db, outcomes, *, now=NOW, limits=LIMITS):
    """Record outcomes by their deliveries; the verdicts by attempt."""
    ended = [Ended(delivery.attempt_id, outcome) for delivery, outcome in outcomes.items()]
    verdicts = record(db, ended, now=now, random=Random(7), limits=limits)
    db.expire_all()
    return verdicts


def sweep(db, *, now, connected_at=LONG_AGO):
    """Close what lost its worker; how many there were."""
    found = close_lost(db, now=now, connected_at=connected_at, random=Random(7), limits=LIMITS)
    db.expire_all()
    return found


def attempts(db, deploy):
    rows = select(DeployAttempt).where(DeployAttempt.deploy_id == deploy.id).order_by(DeployAttempt.attempt_number)
    return db.scalars(rows.execution_options(populate_existing=True)).all()
