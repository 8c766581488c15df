"""Counts of lists: free where the ledger knows them, bounded otherwise, and exact for whoever asks."""

import pytest
from sqlalchemy import func, select, true

from models import Deploy, DeployStatus, MetricDelta, OnboardingSession, Project, ProjectStatus, SessionStatus
from services.listing import counts
from services.listing.counts import Count
from tests.conftest import NOW

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
