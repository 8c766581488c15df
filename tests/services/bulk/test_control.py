"""Cancelling a job, running what failed again, and undoing what was done."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from models import AuditEvent, BulkItem, BulkItemStatus, Deploy, DeployStatus, Role
from services import bulk
from services.bulk import run
from services.bulk.acts import RETRY_DEPLOY
from services.errors import ConflictError, ForbiddenError, NotFoundError
from tests.conftest import actor_of
from tests.records import NOBODY
from tests.services.bulk.conftest import CONTEXT, counts, moment, outcomes, start, waiting, work


@pytest.fixture
def over(db, make, operator):
    """A job that cancelled three deploys."""
    waiting(make, 3)
    job = start(db, operator)
    work(db, job.id)
    return job


def statuses(db):
    db.expire_all()
    return [str(status) for status in db.scalars(select(Deploy.status).order_by(Deploy.id))]


def undo(db, job, actor, **values):
    return bulk.undo_done(db, job.id, **{"new_id": uuid4(), "actor": actor, "now": moment()} | values)


def retry(db, job, actor, **values):
    return bulk.retry_failed(db, job.id, **{"new_id": uuid4(), "actor": actor, "now": moment()} | values)


def test_of_a_cancelled_job_what_is_done_stays_done(db, make, operator, monkeypatch):
    monkeypatch.setattr(run, "BATCH", 1)
    waiting(make, 3)
    job = start(db, operator)
    bulk.advance(db, job.id, now=moment(), context=CONTEXT)

    bulk.cancel(db, job.id, actor=operator, now=moment())

    assert work(db, job.id) == 0
    assert counts(db, job.id) == ("cancelled", 1, 0, 0, 2)
    assert sorted(statuses(db)) == ["cancelled", "queued", "queued"]
    assert "bulk_job:cancel" in db.scalars(select(AuditEvent.tag)).all()


def test_a_job_that_is_over_cannot_be_cancelled(db, operator, over):
    with pytest.raises(ConflictError, match="finished already"):
        bulk.cancel(db, over.id, actor=operator, now=moment())


@pytest.mark.parametrize(("role", "allowed"), [(Role.ADMIN, True), (Role.OPERATOR, False)])
def test_an_admin_may_cancel_the_jobs_of_others_and_nobody_else_finds_them(db, make, operator, role, allowed):
    waiting(make, 1)
    job, other = start(db, operator), actor_of(make.user(role=role))

    if allowed:
        bulk.cancel(db, job.id, actor=other, now=moment())
    else:
        with pytest.raises(NotFoundError):
            bulk.cancel(db, job.id, actor=other, now=moment())

    assert counts(db, job.id)[0] == ("cancelled" if allowed else "running")


def test_what_failed_runs_again_as_a_job_of_its_own(db, operator, over):
    failed = db.scalars(select(BulkItem).where(BulkItem.position == 2)).one()
    failed.status, over.failed, over.done = BulkItemStatus.FAILED, 1, 2
    db.execute(update(Deploy).where(Deploy.id == failed.record_id).values(status="queued", next_attempt_at=moment()))

    again = retry(db, over, operator)
    work(db, again.id)

    assert (again.retry_of, again.total) == (over.id, 1)
    assert outcomes(db, again.id) == {failed.record_id: "done"}


def test_where_nothing_failed_there_is_nothing_to_retry(db, operator, over):
    with pytest.raises(ConflictError, match="Nothing of this job failed"):
        retry(db, over, operator)


def test_all_that_was_done_is_undone_the_last_first(db, operator, over):
    undoing = undo(db, over, operator)

    work(db, undoing.id)

    assert counts(db, undoing.id) == ("finished", 3, 0, 0, 0)
    assert list(outcomes(db, undoing.id)) == list(reversed(outcomes(db, over.id)))
    assert statuses(db) == ["queued"] * 3


def test_a_record_that_changed_since_is_not_undone_and_that_is_said(db, operator, over):
    record_id = next(iter(outcomes(db, over.id)))
    undoing = undo(db, over, operator)
    db.add(AuditEvent(actor="bo@example.com", tag="deploy:x", subject_kind="deploy", subject_id=record_id))
    db.flush()

    work(db, undoing.id)

    assert counts(db, undoing.id) == ("finished", 2, 1, 0, 0)
    assert outcomes(db, undoing.id)[record_id] == "Something else happened to this record since, so nothing was undone."


def test_what_could_be_undone_when_it_was_asked_for_is_though_the_worker_comes_later(db, operator, over):
    undoing = undo(db, over, operator)

    while bulk.advance(db, undoing.id, now=moment() + timedelta(hours=1), context=CONTEXT):
        pass

    assert counts(db, undoing.id) == ("finished", 3, 0, 0, 0)


def test_what_is_too_long_ago_is_not_undone(db, operator, over):
    with pytest.raises(ConflictError, match="10 minutes, which are over"):
        undo(db, over, operator, now=moment() + timedelta(minutes=11))


def test_a_job_is_undone_once(db, operator, over):
    token = uuid4()

    assert undo(db, over, operator, new_id=token).id == undo(db, over, operator, new_id=token).id
    with pytest.raises(ConflictError, match="undone already"):
        undo(db, over, operator)


def test_an_undo_cannot_be_undone(db, operator, over):
    undoing = undo(db, over, operator)
    work(db, undoing.id)

    with pytest.raises(ConflictError, match="An undo"):
        undo(db, undoing, operator)


def test_an_act_that_cannot_be_taken_back_leaves_nothing_to_undo(db, make, operator):
    waiting(make, 1, status=DeployStatus.DEAD_LETTERED, next_attempt_at=None)
    job = start(db, operator, RETRY_DEPLOY, confirmed=1)
    work(db, job.id)

    with pytest.raises(ConflictError, match="Nothing of this job can be undone"):
        undo(db, job, operator)


@pytest.mark.parametrize("act", [undo, retry])
def test_only_the_person_who_started_a_job_goes_on_from_it(db, make, over, act):
    with pytest.raises(ForbiddenError):
        act(db, over, actor_of(make.user(role=Role.ADMIN)))


@pytest.mark.parametrize("act", [undo, retry])
def test_a_job_that_runs_is_neither_undone_nor_retried(db, make, operator, act):
    waiting(make, 1)

    with pytest.raises(ConflictError, match="still running"):
        act(db, start(db, operator), operator)


def test_a_job_that_is_none_is_not_found(db, operator):
    with pytest.raises(NotFoundError):
        bulk.cancel(db, NOBODY, actor=operator, now=moment())


def test_a_job_is_listed_to_its_person_and_to_admins(db, make, operator, over):
    others = [actor_of(make.user(role=role)) for role in (Role.OPERATOR, Role.MEMBER, Role.ADMIN)]

    assert [list(bulk.recent(db, actor=actor)) for actor in (operator, *others)] == [[over], [], [], [over]]


def test_a_page_of_items_names_the_records_and_says_where_the_next_begins(db, operator, over, monkeypatch):
    monkeypatch.setattr("services.bulk.progress.PAGE", 2)

    first = bulk.items(db, over.id, actor=operator)
    second = bulk.items(db, over.id, actor=operator, cursor=first.next_cursor)

    assert [item.position for item in (*first.items, *second.items)] == [1, 2, 3]
    assert second.next_cursor is None
    assert first.items[0].name == f"Deploy {first.items[0].record_id[:8]}"
    assert bulk.items(db, over.id, actor=operator, status=BulkItemStatus.FAILED).items == []


def test_an_item_outlives_its_record(db, operator, over):
    db.execute(text("DELETE FROM deploys"))
    db.expunge_all()

    assert {item.name for item in bulk.items(db, over.id, actor=operator).items} == {None}
