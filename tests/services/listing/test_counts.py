"""Counts of lists: free where the ledger knows them, bounded otherwise, and exact for whoever asks."""

from uuid import UUID

import pytest
from sqlalchemy import ARRAY, Uuid, any_, cast, false, func, literal, select, text, true
from sqlalchemy.orm import aliased

from models import Deploy, DeployStatus, MetricDelta, OnboardingSession, Project, ProjectStatus, SessionStatus, User
from services.listing import counts
from services.listing.counts import Certainty, Count
from services.listing.search import FoundKeys
from tests.conftest import NOW
from tests.queries import counted

OF_SESSIONS = select(func.count()).select_from(OnboardingSession)
STATUS = OnboardingSession.status


def note(db, label, delta, metric="onboarding_sessions"):
    """Writes what no row stands for into the ledger, which gives away that it was read."""
    db.add(MetricDelta(metric=metric, label=label, bucket=NOW, delta=delta))
    db.flush()


@pytest.fixture
def ledger(db):
    for label, delta in {"draft": 1_000_000, "completed": 20_000, "failed": 300}.items():
        note(db, label, delta)


@pytest.mark.parametrize(
    ("counting", "number"),
    [
        (OF_SESSIONS, 1_020_300),
        (OF_SESSIONS.where(true()), 1_020_300),
        (select(func.count(OnboardingSession.id)), 1_020_300),
        (OF_SESSIONS.where(STATUS == SessionStatus.FAILED), 300),
        (OF_SESSIONS.where(STATUS.in_([SessionStatus.FAILED, SessionStatus.DRAFT])), 1_000_300),
        (OF_SESSIONS.where(STATUS.is_distinct_from(SessionStatus.FAILED)), 1_020_000),
        (OF_SESSIONS.where(~(STATUS == SessionStatus.FAILED) & (STATUS != SessionStatus.DRAFT)), 20_000),
        (OF_SESSIONS.where((STATUS == SessionStatus.FAILED) | (STATUS == SessionStatus.COMPLETED)), 20_300),
        (OF_SESSIONS.where(STATUS == SessionStatus.FAILED, STATUS == SessionStatus.DRAFT), 0),
        (OF_SESSIONS.where(STATUS.is_(None)), 0),
    ],
    ids=["all", "true", "by key", "equal", "in", "distinct", "neither", "either", "contradiction", "null"],
)
def test_all_rows_and_those_of_a_status_are_read_from_the_ledger(db, ledger, counting, number):
    assert counts.count(db, counting) == Count(number)
    assert counts.count_exactly(db, counting) == Count(number)


@pytest.mark.parametrize(("model", "status"), [(Project, ProjectStatus.CODE_GENERATED), (Deploy, DeployStatus.QUEUED)])
def test_projects_and_deploys_are_counted_by_the_ledger_too(db, model, status):
    note(db, status, 70_000, metric=model.__tablename__)

    assert counts.count(db, select(func.count()).select_from(model).where(model.status == status)) == Count(70_000)


def test_rows_that_a_search_found_are_counted_again_only_where_more_is_asked_of_them(db, make):
    keys = [make.session(purpose=purpose).id for purpose in ("Kettles", "Teapots")]
    found = any_(cast(literal(FoundKeys([*keys, UUID(int=1)]), ARRAY(Uuid())), ARRAY(Uuid())))
    of_found = OF_SESSIONS.where(true(), OnboardingSession.id == found)

    assert counts.count(db, of_found) == counts.count_exactly(db, of_found) == Count(3)
    assert counts.count(db, of_found.where(OnboardingSession.purpose == "Kettles")) == Count(1)
    assert counts.count(db, OF_SESSIONS.where(OnboardingSession.user_id == found)) == Count(0)
    assert counts.count(db, OF_SESSIONS.where(OnboardingSession.id != found)) == Count(2)


def test_what_can_not_be_is_none_without_asking_the_ledger_which_is_closed_to_members(db, connection):
    nothing = OF_SESSIONS.where(OnboardingSession.user_id == UUID(int=0), false())

    with counted(connection) as statements:
        assert counts.count(db, nothing) == Count(0)

    assert statements == []


def test_conditions_on_anything_else_are_counted(db, make, ledger):
    session = make.session(status=SessionStatus.FAILED, purpose="Kettles")
    person, other = aliased(User), aliased(OnboardingSession)

    for counting in (
        OF_SESSIONS.where(OnboardingSession.purpose == "Kettles"),
        OF_SESSIONS.where(STATUS == SessionStatus.FAILED, OnboardingSession.user_id == session.user_id),
        OF_SESSIONS.where(STATUS == SessionStatus.FAILED, OnboardingSession.id.in_(select(OnboardingSession.id))),
        OF_SESSIONS.where(func.lower(STATUS) == "failed"),
        OF_SESSIONS.where(text("status = 'failed'")),
        select(func.count()).select_from(other).where(other.status == SessionStatus.FAILED),
        OF_SESSIONS.join(person, OnboardingSession.user).where(STATUS == SessionStatus.FAILED),
        OF_SESSIONS.outerjoin(person, person.id == OnboardingSession.user_id).where(person.id == session.user_id),
        select(func.count(OnboardingSession.purpose)),
        select(func.count(OnboardingSession.id.distinct())),
        select(func.count()).select_from(User).where(User.id == session.user_id),
    ):
        assert counts.count(db, counting).exact == 1, counting
        assert counts.count_exactly(db, counting).exact == 1, counting


@pytest.fixture
def people(db):
    """So many people that a count is cut short."""
    db.execute(text("INSERT INTO users (email) SELECT n || '@example.com' FROM generate_series(1, 10002) AS n"))
    db.execute(text("ANALYZE users"))


def test_more_rows_than_the_limit_are_told_as_at_least_so_many_until_they_are_counted_exactly(db, people):
    counting = select(func.count(User.id)).where(User.email.like("%@example.com"))

    assert counts.count(db, counting) == Count(10_000, Certainty.AT_LEAST)
    assert counts.count_exactly(db, counting) == Count(10_002)


def test_as_many_rows_as_the_limit_are_exact(db, people):
    counting = select(func.count(User.id)).where(User.email.not_in(["1@example.com", "2@example.com"]))

    assert counts.count(db, counting) == Count(10_000)


def test_statements_that_count_values_are_not_cut_short(db, people):
    assert counts.count(db, select(func.count(func.distinct(User.email)))) == Count(10_002)


def slow(counting):
    """Takes a second for each row."""
    return counting.where(func.pg_sleep(1).is_not(None))


@pytest.mark.parametrize("of", [User.id, User.id.distinct()], ids=["rows", "values"])
def test_what_takes_too_long_is_told_as_the_planner_believes_and_later_statements_go_on(db, people, of):
    found = counts.count(db, slow(select(func.count(of))))

    assert found.certainty is Certainty.ABOUT
    assert found.number == pytest.approx(10_000, rel=0.1)
    assert not found.was_given_up
    assert db.scalar(text("SHOW statement_timeout")) == "30s"


def test_an_exact_count_that_takes_too_long_says_so(db, people, monkeypatch):
    monkeypatch.setattr(counts, "EXACT_PATIENCE_MS", 50)

    found = counts.count_exactly(db, slow(select(func.count(User.id))))

    assert (found.certainty, found.was_given_up) == (Certainty.ABOUT, True)


@pytest.mark.parametrize(
    ("count", "words", "exact"),
    [
        (Count(1_234), "1,234", 1_234),
        (Count(10_000, Certainty.AT_LEAST), "10,000+", None),
        (Count(1_234_567, Certainty.ABOUT), "≈ 1,234,567", None),
    ],
)
def test_a_count_reads_as_well_as_it_is_known(count, words, exact):
    assert (str(count), count.exact) == (words, exact)
