"""Recording what attempts came to, many in one transaction, and what follows for their deploys and sessions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import text

from models import DeployStatus, ErrorKind
from services.database import DbSession
from services.deploys import attempts, backoff, failure_groups, gone, host_health
from services.deploys.attempts import Closing, Locked
from services.deploys.breaker import Tally, tally
from services.deploys.delivery import Ended
from services.deploys.failure_groups import Seen
from services.deploys.fingerprint import Likeness, likeness
from services.deploys.limits import Limits
from services.deploys.mirror import Reflection, mirror
from services.deploys.outcome import AttemptOutcome
from services.deploys.verdict import Verdict, asks_for_patience, judge


@dataclass(frozen=True)
class Step:
    """What follows from an outcome for its deploy."""

    attempt: Locked
    outcome: AttemptOutcome
    verdict: Verdict
    status: DeployStatus
    next_attempt_at: datetime | None
    likeness: Likeness | None


_MOVE = text(
    """
    UPDATE deploys d SET status = s.status, next_attempt_at = s.next_attempt_at, fingerprint = s.fingerprint
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:statuses AS text[]), CAST(:next_attempt_ats AS timestamptz[]),
        CAST(:prints AS text[])
    ) AS s (id, status, next_attempt_at, fingerprint)
    WHERE d.id = s.id
    """
)


def record(
    db: DbSession, ended: Sequence[Ended], *, now: datetime, random: Random, limits: Limits
) -> dict[UUID, Verdict]:
    """Write outcomes and what follows.

    Returns:
        The verdicts by attempt; without those from which nothing follows: the attempt had been taken for lost and
        did not succeed, so that the one after it counts, or it has an outcome already.
    """
    locked = attempts.lock(db, [one.attempt_id for one in ended])
    open_still = [one for one in ended if _is_open(locked.get(one.attempt_id))]
    if not open_still:
        return {}
    likenesses = _likenesses(open_still, locked)
    attempts.close(db, open_still, likenesses)
    steps = _one_a_deploy(
        _step(locked[one.attempt_id], one.outcome, likenesses.get(one.attempt_id), now, random, limits)
        for one in open_still
        if _counts(locked[one.attempt_id], judge(one.outcome))
    )
    _move(db, steps)
    _mark_hooks(db, steps, now)
    host_health.note(db, _tallies(open_still, locked), now=now, limits=limits.breaker)
    failure_groups.note(db, [Seen(attempt_id, found, now) for attempt_id, found in likenesses.items()])
    return {step.attempt.attempt_id: step.verdict for step in steps}


def _is_open(attempt: Locked | None) -> bool:
    return attempt is not None and attempt.closing is not Closing.AGAIN


def _likenesses(ended: Sequence[Ended], locked: Mapping[UUID, Locked]) -> dict[UUID, Likeness]:
    found = {one.attempt_id: likeness(locked[one.attempt_id].host, one.outcome) for one in ended}
    return {attempt_id: failure for attempt_id, failure in found.items() if failure is not None}


def _counts(attempt: Locked, verdict: Verdict) -> bool:
    """Whether an outcome decides about its deploy: a success does even late, since the build was queued."""
    if attempt.closing is Closing.LATE:
        return verdict is Verdict.SUCCEEDED and attempt.status is not DeployStatus.CANCELLED
    return attempt.status is DeployStatus.IN_FLIGHT


def _one_a_deploy(steps: Iterable[Step]) -> list[Step]:
    """Of two attempts of a deploy that end together, one late and one on time, the one that succeeded counts."""
    ordered = sorted(steps, key=lambda step: step.verdict is Verdict.SUCCEEDED)
    return list({step.attempt.deploy_id: step for step in ordered}.values())


def _step(
    attempt: Locked,
    outcome: AttemptOutcome,
    failure: Likeness | None,
    now: datetime,
    random: Random,
    limits: Limits,
) -> Step:
    verdict = judge(outcome)
    wait = None if verdict.is_final else _wait(attempt, outcome, random, limits)
    if verdict is Verdict.SUCCEEDED:
        status = DeployStatus.SUCCEEDED
    else:
        status = DeployStatus.DEAD_LETTERED if wait is None else DeployStatus.RETRY_SCHEDULED
    return Step(attempt, outcome, verdict, status, None if wait is None else now + wait, failure)


def _wait(attempt: Locked, outcome: AttemptOutcome, random: Random, limits: Limits) -> timedelta | None:
    """The wait before the next attempt; none after a lost worker, for which neither hook nor host can be blamed."""
    wait = backoff.delay(
        attempt.place + 1,
        random=random,
        schedule_s=limits.schedule_s,
        retry_after_s=outcome.retry_after_s,
        patient=asks_for_patience(outcome),
    )
    return timedelta() if wait is not None and outcome.error_kind is ErrorKind.WORKER_LOST else wait


def _move(db: DbSession, steps: Sequence[Step]) -> None:
    if not steps:
        return
    db.execute(
        _MOVE,
        {
            "ids": [step.attempt.deploy_id for step in steps],
            "statuses": [step.status.value for step in steps],
            "next_attempt_ats": [step.next_attempt_at for step in steps],
            "prints": [step.likeness and step.likeness.fingerprint for step in steps],
        },
    )
    mirror(
        db,
        {step.attempt.session_id: Reflection(step.attempt.started_at, step.outcome, step.status) for step in steps},
    )


def _mark_hooks(db: DbSession, steps: Sequence[Step], now: datetime) -> None:
    attempts = [step.attempt for step in steps if step.verdict is Verdict.GONE]
    gone.mark_many(db, [gone.Found(one.hook_digest, one.host, one.deploy_id) for one in attempts], now=now)
    gone.clear_many(db, [step.attempt.hook_digest for step in steps if step.verdict is Verdict.SUCCEEDED])


def _tallies(ended: Sequence[Ended], locked: Mapping[UUID, Locked]) -> dict[str, Tally]:
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    for one in ended:
        tallies[locked[one.attempt_id].host] += tally(one.outcome)
    return dict(tallies)
