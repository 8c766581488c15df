"""Deleting many records by a job, and having them back."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from models import DeployStatus, OnboardingSession, Project, PromptTemplate, Role, Room, SessionStatus
from services import bulk
from services.bulk.acts import DELETE_PROJECT, DELETE_ROOM, DELETE_SESSION, DELETE_TEMPLATE
from services.errors import ForbiddenError
from tests.conftest import actor_of
from tests.services.bulk.conftest import CONTEXT, counts, moment, outcomes, start, work


@pytest.fixture
def admin(make):
    return actor_of(make.user(role=Role.ADMIN))


@pytest.mark.parametrize(
    ("act", "model"),
    [(DELETE_PROJECT, Project), (DELETE_ROOM, Room), (DELETE_TEMPLATE, PromptTemplate)],
    ids=["project", "room", "template"],
)
def test_what_a_job_deleted_is_back_when_the_job_is_undone(db, make, admin, act, model):
    for _ in range(2):
        make.template()
        make.room()
    ids = sorted(db.scalars(select(model.id)))
    job = start(db, admin, act, select(model.id))

    work(db, job.id)
    db.expunge_all()
    deleted = counts(db, job.id), db.scalars(select(model.id)).all()
    undoing = bulk.undo_done(db, job.id, new_id=uuid4(), actor=admin, now=moment())
    work(db, undoing.id)

    assert deleted == (("finished", 2, 0, 0, 0), [])
    assert counts(db, undoing.id) == ("finished", 2, 0, 0, 0)
    assert sorted(db.scalars(select(model.id))) == ids


def test_a_session_that_is_being_deployed_is_foretold_to_be_skipped_and_is(db, make, admin):
    busy = make.session(status=SessionStatus.COMPLETED)
    make.deploy(session=busy, status=DeployStatus.QUEUED)
    make.session()
    ids = select(OnboardingSession.id)

    foretold = bulk.preview(db, DELETE_SESSION, ids, actor=admin, context=CONTEXT)
    job = start(db, admin, DELETE_SESSION, ids)
    work(db, job.id)

    assert (foretold.would, list(foretold.skipped)) == (1, ["A deploy of this session is under way; cancel it first."])
    assert outcomes(db, job.id)[str(busy.id)] == "A deploy of this session is under way; cancel it first."
    assert counts(db, job.id) == ("finished", 1, 1, 0, 0)


def test_who_may_not_delete_one_may_not_delete_many(db, make):
    make.room()

    with pytest.raises(ForbiddenError):
        start(db, actor_of(make.user(role=Role.OPERATOR)), DELETE_ROOM, select(Room.id))
