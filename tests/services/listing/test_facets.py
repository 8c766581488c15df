"""How many rows have each value."""

import pytest
from sqlalchemy import func, select, text

from models import Deploy, DeployStatus, OnboardingSession, SessionStatus
from services.listing import facets
from services.listing.counts import Certainty, Count
from tests.queries import counted


def of_status(*statuses, where=True):
    return [select(OnboardingSession.id).where(OnboardingSession.status == status, where) for status in statuses]


@pytest.fixture
def sessions(make):
    """Three drafts, two of them without a purpose, and a failure."""
    for purpose, status in ((None, "draft"), (None, "draft"), ("Tea", "draft"), ("Tea", "failed")):
        make.session(purpose=purpose, status=SessionStatus(status))


def test_each_value_is_counted_and_what_the_ledger_knows_is_not_counted_again(db, sessions):
    db.execute(text("ALTER TABLE onboarding_sessions DISABLE TRIGGER ALL"))
    db.execute(text("DELETE FROM onboarding_sessions WHERE status = 'failed'"))

    assert facets.count_each(db, of_status(*SessionStatus)) == [Count(3), Count(0), Count(1)]


def test_values_under_other_conditions_are_counted_in_one_statement(db, connection, sessions):
    selections = of_status(*SessionStatus, where=OnboardingSession.purpose.is_not(None))

    with counted(connection) as statements:
        counts = facets.count_each(db, selections)

    assert counts == [Count(1), Count(0), Count(1)]
    assert len([statement for statement in statements if "onboarding_sessions" in statement]) == 1


def test_a_value_is_counted_up_to_a_limit(db, sessions):
    selections = of_status(*SessionStatus, where=OnboardingSession.user_id.is_not(None))

    assert facets.count_each(db, selections, limit=2) == [Count(2, Certainty.AT_LEAST), Count(0), Count(1)]


def test_what_takes_too_long_is_not_counted_and_nothing_else_suffers(db, sessions):
    slow = select(OnboardingSession.id).where(func.pg_sleep(5).is_not(None))

    assert facets.count_each(db, [slow], patience_ms=20) is None
    assert facets.count_values(db, slow, OnboardingSession.purpose, patience_ms=20) is None
    assert db.scalar(select(func.count()).select_from(OnboardingSession)) == 4


def test_the_commonest_values_are_looked_up_where_they_are_not_known(db, make):
    for number in range(facets.VALUES + 5):
        make.session(purpose=f"Rare {number:02}")
    for _ in range(2):
        make.session(purpose="Common")

    found = facets.count_values(db, select(OnboardingSession.id), OnboardingSession.purpose)

    assert found[:2] == [("Common", Count(2)), ("Rare 00", Count(1))]
    assert len(found) == facets.VALUES


def test_rows_of_joined_tables_are_counted_once_each(db, make):
    deploy = make.deploy(status=DeployStatus.QUEUED)
    selection = select(Deploy.id).join(OnboardingSession, Deploy.session_id == OnboardingSession.id)

    assert facets.count_each(db, [selection.where(Deploy.id == deploy.id)]) == [Count(1)]
