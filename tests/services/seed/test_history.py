"""Seeded history could have happened: the worker's own rules and the past's order hold."""

import itertools
from collections.abc import Iterator
from datetime import timedelta
from random import Random

from sqlalchemy import func, select

from models import (
    AuditEvent,
    Deploy,
    DeployAttempt,
    DeployStatus,
    MetricDelta,
    OnboardingSession,
    Project,
    Room,
    RoomParticipant,
    SessionStatus,
    SessionText,
    StatusChange,
    User,
)
from services.database import DbSession
from services.deploys import backoff
from services.deploys.outcome import AttemptOutcome
from services.deploys.verdict import Verdict, judge
from tests.conftest import NOW


def attempts_of(db: DbSession) -> dict[Deploy, list[DeployAttempt]]:
    attempts: dict = {deploy: [] for deploy in db.scalars(select(Deploy)).all()}
    by_id = {deploy.id: deploy for deploy in attempts}
    for attempt in db.scalars(select(DeployAttempt).order_by(DeployAttempt.attempt_number)):
        attempts[by_id[attempt.deploy_id]].append(attempt)
    return attempts


def outcome_of(attempt: DeployAttempt) -> AttemptOutcome:
    return AttemptOutcome(
        duration_ms=attempt.duration_ms or 0,
        status_code=attempt.status_code,
        error_kind=attempt.error_kind,
        error_message=attempt.error_message,
        response_excerpt=attempt.response_excerpt,
        retry_after_s=attempt.retry_after_s,
    )


def ended_at(attempt: DeployAttempt):
    return attempt.started_at + timedelta(milliseconds=attempt.duration_ms or 0)


def test_counters_equal_the_rows(history):
    for model in (OnboardingSession, Project, Deploy):
        counted = dict(
            history.execute(
                select(MetricDelta.label, func.sum(MetricDelta.delta))
                .where(MetricDelta.metric == model.__tablename__)
                .group_by(MetricDelta.label)
            ).all()
        )
        assert counted == dict(history.execute(select(model.status, func.count()).group_by(model.status)).all())


def test_seeded_sessions_are_searched_by_their_texts(history):
    columns = OnboardingSession.purpose, OnboardingSession.target_audience
    texts = {
        id: "\x1f".join(filter(None, parts)) for id, *parts in history.execute(select(OnboardingSession.id, *columns))
    }
    found = dict(history.execute(select(SessionText.session_id, SessionText.text)).all())
    assert found == {id: value.lower() for id, value in texts.items() if value}


def test_every_wait_between_attempts_is_one_of_the_schedule(history):
    for deploy, attempts in attempts_of(history).items():
        for before, after in itertools.pairwise(attempts):
            if after.attempt_number == deploy.first_attempt_number:
                continue  # a person's retry, which comes when it comes
            first = deploy.first_attempt_number if after.attempt_number > deploy.first_attempt_number else 1
            nominal = backoff.SCHEDULE_S[after.attempt_number - first]
            waited = (after.started_at - ended_at(before)).total_seconds()
            assert nominal * (1 - backoff.JITTER) <= waited <= nominal * (1 + backoff.JITTER) + 1


def test_every_deploys_status_is_what_the_worker_would_have_made_of_its_attempts(history):
    for deploy, attempts in attempts_of(history).items():
        done = [attempt for attempt in attempts if attempt.duration_ms is not None]
        verdicts = [judge(outcome_of(attempt)) for attempt in done]
        assert Verdict.SUCCEEDED not in verdicts[:-1]
        if deploy.status is DeployStatus.SUCCEEDED:
            assert verdicts[-1] is Verdict.SUCCEEDED
        elif deploy.status is DeployStatus.DEAD_LETTERED:
            used_up = backoff.delay(len(done) - deploy.first_attempt_number + 2, random=Random(1)) is None
            assert verdicts[-1] is Verdict.FINAL or used_up
        elif deploy.status is DeployStatus.QUEUED:
            assert attempts == []
        elif deploy.status is DeployStatus.IN_FLIGHT:
            assert attempts[-1].duration_ms is None
        else:
            assert verdicts[-1] is Verdict.RETRY


def test_each_session_shows_the_outcome_of_its_newest_attempt(history):
    newest: dict = {}
    for deploy, attempts in attempts_of(history).items():
        for attempt in attempts:
            known = newest.get(deploy.session_id)
            if attempt.duration_ms is not None and (known is None or attempt.started_at > known.started_at):
                newest[deploy.session_id] = attempt

    for session in history.scalars(select(OnboardingSession)):
        attempt = newest.get(session.id)
        assert session.deploy_triggered_at == (attempt.started_at if attempt else None)
        assert session.deploy_response == (outcome_of(attempt).as_deploy_response() if attempt else None)


def test_the_history_of_statuses_is_a_chain_that_ends_in_the_present_one(history):
    changes: dict = {}
    for change in history.scalars(select(StatusChange).order_by(StatusChange.at)):
        changes.setdefault(change.subject_id, []).append(change)

    records = [*history.scalars(select(OnboardingSession)), *history.scalars(select(Project))]
    assert set(changes) == {record.id for record in records}
    for record in records:
        chain = changes[record.id]
        assert chain[0].from_status is None
        assert chain[0].at == record.created_at
        assert [change.from_status for change in chain[1:]] == [change.to_status for change in chain[:-1]]
        assert chain[-1].to_status == record.status
        assert chain[-1].at <= record.updated_at


def test_a_session_failed_where_its_project_is_missing_or_its_newest_deploy_was_given_up(history):
    given_up = {
        session_id
        for session_id, statuses in _statuses_by_session(history)
        if statuses[-1] is DeployStatus.DEAD_LETTERED
    }
    with_project = set(history.scalars(select(Project.onboarding_session_id)))

    for session in history.scalars(select(OnboardingSession)):
        if session.status is SessionStatus.FAILED:
            assert session.id in given_up or session.id not in with_project
        elif session.status is SessionStatus.COMPLETED:
            assert session.id in with_project
            assert session.id not in given_up
        else:
            assert session.id not in with_project


def _statuses_by_session(db: DbSession) -> Iterator[tuple]:
    statuses: dict = {}
    for deploy in db.scalars(select(Deploy).order_by(Deploy.created_at)):
        statuses.setdefault(deploy.session_id, []).append(deploy.status)
    return iter(statuses.items())


def test_nothing_happened_in_the_future_nor_before_its_cause(history):
    for session in history.scalars(select(OnboardingSession)):
        assert session.created_at <= session.updated_at <= NOW
    for attempt, deploy in history.execute(select(DeployAttempt, Deploy).join(Deploy)).all():
        assert deploy.created_at <= attempt.started_at <= ended_at(attempt) <= NOW
    for moment in (AuditEvent.at, StatusChange.at, Project.updated_at, RoomParticipant.joined_at, Room.created_at):
        assert history.scalar(select(func.max(moment))) <= NOW
    early = select(func.count()).select_from(OnboardingSession).join(User)
    assert history.scalar(early.where(OnboardingSession.created_at < User.created_at)) == 0
