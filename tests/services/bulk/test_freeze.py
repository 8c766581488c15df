"""What is frozen is what matches at that moment, once, and no more than a job takes."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from models import AuditEvent, BulkItem, BulkJob, Deploy, DeployStatus, Role
from services.bulk import freeze
from services.bulk.acts import RETRY_DEPLOY
from services.errors import ConflictError, ForbiddenError, InvalidInputError
from tests.conftest import actor_of
from tests.services.bulk.conftest import all_deploys, outcomes, start, waiting


def test_a_job_has_one_item_for_each_record_that_matches_and_one_audit_event(db, make, operator):
    chosen = waiting(make, 3)
    waiting(make, 1, status=DeployStatus.SUCCEEDED, next_attempt_at=None)

    job = start(db, operator, ids=all_deploys(Deploy.status == DeployStatus.QUEUED))

    event = db.scalars(select(AuditEvent)).one()
    assert list(outcomes(db, job.id)) == sorted(str(deploy.id) for deploy in chosen)
    assert job.total == 3
    assert (event.tag, event.subject_id, event.after["records"]) == ("bulk_job:start", job.id, 3)


def test_a_record_that_a_join_selects_twice_is_one_item(db, make, operator):
    [deploy] = waiting(make, 1)
    make.attempt(deploy=deploy)
    make.attempt(deploy=deploy, attempt_number=2)

    job = start(db, operator, ids=all_deploys().join(Deploy.attempts))

    assert job.total == 1


def test_what_comes_to_match_later_is_no_part_of_it(db, make, operator):
    waiting(make, 1)
    job = start(db, operator)
    waiting(make, 1)

    assert db.scalar(select(func.count()).where(BulkItem.job_id == job.id)) == 1


def test_a_form_that_is_sent_twice_makes_one_job(db, make, operator):
    waiting(make, 2)
    token = uuid4()

    first, second = (start(db, operator, job_id=token) for _ in range(2))

    assert first.id == second.id == token
    assert db.scalar(select(func.count()).select_from(BulkItem)) == 2


def test_a_form_that_somebody_else_used_is_a_conflict(db, make, operator):
    waiting(make, 1)
    token = start(db, operator).id

    with pytest.raises(ConflictError):
        start(db, actor_of(make.user(role=Role.ADMIN)), job_id=token)


def test_nothing_that_matches_is_a_conflict(db, operator):
    with pytest.raises(ConflictError, match="Nothing matches"):
        start(db, operator)


def test_more_than_a_job_takes_is_refused(db, make, operator, monkeypatch):
    monkeypatch.setattr(freeze, "LIMIT", 2)
    waiting(make, 3)

    with pytest.raises(InvalidInputError, match="narrow the filter"):
        start(db, operator)


@pytest.mark.parametrize("typed", [None, 1, 3])
def test_an_act_that_cannot_be_undone_asks_for_the_count(db, make, operator, typed):
    waiting(make, 2, status=DeployStatus.DEAD_LETTERED, next_attempt_at=None)

    with pytest.raises(InvalidInputError, match="Type 2 to confirm") as refusal:
        start(db, operator, RETRY_DEPLOY, confirmed=typed)
    assert refusal.value.field == "confirmed"


def test_the_count_that_was_typed_starts_it(db, make, operator):
    waiting(make, 2, status=DeployStatus.DEAD_LETTERED, next_attempt_at=None)

    assert start(db, operator, RETRY_DEPLOY, confirmed=2).total == 2


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER])
def test_who_may_not_do_it_to_one_may_not_to_many(db, make, role):
    with pytest.raises(ForbiddenError):
        start(db, actor_of(make.user(role=role)))

    assert db.scalars(select(BulkJob)).all() == []
