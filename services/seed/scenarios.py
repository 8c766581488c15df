"""The ways that seeded sessions went. What follows from each answer is asked of the rules that the worker follows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from models import DeployStatus, DeployTrigger, SessionStatus
from services.deploys.backoff import JITTER, SCHEDULE_S
from services.deploys.verdict import Verdict, judge
from services.onboarding_status import session_after_deploy
from services.seed.answers import ANSWERS

EXHAUSTED = len(SCHEDULE_S)
"""The attempts after which a deploy is given up."""
BY_HAND_S = (1_200, 32_000)
"""The shortest and longest time, in seconds, until a person retries what was given up."""
AGAIN_S = 86_400
"""About how long after a session's first deploy somebody asks for a second, in seconds; from half to 1.5 times that."""
CANCELLED_WITHIN_S = 1_200
"""The longest time, in seconds, after which a person cancels what waits for its next attempt."""


@dataclass(frozen=True)
class DeployPlan:
    """One deploy: the answers that its attempts got."""

    answers: tuple[str, ...]
    hook: str = "good"
    """How the hook behaves now, which need not be how it behaved then; see services.seed.hooks."""
    trigger: DeployTrigger = DeployTrigger.WIZARD
    by_hand: frozenset[int] = frozenset()
    """The attempts that a person asked for after the deploy was given up."""
    ends: DeployStatus | None = None
    """The status that the last answer alone does not decide: cancelled, queued, in flight or retry scheduled."""


@dataclass(frozen=True)
class Scenario:
    """One way of a session, and how often it is taken, relative to the others."""

    weight: float
    deploys: tuple[DeployPlan, ...] = ()
    session: SessionStatus = SessionStatus.COMPLETED
    """The status in which the wizard left the session; the deploys may change it."""
    makes_project: bool = True


@dataclass(frozen=True)
class Step:
    """One attempt of a scenario, made or (`is_due`) still to come."""

    ordinal: int
    """Which of the session's deploys it belongs to, from 1."""
    number: int
    answer: str | None
    """Null while the attempt is under way or still to come."""
    wait_s: int
    """The seconds that the schedule puts before it."""
    by_hand: bool = False
    is_due: bool = False
    session_from: SessionStatus | None = None
    """With `session_to`: the change of the session's status that this attempt brought."""
    session_to: SessionStatus | None = None


def _plan(*answers: str, **values: Any) -> tuple[DeployPlan, ...]:
    return (DeployPlan(answers, **values),)


_AFTER_EIGHT = frozenset({EXHAUSTED + 1})

DRAFT = Scenario(17, session=SessionStatus.DRAFT, makes_project=False)
SUCCEEDED = Scenario(54, _plan("ok"))
OUTAGE = Scenario(1, _plan(*["unavailable"] * 3, "ok"))
THROTTLED = Scenario(2, _plan("limited", "limited", "ok"))
GONE = Scenario(1.8, _plan("gone"))
SCENARIOS = (
    DRAFT,
    SUCCEEDED,
    OUTAGE,
    THROTTLED,
    Scenario(1.5, session=SessionStatus.FAILED, makes_project=False),
    Scenario(6),  # no hook was set, so none was called
    Scenario(3, _plan("unavailable", "ok")),
    Scenario(2, _plan("timeout", "ok")),
    Scenario(1.5, _plan("reset", "ok")),
    Scenario(1, _plan("refused", "refused", "refused", "ok")),
    # Given up, and the hook works again by now:
    GONE,
    Scenario(0.7, _plan(*["unavailable"] * EXHAUSTED)),
    Scenario(0.5, _plan(*["reset"] * EXHAUSTED, hook="flaky")),
    # Given up, and a retry fails again:
    Scenario(1.2, _plan("gone", hook="404")),
    Scenario(0.6, _plan(*["unavailable"] * EXHAUSTED, hook="503")),
    Scenario(0.5, _plan(*["limited"] * EXHAUSTED, hook="429")),
    Scenario(0.5, _plan(*["timeout"] * EXHAUSTED, hook="slow")),
    Scenario(0.5, _plan(*["refused"] * EXHAUSTED, hook="closed")),
    Scenario(0.5, _plan(*["tls"] * EXHAUSTED, hook="tls")),
    Scenario(0.4, _plan(*["reset"] * EXHAUSTED, hook="reset")),
    # Put right by hand:
    Scenario(1.2, _plan("gone", "ok", by_hand=frozenset({2}))),
    Scenario(0.6, _plan(*["unavailable"] * (EXHAUSTED + 1), "ok", by_hand=_AFTER_EIGHT)),
    Scenario(0.6, _plan(*["unavailable"] * 3, hook="503", ends=DeployStatus.CANCELLED)),
    # Deployed a second time:
    Scenario(1.5, (*_plan("ok"), *_plan("ok", trigger=DeployTrigger.OPERATOR))),
    Scenario(0.7, (*_plan("ok"), *_plan("ok", trigger=DeployTrigger.API))),
    Scenario(0.5, (*_plan("ok"), *_plan("gone", hook="404", trigger=DeployTrigger.API))),
)
LIVE_SCENARIOS = (
    Scenario(0, _plan(ends=DeployStatus.IN_FLIGHT)),
    Scenario(0, _plan(ends=DeployStatus.QUEUED)),
    Scenario(0, _plan("unavailable", "unavailable", ends=DeployStatus.RETRY_SCHEDULED)),
    Scenario(0, _plan("timeout", "timeout", "timeout", hook="slow", ends=DeployStatus.RETRY_SCHEDULED)),
    Scenario(0, _plan(*["limited"] * 4, hook="429", ends=DeployStatus.RETRY_SCHEDULED)),
    Scenario(0, _plan(*["unavailable"] * 5, hook="503", ends=DeployStatus.RETRY_SCHEDULED)),
    Scenario(0, _plan(*["reset"] * 6, ends=DeployStatus.RETRY_SCHEDULED)),
    Scenario(0, _plan(*["unavailable"] * 7, ends=DeployStatus.RETRY_SCHEDULED)),
)
"""Deploys that are under way when the data is loaded; few, since the worker carries each of them on for real."""


def steps(scenario: Scenario) -> Iterator[Step]:
    """Every attempt of a scenario in its order, with what it meant for the session."""
    session = scenario.session
    for ordinal, plan in enumerate(scenario.deploys, start=1):
        first = 1
        for number, answer in enumerate(plan.answers, start=1):
            first = number if number in plan.by_hand else first
            verdict = judge(ANSWERS[answer].outcome)
            after = session_after_deploy(session, _status(verdict, number - first + 1))
            yield Step(
                ordinal,
                number,
                answer,
                SCHEDULE_S[number - first],
                by_hand=number in plan.by_hand,
                session_from=session if after is not session else None,
                session_to=after if after is not session else None,
            )
            session = after
        if plan.ends is not None and plan.ends.is_live:
            number = len(plan.answers) + 1
            is_due = plan.ends is not DeployStatus.IN_FLIGHT
            yield Step(ordinal, number, None, SCHEDULE_S[number - first], is_due=is_due)


def session_status(scenario: Scenario) -> SessionStatus:
    """The session's status at the end."""
    changes = [step.session_to for step in steps(scenario) if step.session_to is not None]
    return changes[-1] if changes else scenario.session


def deploy_status(plan: DeployPlan) -> DeployStatus:
    """The deploy's status at the end."""
    return plan.ends or _status(judge(ANSWERS[plan.answers[-1]].outcome), len(plan.answers) - first_attempt(plan) + 1)


def failed_answer(plan: DeployPlan) -> str | None:
    """The deploy's newest answer, if that is a failure; each answer before a success was one too, but is settled."""
    newest = plan.answers[-1] if plan.answers else None
    return None if newest is None or ANSWERS[newest].outcome.ok else newest


def first_attempt(plan: DeployPlan) -> int:
    """The attempt at which the back-off schedule began, or began anew."""
    return max(plan.by_hand, default=1)


def longest_s(scenario: Scenario) -> float:
    """The most seconds that all the attempts can take, so that a session is old enough for its history."""
    if not scenario.deploys:
        return 0
    gaps = AGAIN_S * 1.5 * (len(scenario.deploys) - 1)
    return gaps + sum(_longest_step_s(step) for step in steps(scenario)) + CANCELLED_WITHIN_S


def _longest_step_s(step: Step) -> float:
    wait = BY_HAND_S[1] if step.by_hand else step.wait_s * (1 + JITTER)
    return wait + (ANSWERS[step.answer].slowest_ms / 1_000 if step.answer else 0) + 1


def _status(verdict: Verdict, nth: int) -> DeployStatus:
    """What a verdict on the nth attempt of the schedule makes of the deploy."""
    if verdict is Verdict.SUCCEEDED:
        return DeployStatus.SUCCEEDED
    if verdict.is_final or nth >= EXHAUSTED:
        return DeployStatus.DEAD_LETTERED
    return DeployStatus.RETRY_SCHEDULED
