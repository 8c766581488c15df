"""Undoing one's own act: each kind once, by its own person, in time, and only while nothing else happened."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from models import (
    AuditEvent,
    DeliveryPause,
    DeployStatus,
    FailureGroup,
    FailureGroupStatus,
    ProjectStatus,
    RecoveryStatus,
    Role,
)
from services import audit, deploys, projects, rooms, templates, undo
from services.deploys import recovery, switches, triage
from services.errors import ConflictError, ForbiddenError, NotFoundError
from tests.conftest import actor_of
from tests.records import NOBODY
from tests.trail import tags

NOW = datetime.now(UTC)
"""The trail's times are the database's, so that acts here are done now."""
LATER = NOW + timedelta(minutes=1)
QUEUED, RETRY_SCHEDULED, CANCELLED = DeployStatus.QUEUED, DeployStatus.RETRY_SCHEDULED, DeployStatus.CANCELLED
OPEN, RESOLVED, IGNORED = FailureGroupStatus.OPEN, FailureGroupStatus.RESOLVED, FailureGroupStatus.IGNORED


@pytest.fixture
def ana(make):
    return actor_of(make.user(role=Role.OPERATOR))


@pytest.fixture
def admin(make):
    return actor_of(make.user(role=Role.ADMIN))


@pytest.fixture
def done(db):
    """Does an act, as the edges do, and returns what it offers to undo it with."""

    def done(act, *arguments, actor, **more):
        audit.act_as(db, actor)
        act(db, *arguments, actor=actor, **more)
        return undo.offer(db)

    return done


@pytest.fixture
def paused(db):
    """Pauses deliveries to a host, some time ago."""

    def paused(host):
        db.add(DeliveryPause(host=host, reason="Moving", paused_by="bo@example.com", paused_at=NOW))
        db.flush()

    return paused


@pytest.fixture
def resolved(make, ana, done):
    """A group that ana has just resolved, and the event of it."""
    group = make.failure_group()
    return group, done(triage.resolve, group.id, actor=ana, now=NOW)


@pytest.mark.parametrize("was", [QUEUED, RETRY_SCHEDULED])
def test_a_cancelled_deploy_waits_again_as_it_did(db, make, ana, done, was):
    due_at = NOW + timedelta(hours=1)
    deploy = make.deploy(status=was, next_attempt_at=due_at)
    key = deploy.idempotency_key

    event = done(deploys.cancel, deploy.id, actor=ana, now=NOW)
    undo.undo(db, event, actor=ana, now=LATER)

    assert (deploy.status, deploy.next_attempt_at, deploy.idempotency_key) == (was, due_at, key)
    assert tags(db) == ["deploy:cancel", "deploy:undo_cancel"]


def test_a_deploy_whose_attempt_came_due_while_it_was_cancelled_is_due_now(db, make, ana, done):
    deploy = make.deploy(status=QUEUED, next_attempt_at=NOW - timedelta(hours=1))

    undo.undo(db, done(deploys.cancel, deploy.id, actor=ana, now=NOW), actor=ana, now=LATER)

    assert deploy.next_attempt_at == LATER


def test_a_deploy_is_not_uncancelled_beside_a_newer_one_of_its_session(db, make, ana, done):
    session = make.session(status="completed")
    deploy = make.deploy(session=session, status=QUEUED)
    event = done(deploys.cancel, deploy.id, actor=ana, now=NOW)
    make.deploy(session=session, status=QUEUED)

    with pytest.raises(ConflictError, match="already under way"):
        undo.undo(db, event, actor=ana, now=LATER)

    db.refresh(deploy)
    assert deploy.status is CANCELLED


@pytest.mark.parametrize(
    ("act", "was"), [(triage.resolve, OPEN), (triage.ignore, OPEN), (triage.reopen, RESOLVED), (triage.reopen, IGNORED)]
)
def test_a_group_is_again_what_it_was(db, make, ana, done, act, was):
    came_back_at = NOW - timedelta(hours=3) if was is OPEN else None
    group = make.failure_group(status=was, reopened_at=came_back_at)

    said = undo.undo(db, done(act, group.id, actor=ana, now=NOW), actor=ana, now=LATER)

    db.refresh(group)
    assert (group.status, group.reopened_at, group.status_by) == (was, came_back_at, ana.name)
    assert said == f"The group is {was} again."
    assert tags(db)[1] == "failure_group:undo"


@pytest.mark.parametrize("host", [None, "hooks.example.com"])
def test_a_pause_of_deliveries_is_taken_back(db, ana, done, host):
    undo.undo(db, done(switches.pause, actor=ana, host=host, reason="Moving", now=NOW), actor=ana, now=LATER)

    assert switches.pauses(db) == []
    assert tags(db) == ["deliveries:pause", "deliveries:undo_pause"]


@pytest.mark.parametrize("host", [None, "hooks.example.com"])
def test_a_resume_of_deliveries_is_taken_back_with_the_reason_that_there_was(db, ana, done, paused, host):
    paused(host)
    resumed = done(switches.resume, actor=ana, host=host, now=NOW)
    undo.undo(db, resumed, actor=ana, now=LATER)

    [pause] = switches.pauses(db)
    assert (pause.host, pause.reason, pause.paused_by) == (host, "Moving", ana.name)


def test_only_the_pause_that_was_made_is_taken_back_and_not_another_of_the_same_host(db, make, ana, done):
    bo = actor_of(make.user(role=Role.OPERATOR))
    event = done(switches.pause, actor=ana, host=None, reason="Moving", now=NOW)
    switches.resume(db, host=None, actor=bo, now=NOW)
    switches.pause(db, host=None, reason="Broken", actor=bo, now=NOW)

    with pytest.raises(ConflictError):
        undo.undo(db, event, actor=ana, now=LATER)

    assert [pause.reason for pause in switches.pauses(db)] == ["Broken"]


def test_deliveries_that_are_paused_again_are_not_paused_twice(db, ana, done, paused):
    paused(None)
    event = done(switches.resume, actor=ana, host=None, now=NOW)
    switches.pause(db, host=None, reason="Broken", actor=ana, now=NOW)

    with pytest.raises(ConflictError, match="paused again already"):
        undo.undo(db, event, actor=ana, now=LATER)


def test_a_pause_of_a_recovery_is_taken_back_and_so_is_a_resume(db, make, ana, done):
    one, other = make.recovery(make.deploy()), make.recovery(make.deploy(), status="paused", status_reason="Look first")

    undo.undo(db, done(recovery.pause, one.id, actor=ana, now=NOW, reason="Oh"), actor=ana, now=LATER)
    undo.undo(db, done(recovery.resume, other.id, actor=ana, now=NOW), actor=ana, now=LATER)

    assert (one.status, other.status) == (RecoveryStatus.RUNNING, RecoveryStatus.PAUSED)
    assert other.status_reason == "Look first"
    assert tags(db) == ["recovery:pause", "recovery:undo_pause", "recovery:resume", "recovery:undo_resume"]


def test_going_on_with_a_recovery_that_halted_and_aborting_one_are_decisions_that_stay(make, ana, done):
    halted, running = make.recovery(make.deploy(), status="halted"), make.recovery(make.deploy())

    assert done(recovery.resume, halted.id, actor=ana, now=NOW, anyway=True) is None
    assert done(recovery.abort, running.id, actor=ana, now=NOW) is None


def test_a_retry_is_not_offered_to_be_undone_since_a_worker_sends_it_at_once(make, ana, done):
    assert done(deploys.retry, make.deploy().id, actor=ana, now=NOW) is None


def test_whoever_took_a_step_takes_it_back_without_being_an_admin(db, make, ana, done):
    project = make.project(status="code_generated")

    said = undo.undo(db, done(projects.mark_configured, project.id, actor=ana, now=NOW), actor=ana, now=LATER)

    assert said == "The project is code generated again."
    assert project.status is ProjectStatus.CODE_GENERATED
    assert tags(db) == ["project:move", "project:undo_move"]


def test_a_step_on_which_something_was_built_stays(db, make, ana, done):
    project = make.project(status="code_generated")
    event = done(projects.mark_configured, project.id, actor=ana, now=NOW)
    projects.configure(db, project.id, {"output_dir": "dist"}, actor=ana)

    with pytest.raises(ConflictError, match="Something else happened"):
        undo.undo(db, event, actor=ana, now=LATER)

    assert project.status is ProjectStatus.DEPLOY_CONFIGURED


def test_an_edit_of_a_prompt_a_room_or_a_template_is_taken_back(db, make, ana, admin, done):
    project, room = make.project(prompt_text="As it was"), make.room(name="Main room")
    template = make.template(title="A template", tags=["web"])

    events = [
        (done(projects.edit, project.id, actor=ana, prompt_text="New"), ana),
        (done(rooms.edit, room.id, {"name": "New", "current_prompt_text": None}, actor=ana), ana),
        (done(templates.edit, template.id, {"title": "New", "content": "New"}, actor=admin), admin),
    ]
    for event, actor in events:
        undo.undo(db, event, actor=actor, now=LATER)

    assert project.prompt_text == "As it was"
    assert (room.name, room.state.current_prompt_text) == ("Main room", "Build it well.")
    assert (template.title, template.tags) == ("A template", ["web"])
    assert tags(db)[-3:] == ["project:undo_edit", "room:undo_edit", "template:undo_edit"]


def test_an_edit_that_somebody_edited_over_stays(db, make, ana, done):
    project = make.project(prompt_text="As it was")
    event = done(projects.edit, project.id, actor=ana, prompt_text="New")
    project.prompt_text = "By another program"
    db.flush()

    with pytest.raises(ConflictError, match="edited again since"):
        undo.undo(db, event, actor=ana, now=LATER)

    assert project.prompt_text == "By another program"


def test_nothing_is_undone_twice(db, resolved, ana):
    group, event = resolved
    undo.undo(db, event, actor=ana, now=LATER)
    db.execute(update(FailureGroup).where(FailureGroup.id == group.id).values(status=RESOLVED))

    with pytest.raises(ConflictError):
        undo.undo(db, event, actor=ana, now=LATER)

    db.refresh(group)
    assert group.status is RESOLVED


def test_of_two_acts_in_one_transaction_not_even_the_second_is_undone(db, resolved, ana):
    group, event = resolved
    audit.record(db, ana, "failure_group:resolve", group.id, before={"status": OPEN}, after={"status": RESOLVED})
    second = audit.recorded(db)[-1].id

    for one in (event, second):
        with pytest.raises(ConflictError, match="Something else happened"):
            undo.undo(db, one, actor=ana, now=LATER)


def test_nobody_undoes_what_another_did_not_even_an_admin(db, resolved, admin):
    group, event = resolved

    with pytest.raises(NotFoundError):
        undo.undo(db, event, actor=admin, now=LATER)

    assert group.status is RESOLVED


def test_a_person_who_is_nobody_undoes_nothing(db, make, done):
    worker = replace(actor_of(make.user(role=Role.OPERATOR)), id=None)
    event = done(triage.resolve, make.failure_group().id, actor=worker, now=NOW)

    with pytest.raises(NotFoundError):
        undo.undo(db, event, actor=worker, now=LATER)


def test_what_never_happened_is_not_found(db, ana):
    with pytest.raises(NotFoundError):
        undo.undo(db, NOBODY, actor=ana, now=LATER)


@pytest.mark.parametrize("minutes", [10, 11])
def test_ten_minutes_later_it_is_over(db, resolved, ana, minutes):
    group, event = resolved
    done_at = db.get_one(AuditEvent, event).at
    now = done_at + timedelta(minutes=minutes)
    if minutes == 10:
        undo.undo(db, event, actor=ana, now=now)
        return

    with pytest.raises(ConflictError, match="10 minutes, which are over"):
        undo.undo(db, event, actor=ana, now=now)

    assert group.status is RESOLVED


def test_a_group_that_came_back_by_itself_meanwhile_is_left_as_it_is(db, resolved, ana):
    group, event = resolved
    db.execute(update(FailureGroup).where(FailureGroup.id == group.id).values(status=OPEN, reopened_at=NOW))

    with pytest.raises(ConflictError, match="is open by now"):
        undo.undo(db, event, actor=ana, now=LATER)

    assert tags(db) == ["failure_group:resolve"]


def test_who_may_not_do_it_any_more_may_not_undo_it_either(db, resolved, ana):
    group, event = resolved

    with pytest.raises(ForbiddenError):
        undo.undo(db, event, actor=replace(ana, role=Role.VIEWER), now=LATER)

    assert group.status is RESOLVED


def test_what_has_no_opposite_is_refused_even_where_somebody_asks_for_it(db, make, ana, done):
    deploy = make.deploy()
    done(deploys.retry, deploy.id, actor=ana, now=NOW)
    event = db.scalars(select(AuditEvent.id)).one()

    with pytest.raises(ConflictError, match="can’t be undone"):
        undo.undo(db, event, actor=ana, now=LATER)

    assert deploy.status is QUEUED
