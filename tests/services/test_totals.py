"""Totals by status: of all from the ledger, of one person's own counted."""

import pytest

from models import MetricDelta, ProjectStatus, Role, SessionStatus
from services import totals
from tests.conftest import NOW, actor_of


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


def test_every_status_has_a_total_even_where_there_are_no_rows(db, operator):
    counted = totals.totals(db, operator)

    assert counted.sessions == dict.fromkeys(SessionStatus, 0)
    assert counted.projects == dict.fromkeys(ProjectStatus, 0)


def test_all_are_the_sum_of_those_of_each_status(db, make, operator):
    for status in (SessionStatus.DRAFT, SessionStatus.COMPLETED, SessionStatus.FAILED, SessionStatus.FAILED):
        make.session(status=status)

    counted = totals.totals(db, operator)

    assert counted.all_sessions == 4
    assert counted.sessions[SessionStatus.FAILED] == 2


def test_those_who_see_all_read_totals_from_the_ledger(db, operator):
    db.add(MetricDelta(metric="onboarding_sessions", label="draft", bucket=NOW, delta=7_000_000))
    db.flush()

    assert totals.totals(db, operator).sessions[SessionStatus.DRAFT] == 7_000_000


def test_a_member_s_totals_count_only_the_member_s_own(db, make):
    member = make.user(role=Role.MEMBER)
    make.session(user=member, status=SessionStatus.COMPLETED)
    make.project(owner=member, status=ProjectStatus.DOMAIN_READY)
    make.session(status=SessionStatus.COMPLETED)
    make.project(status=ProjectStatus.DOMAIN_READY)

    counted = totals.totals(db, actor_of(member))

    assert (counted.all_sessions, counted.all_projects) == (1, 1)
