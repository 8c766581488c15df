"""Resolving, ignoring and reopening failure groups."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import AuditEvent, FailureGroupStatus, Role
from services.deploys import triage
from services.errors import ConflictError, ForbiddenError, NotFoundError
from tests.conftest import NOW, actor_of
from tests.records import NOBODY

OPEN, RESOLVED, IGNORED = FailureGroupStatus.OPEN, FailureGroupStatus.RESOLVED, FailureGroupStatus.IGNORED
VERBS = {"resolve": (triage.resolve, RESOLVED), "ignore": (triage.ignore, IGNORED), "reopen": (triage.reopen, OPEN)}


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


@pytest.mark.parametrize("was", FailureGroupStatus)
@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_changes_any_other_status_once_and_is_audited(db, make, operator, verb, was):
    act, becomes = VERBS[verb]
    group = make.failure_group(status=was, status_by="bo@example.com")
    if was is becomes:
        with pytest.raises(ConflictError, match=f"is {becomes} already"):
            act(db, group.id, actor=operator, now=NOW)
        assert (group.status, group.status_by) == (was, "bo@example.com")
        assert db.scalars(select(AuditEvent)).all() == []
        return

    act(db, group.id, actor=operator, now=NOW)

    assert (group.status, group.status_at, group.status_by) == (becomes, NOW, operator.name)
    [event] = db.scalars(select(AuditEvent))
    assert (event.tag, event.subject_id) == (f"failure_group:{verb}", group.id)
    assert (event.before, event.after) == ({"status": was}, {"status": becomes})


@pytest.mark.parametrize("verb", ["resolve", "ignore"])
def test_whoever_deals_with_a_group_that_came_back_has_seen_that_it_did(db, make, operator, verb):
    group = make.failure_group(reopened_at=NOW - timedelta(hours=1), status_at=NOW - timedelta(hours=1))

    VERBS[verb][0](db, group.id, actor=operator, now=NOW)

    assert group.reopened_at is None


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_those_who_may_not_triage_are_refused(db, make, verb, role):
    group = make.failure_group(status=OPEN if verb != "reopen" else RESOLVED)
    was = group.status

    with pytest.raises(ForbiddenError):
        VERBS[verb][0](db, group.id, actor=actor_of(make.user(role=role)), now=NOW)

    assert group.status is was


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_not_there_is_not_found(db, operator, verb):
    with pytest.raises(NotFoundError):
        VERBS[verb][0](db, NOBODY, actor=operator, now=NOW)
