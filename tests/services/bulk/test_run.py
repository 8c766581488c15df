"""A job does what it says to each record once, on behalf of its person, whatever becomes of the others."""

import pytest
from sqlalchemy import select, text, update

from models import AuditEvent, BulkItem, BulkJob, Deploy, DeployStatus, Project, ProjectStatus, Role, StatusChange, User
from services import bulk
from services.bulk import acts, run
from services.bulk.acts import MARK_CONFIGURED, REDEPLOY_SESSION, RETRY_DEPLOY
from tests.conftest import actor_of
from tests.records import HOOK
from tests.services.bulk.conftest import CONTEXT, all_deploys, counts, moment, outcomes, start, waiting, work
from tests.vaults import urls_of


def statuses(db):
    db.expire_all()
    return [str(status) for status in db.scalars(select(Deploy.status).order_by(Deploy.id))]


def test_a_job_is_done_in_batches_and_then_finished(db, make, operator, monkeypatch):
    monkeypatch.setattr(run, "BATCH", 2)
    waiting(make, 5)
    job = start(db, operator)

    batches = work(db, job.id)

    assert batches == 3
    assert counts(db, job.id) == ("finished", 5, 0, 0, 0)
    assert statuses(db) == ["cancelled"] * 5
    assert bulk.open_ids(db) == []
    assert job.began_at is not None
    assert job.ended_at is not None


def test_each_record_is_acted_on_as_the_person_who_confirmed(db, make, operator):
    [deploy] = waiting(make, 1)
    job = start(db, operator)

    work(db, job.id)

    event = db.scalars(select(AuditEvent).where(AuditEvent.subject_id == deploy.id)).one()
    item = db.scalars(select(BulkItem)).one()
    assert (event.tag, event.actor_id, event.actor, event.origin) == (
        "deploy:cancel",
        operator.id,
        operator.name,
        "worker",
    )
    assert item.event_id == event.id


def test_the_history_that_triggers_write_names_the_person_too(db, make, operator):
    project = make.project(status=ProjectStatus.CODE_GENERATED)
    job = start(db, operator, MARK_CONFIGURED, select(Project.id))

    work(db, job.id)

    changes = db.scalars(select(StatusChange).where(StatusChange.subject_id == project.id)).all()
    assert operator.name in {change.actor for change in changes}


def test_a_refusal_skips_one_record_and_says_why(db, make, operator):
    first, second = waiting(make, 2)
    job = start(db, operator)
    db.execute(update(Deploy).where(Deploy.id == first.id).values(status=DeployStatus.SUCCEEDED))

    work(db, job.id)

    assert counts(db, job.id) == ("finished", 1, 1, 0, 0)
    assert outcomes(db, job.id)[str(first.id)] == "Only a deploy that waits can be cancelled; this one is succeeded."
    assert outcomes(db, job.id)[str(second.id)] == "done"


def test_a_record_that_is_gone_is_skipped(db, make, operator):
    [deploy] = waiting(make, 1)
    job = start(db, operator)
    db.execute(text("DELETE FROM deploys"))
    db.expunge(deploy)

    work(db, job.id)

    assert outcomes(db, job.id) == {str(deploy.id): "There is no such deploy."}


def test_a_fault_fails_one_record_and_leaves_the_others_done(db, make, operator, caplog):
    first, second = waiting(make, 2)
    db.execute(
        text(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;"
            "CREATE TRIGGER refuse BEFORE UPDATE ON deploys FOR EACH ROW"
            f" WHEN (NEW.id = '{first.id}') EXECUTE FUNCTION refuse()"
        )
    )
    job = start(db, operator, ids=all_deploys())

    work(db, job.id)

    assert counts(db, job.id) == ("finished", 1, 0, 1, 0)
    assert outcomes(db, job.id) == {str(first.id): run.BROKEN, str(second.id): "done"}
    assert str(first.id) in caplog.text
    assert db.scalars(select(AuditEvent.subject_id).where(AuditEvent.tag == "deploy:cancel")).all() == [second.id]


def test_a_record_that_takes_too_long_fails_and_does_not_hold_up_its_batch_for_good(db, make, operator):
    first, second = waiting(make, 2)
    db.execute(
        text(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); END $$;"
            "CREATE TRIGGER dawdle BEFORE UPDATE ON deploys FOR EACH ROW"
            f" WHEN (NEW.id = '{first.id}') EXECUTE FUNCTION dawdle()"
        )
    )
    job = start(db, operator, ids=all_deploys())
    db.execute(text("SET LOCAL statement_timeout = '500ms'"))

    work(db, job.id)

    assert counts(db, job.id) == ("finished", 1, 0, 1, 0)
    assert outcomes(db, job.id) == {str(first.id): run.TOO_SLOW, str(second.id): "done"}


def test_sessions_are_redeployed_to_the_hook_of_the_settings_where_they_name_none(db, make, operator):
    session = make.session(status="completed")
    job = start(db, operator, REDEPLOY_SESSION, select(type(session).id), confirmed=1)

    work(db, job.id, default_hook_url=HOOK)

    assert urls_of(db) == [HOOK]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"role": Role.VIEWER}, "does not permit this any more"),
        ({"active": False}, "may not sign in any more"),
        ({"role": None}, "may not sign in any more"),
    ],
)
def test_a_person_who_lost_the_role_stops_the_job(db, make, operator, change, why):
    waiting(make, 1)
    job = start(db, operator)
    db.execute(update(User).where(User.id == operator.id).values(change))

    work(db, job.id)

    assert counts(db, job.id) == ("halted", 0, 0, 0, 1)
    assert why in job.status_reason
    assert statuses(db) == ["queued"]
    assert "bulk_job:halt" in db.scalars(select(AuditEvent.tag)).all()


def test_a_person_who_was_removed_stops_the_job(db, make, operator):
    waiting(make, 1)
    job = start(db, operator)
    db.execute(text("DELETE FROM users WHERE id = :id"), {"id": operator.id})

    work(db, job.id)

    assert counts(db, job.id)[0] == "halted"


def test_a_member_acts_on_their_own_records_alone_whatever_was_frozen(db, make):
    member = make.user(role=Role.MEMBER)
    own = make.deploy(session=make.session(user=member, status="completed"))
    other = make.deploy()
    job = start(db, actor_of(member), RETRY_DEPLOY, all_deploys(), confirmed=2)

    work(db, job.id)

    assert outcomes(db, job.id)[str(own.id)] == "done"
    assert "does not permit" in outcomes(db, job.id)[str(other.id)]


def test_an_act_that_is_no_longer_known_stops_the_job(db, make, operator, monkeypatch):
    waiting(make, 1)
    job = start(db, operator)
    monkeypatch.delitem(acts.ACTS, "deploy:cancel")

    work(db, job.id)

    assert counts(db, job.id)[0] == "halted"
    assert "deploy:cancel" in job.status_reason


def test_a_job_that_is_over_is_left_alone(db, make, operator):
    waiting(make, 1)
    job = start(db, operator)
    db.execute(update(BulkJob).values(status="cancelled"))

    assert bulk.advance(db, job.id, now=moment(), context=CONTEXT) == 0
    assert statuses(db) == ["queued"]
