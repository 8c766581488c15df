"""Noting failures: one row a likeness, counted by the hour."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

from sqlalchemy import create_engine, func, select

from config import sqlalchemy_url
from models import ErrorKind, FailureGroup, FailureGroupHour, FailureGroupStatus
from services.database import DbSession
from services.deploys.failure_groups import Seen, note
from services.deploys.fingerprint import Likeness, likeness
from services.deploys.outcome import AttemptOutcome
from tests.conftest import NOW
from tests.queries import counted

HOST = "builds.example.com"
HOUR = timedelta(hours=1)
ROUNDS = 20


def like(message: str = "busy", code: int = 503) -> Likeness:
    found = likeness(HOST, AttemptOutcome(duration_ms=5, status_code=code, response_excerpt=message))
    assert found
    return found


def seen(likeness: Likeness | None = None, at: datetime = NOW, attempt_id: UUID | None = None) -> Seen:
    return Seen(attempt_id or uuid4(), likeness or like(), at)


def group_of(db: DbSession, likeness: Likeness | None = None) -> FailureGroup:
    db.expire_all()
    return db.scalars(select(FailureGroup).where(FailureGroup.fingerprint == (likeness or like()).fingerprint)).one()


def hours_of(db: DbSession, group: FailureGroup) -> dict[datetime, int]:
    rows = db.execute(
        select(FailureGroupHour.hour, FailureGroupHour.attempts).where(FailureGroupHour.group_id == group.id)
    )
    return {hour.astimezone(UTC): attempts for hour, attempts in rows}


def set_status(db: DbSession, status: FailureGroupStatus, at: datetime) -> None:
    group = group_of(db)
    group.status, group.status_at, group.status_by = status, at, "ana@example.com"
    db.flush()


def test_the_first_failure_of_its_kind_makes_an_open_group(db):
    attempt_id = uuid4()

    note(db, [seen(attempt_id=attempt_id)])

    group = group_of(db)
    assert (group.host, group.phase, group.status_code, group.shape) == (HOST, "status", 503, "busy")
    assert (group.status, group.attempts, group.sample_attempt_id) == (FailureGroupStatus.OPEN, 1, attempt_id)
    assert (group.first_seen_at, group.last_seen_at, group.reopened_at) == (NOW, NOW, None)


def test_a_failure_without_an_answer_is_grouped_by_how_far_it_got(db):
    refused = likeness(
        HOST, AttemptOutcome(5, error_kind=ErrorKind.CONNECT, error_message="The connection was refused.")
    )

    note(db, [seen(refused)])

    group = group_of(db, refused)
    assert (group.phase, group.status_code) == ("connect", None)


def test_a_batch_is_counted_by_group_and_by_hour(db):
    first, last = NOW - 2 * HOUR, NOW + timedelta(minutes=59)
    newest = uuid4()

    note(db, [seen(at=last, attempt_id=newest), seen(), seen(at=first), seen(like("gone", 404))])
    note(db, [seen(at=NOW + timedelta(minutes=1))])

    group = group_of(db)
    assert (group.attempts, group.first_seen_at, group.last_seen_at) == (4, first, last)
    assert group.sample_attempt_id == newest, "what was seen last is shown, though another was noted later"
    assert hours_of(db, group) == {first: 1, NOW: 3}
    assert group_of(db, like("gone", 404)).attempts == 1


def test_hours_are_those_of_utc_whatever_the_zone_of_the_time(db):
    kathmandu = timezone(timedelta(hours=5, minutes=45))

    note(db, [seen(at=NOW.astimezone(kathmandu))])

    assert list(hours_of(db, group_of(db))) == [NOW]


def test_a_resolved_group_that_fails_again_reopens_and_says_when(db):
    note(db, [seen()])
    set_status(db, FailureGroupStatus.RESOLVED, NOW)

    note(db, [seen(at=NOW + HOUR)])

    group = group_of(db)
    assert (group.status, group.reopened_at) == (FailureGroupStatus.OPEN, NOW + HOUR)
    assert (group.status_at, group.status_by) == (NOW + HOUR, None)


def test_a_failure_from_before_it_was_resolved_does_not_reopen_it(db):
    note(db, [seen()])
    set_status(db, FailureGroupStatus.RESOLVED, NOW + HOUR)

    note(db, [seen(at=NOW + HOUR / 2)])

    group = group_of(db)
    assert (group.status, group.status_by, group.attempts) == (FailureGroupStatus.RESOLVED, "ana@example.com", 2)


def test_an_ignored_group_stays_ignored_and_is_counted_on(db):
    note(db, [seen()])
    set_status(db, FailureGroupStatus.IGNORED, NOW)

    note(db, [seen(at=NOW + HOUR)])

    group = group_of(db)
    assert (group.status, group.attempts, group.reopened_at) == (FailureGroupStatus.IGNORED, 2, None)


def test_when_it_reopened_is_kept_while_it_goes_on_failing(db):
    note(db, [seen()])
    set_status(db, FailureGroupStatus.RESOLVED, NOW)
    note(db, [seen(at=NOW + HOUR)])

    note(db, [seen(at=NOW + 2 * HOUR)])

    assert group_of(db).reopened_at == NOW + HOUR


def test_nothing_seen_asks_the_database_nothing(db, connection):
    with counted(connection) as statements:
        note(db, [])

    assert statements == []


def test_a_batch_of_any_size_is_one_statement(db, connection):
    with counted(connection) as statements:
        note(db, [seen(like(f"cause {letter}")) for letter in "abcdefghij"] * 20)

    assert len(statements) == 1


def test_workers_that_note_the_same_new_failures_at_once_count_each_and_never_deadlock(fresh_database_url):
    engine = create_engine(sqlalchemy_url(fresh_database_url))
    causes = [like(f"cause {letter}") for letter in "abcdefgh"]
    together, problems = threading.Barrier(2), []

    def work(causes: list[Likeness]) -> None:
        try:
            for number in range(ROUNDS):
                together.wait(30)
                with DbSession(engine) as db, db.begin():
                    note(db, [seen(cause, at=NOW + number * HOUR) for cause in causes for _ in range(3)])
        except Exception as problem:
            problems.append(problem)
            together.abort()

    workers = [threading.Thread(target=work, args=[order]) for order in (causes, causes[::-1])]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert problems == []
    with DbSession(engine) as db:
        assert db.scalars(select(FailureGroup.attempts)).all() == [2 * 3 * ROUNDS] * len(causes)
        assert db.scalar(select(func.sum(FailureGroupHour.attempts))) == 2 * 3 * ROUNDS * len(causes)
    engine.dispose()
