"""Loading adds what was asked for, repeatably, and leaves what was there."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import (
    LIVE_STATUSES,
    AuditEvent,
    Deploy,
    DeployAttempt,
    DeployStatus,
    ErrorKind,
    OnboardingSession,
    Project,
    ProjectStatus,
    PromptTemplate,
    Role,
    SessionStatus,
    StatusChange,
    User,
)
from services import audit, chain, seed, waiting_sessions
from services.deploys import backoff
from services.errors import InvalidInputError
from services.permissions import WORKER
from services.seed.answers import JOB_BODY
from services.seed.templates import TEMPLATES
from tests.conftest import NOW
from tests.services.seed.loading import count, load


def test_as_many_sessions_are_added_as_were_asked_for(db):
    load(db, 137)

    assert count(db, OnboardingSession) == 137


def test_every_status_stage_trigger_and_kind_of_failure_occurs(history):
    assert set(history.scalars(select(OnboardingSession.status).distinct())) == set(SessionStatus)
    assert set(history.scalars(select(Project.status).distinct())) == set(ProjectStatus)
    assert set(history.scalars(select(Deploy.status).distinct())) == set(DeployStatus)
    assert {201, 503, 404, 429} == set(history.scalars(select(DeployAttempt.status_code).distinct())) - {None}
    assert {ErrorKind.TIMEOUT, ErrorKind.CONNECT, ErrorKind.TLS, ErrorKind.READ} == set(
        history.scalars(select(DeployAttempt.error_kind).distinct())
    ) - {None}
    assert count(history, DeployAttempt, DeployAttempt.retry_after_s == 60, DeployAttempt.status_code == 429) > 0
    assert count(history, DeployAttempt, DeployAttempt.response_excerpt.contains("<h1>503")) > 0


def test_few_deploys_are_under_way_and_each_that_waits_knows_when_it_is_due(long_history):
    live = long_history.scalars(select(Deploy).where(Deploy.status.in_(LIVE_STATUSES))).all()

    assert {deploy.status for deploy in live} == set(LIVE_STATUSES)
    assert len(live) <= 20
    for deploy in live:
        if deploy.status is DeployStatus.RETRY_SCHEDULED:
            assert NOW < deploy.next_attempt_at < NOW + timedelta(seconds=max(backoff.SCHEDULE_S) * 1.2)


def test_traffic_follows_the_day_and_the_week(long_history):
    hour = func.extract("hour", OnboardingSession.created_at)
    weekday = func.extract("isodow", OnboardingSession.created_at)

    assert count(long_history, OnboardingSession, hour.between(9, 16)) > 10 * count(
        long_history, OnboardingSession, hour.between(0, 5)
    )
    weekend = count(long_history, OnboardingSession, weekday >= 6)
    assert 0.1 < weekend / count(long_history, OnboardingSession, weekday < 6) < 0.25
    first = long_history.scalar(select(func.min(OnboardingSession.created_at)))
    assert NOW - timedelta(days=30) <= first < NOW - timedelta(days=29)


def test_the_same_seed_makes_the_same_data_and_another_seed_other_data(db):
    def people(number: int) -> list[tuple]:
        with db.begin_nested() as savepoint:
            load(db, 50, number)
            rows = db.execute(select(User.id, User.email, User.name).order_by(User.id)).all()
            savepoint.rollback()
        return list(rows)

    first = people(7)

    assert people(7) == first
    assert people(8) != first


def test_loading_twice_adds_more_and_repeats_nothing(db):
    load(db, 200)
    load(db, 200)

    assert count(db, OnboardingSession) == 400
    emails = db.scalars(select(User.email)).all()
    assert len(set(emails)) == len(emails)
    assert count(db, PromptTemplate) == len(TEMPLATES) >= 8


def test_favoured_people_find_sessions_of_every_status_and_a_failure_that_they_can_retry(db, make):
    member = make.user(role=Role.MEMBER)
    load(db, favoured=[member.id])
    own = select(OnboardingSession.id).where(OnboardingSession.user_id == member.id)

    statuses = db.scalars(select(OnboardingSession.status).where(OnboardingSession.user_id == member.id)).all()
    assert set(statuses) == set(SessionStatus)
    assert statuses.count(SessionStatus.DRAFT) == 1
    assert count(db, Deploy, Deploy.session_id.in_(own), Deploy.status == DeployStatus.DEAD_LETTERED) > 3
    assert count(db, Project, Project.owner_id == member.id) > 5


def test_operators_who_exist_are_those_who_acted(db, make):
    operator = make.user(role=Role.OPERATOR)
    load(db)

    assert set(db.scalars(select(AuditEvent.actor_id).distinct())) == {operator.id}
    assert set(db.scalars(select(AuditEvent.tag).distinct())) == {
        "deploy:retry",
        "deploy:cancel",
        "deploy:request",
        "project:move",
        "project:configure",
    }


def test_triggers_write_history_again_after_loading(db, make):
    load(db, 20)
    session = make.session()
    waiting_sessions.enter(db)

    assert count(db, StatusChange, StatusChange.subject_id == session.id) == 1


@pytest.mark.parametrize("sessions", [0, -1, seed.SESSIONS_LIMIT + 1])
def test_a_number_of_sessions_out_of_range_is_refused(db, sessions):
    with pytest.raises(InvalidInputError) as refusal:
        load(db, sessions)

    assert refusal.value.field == "sessions"


@pytest.mark.parametrize("number", [-1, 2**31])
def test_a_seed_out_of_range_is_refused(db, number):
    with pytest.raises(InvalidInputError) as refusal:
        load(db, 10, number)

    assert refusal.value.field == "seed"


def test_a_single_session_can_be_loaded(db):
    load(db, 1)

    assert count(db, OnboardingSession) == 1


def test_each_table_is_reported_with_its_rows(db):
    rows: dict = {}
    load(db, 100, report=lambda table, number: rows.update({table: rows.get(table, 0) + number}))

    assert rows["onboarding_sessions"] == 100
    assert rows["deploy_attempts"] == count(db, DeployAttempt)
    assert rows["status_changes"] == count(db, StatusChange)


def test_each_accepted_attempt_has_a_job_of_its_own(history):
    bodies = history.scalars(select(DeployAttempt.response_excerpt).where(DeployAttempt.ok.is_(True))).all()

    assert len(set(bodies)) == len(bodies)
    assert JOB_BODY not in bodies


def test_past_events_that_are_loaded_into_a_chain_are_sealed_as_such(db):
    audit.record(db, WORKER, "deliveries:pause", None)
    chain.seal(db, now=NOW)

    load(db, 200)

    report = chain.verify(db)
    assert (report.fault, report.unsealed, report.loaded, report.seals) == (None, 0, 1, 2)
    assert report.sealed > 1
