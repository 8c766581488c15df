"""Moving a project and editing its prompt; its configuration has a file of its own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, event, select, text

from config import sqlalchemy_url
from models import Project, ProjectStatus, Role, StatusChange
from services import audit, projects
from services.database import DbSession
from services.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError, ServiceError, StaleError
from tests.conftest import NOW, actor_of
from tests.records import Records
from tests.trail import events, oldest_first


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


@pytest.fixture
def admin(make):
    return actor_of(make.user(role=Role.ADMIN))


@pytest.fixture
def fresh_engine(fresh_database_url):
    engine = create_engine(sqlalchemy_url(fresh_database_url), pool_size=20)
    yield engine
    engine.dispose()


def changes(db, project):
    return db.scalars(
        select(StatusChange).where(StatusChange.subject_id == project.id).order_by(*oldest_first(StatusChange))
    ).all()


def test_a_move_changes_the_status_and_leaves_an_audit_event(db, make, operator):
    project = make.project()

    moved = projects.move(db, project.id, ProjectStatus.CODE_GENERATED, actor=operator, now=NOW)

    assert moved.status is ProjectStatus.CODE_GENERATED
    [event] = events(db)
    assert (event.tag, event.subject_kind, event.subject_id) == ("project:move", "project", project.id)
    assert (event.actor_id, event.actor, event.origin) == (operator.id, operator.name, "127.0.0.1")
    assert (event.before, event.after) == ({"status": "prompt_ready"}, {"status": "code_generated"})


def test_the_history_row_of_a_move_is_written_by_the_database_and_names_the_actor(db, make, operator):
    project = make.project()
    audit.act_as(db, operator)

    projects.move(db, project.id, ProjectStatus.CODE_GENERATED, actor=operator, now=NOW)

    change = changes(db, project)[-1]
    assert (change.from_status, change.to_status, change.actor) == ("prompt_ready", "code_generated", operator.name)


def test_a_move_its_audit_event_and_its_history_row_are_committed_together(fresh_db, fresh_engine):
    make = Records(fresh_db, NOW)
    operator, project = actor_of(make.user(role=Role.OPERATOR)), make.project()
    make.save()

    def seen_by_others():
        fresh_db.rollback()
        return project.status, [event.tag for event in events(fresh_db)], changes(fresh_db, project)[-1].actor

    with DbSession(fresh_engine) as db, db.begin():
        audit.act_as(db, operator)
        projects.move(db, project.id, ProjectStatus.CODE_GENERATED, actor=operator, now=NOW)
        assert seen_by_others() == (ProjectStatus.PROMPT_READY, [], None)
    assert seen_by_others() == (ProjectStatus.CODE_GENERATED, ["project:move"], operator.name)


def test_a_move_that_is_not_committed_leaves_no_audit_event_and_no_history(db, make, operator):
    project = make.project()
    db.commit()

    projects.move(db, project.id, ProjectStatus.CODE_GENERATED, actor=operator, now=NOW)
    db.rollback()

    assert db.get(Project, project.id).status is ProjectStatus.PROMPT_READY
    assert events(db) == []
    assert len(changes(db, project)) == 1


def test_marking_as_configured_is_the_step_to_it(db, make, operator):
    project = make.project(status=ProjectStatus.CODE_GENERATED)

    assert projects.mark_configured(db, project.id, actor=operator, now=NOW).status is ProjectStatus.DEPLOY_CONFIGURED


@pytest.mark.parametrize("status", [ProjectStatus.PROMPT_READY, ProjectStatus.DOMAIN_READY])
def test_an_operator_cannot_mark_as_configured_from_elsewhere(db, make, operator, status):
    project = make.project(status=status)

    with pytest.raises(ConflictError, match=r"allowed step|last step"):
        projects.mark_configured(db, project.id, actor=operator, now=NOW)

    assert events(db) == []


def test_marking_twice_is_a_conflict(db, make, operator):
    project = make.project(status=ProjectStatus.CODE_GENERATED)
    projects.mark_configured(db, project.id, actor=operator, now=NOW)

    with pytest.raises(ConflictError, match="deploy configured already"):
        projects.mark_configured(db, project.id, actor=operator, now=NOW)

    assert len(events(db)) == 1


def test_an_admin_may_step_back_with_a_reason_which_the_audit_event_keeps(db, make, admin):
    project = make.project(status=ProjectStatus.DOMAIN_READY)

    projects.move(db, project.id, ProjectStatus.PROMPT_READY, actor=admin, now=NOW, reason="  The domain lapsed. ")

    assert project.status is ProjectStatus.PROMPT_READY
    assert events(db)[0].after == {"status": "prompt_ready", "reason": "The domain lapsed."}


def test_an_admin_without_a_reason_is_asked_for_one(db, make, admin):
    project = make.project(status=ProjectStatus.DOMAIN_READY)

    with pytest.raises(InvalidInputError) as refusal:
        projects.move(db, project.id, ProjectStatus.PROMPT_READY, actor=admin, now=NOW)

    assert refusal.value.field == "reason"
    assert project.status is ProjectStatus.DOMAIN_READY


@pytest.mark.parametrize("reason", ["x" * 201, "a\x00b", "a\ud800b"])
def test_a_reason_that_cannot_be_kept_is_refused(db, make, admin, reason):
    project = make.project(status=ProjectStatus.DOMAIN_READY)

    with pytest.raises(InvalidInputError) as refusal:
        projects.move(db, project.id, ProjectStatus.PROMPT_READY, actor=admin, now=NOW, reason=reason)

    assert refusal.value.field == "reason"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, None])
def test_only_operators_and_admins_move_projects(db, make, role):
    person = make.user(role=role)
    project = make.project(owner=person)

    with pytest.raises(ForbiddenError):
        projects.move(db, project.id, ProjectStatus.CODE_GENERATED, actor=actor_of(person), now=NOW)

    assert project.status is ProjectStatus.PROMPT_READY
    assert events(db) == []


def test_a_project_that_does_not_exist_is_not_found(db, operator):
    with pytest.raises(NotFoundError):
        projects.move(db, uuid4(), ProjectStatus.CODE_GENERATED, actor=operator, now=NOW)
    with pytest.raises(NotFoundError):
        projects.edit(db, uuid4(), actor=operator, prompt_text="x")


def test_a_move_that_someone_overtakes_after_it_has_looked_is_a_conflict(fresh_db, fresh_engine):
    make = Records(fresh_db, NOW)
    operator, project_id = actor_of(make.user(role=Role.OPERATOR)), make.project().id
    make.save()

    with DbSession(fresh_engine) as db:

        @event.listens_for(db.connection(), "before_cursor_execute")
        def overtake(connection, cursor, statement, parameters, context, executemany):
            if statement.startswith("UPDATE projects"):
                fresh_db.execute(text("UPDATE projects SET status = 'domain_ready'"))
                fresh_db.commit()

        with pytest.raises(ConflictError, match="just changed"):
            projects.move(db, project_id, ProjectStatus.CODE_GENERATED, actor=operator, now=NOW)

    assert fresh_db.get(Project, project_id, populate_existing=True).status is ProjectStatus.DOMAIN_READY
    assert events(fresh_db) == []


def test_of_many_who_take_the_same_step_at_once_one_does(fresh_db, fresh_engine):
    make = Records(fresh_db, NOW)
    operator, project = actor_of(make.user(role=Role.OPERATOR)), make.project()
    make.save()
    project_id = project.id

    def step(_):
        try:
            with DbSession(fresh_engine) as db, db.begin():
                projects.move(db, project_id, ProjectStatus.CODE_GENERATED, actor=operator, now=NOW)
        except ServiceError as error:
            return type(error)
        return None

    with ThreadPoolExecutor(20) as pool:
        ended = list(pool.map(step, range(20)))

    assert (ended.count(None), ended.count(ConflictError)) == (1, 19)
    assert len(events(fresh_db)) == 1
    assert [change.to_status for change in changes(fresh_db, project)] == ["prompt_ready", "code_generated"]


def test_an_edit_replaces_the_prompt_and_keeps_both_texts_in_the_audit_trail(db, make, operator):
    project = make.project(prompt_text="Build a shop.")

    projects.edit(db, project.id, actor=operator, prompt_text="  Build a good shop.\n")

    assert project.prompt_text == "Build a good shop."
    [event] = events(db)
    assert event.tag == "project:edit"
    assert (event.before, event.after) == ({"prompt_text": "Build a shop."}, {"prompt_text": "Build a good shop."})


def test_an_edit_that_changes_nothing_leaves_no_trace(db, make, operator):
    project = make.project(prompt_text="Build a shop.")
    db.refresh(project)
    before = project.updated_at

    projects.edit(db, project.id, actor=operator, prompt_text="Build a shop.\n")

    db.refresh(project)
    assert project.updated_at == before
    assert events(db) == []


def test_an_edit_makes_a_later_version(db, make, operator):
    project = make.project(prompt_text="Build a shop.")
    before = project.updated_at

    assert projects.edit(db, project.id, actor=operator, prompt_text="Another.").updated_at > before


def test_an_edit_of_the_version_that_was_seen_is_saved(db, make, operator):
    project = make.project()
    db.refresh(project)

    projects.edit(db, project.id, actor=operator, prompt_text="Mine.", unless_changed_since=project.updated_at)

    assert project.prompt_text == "Mine."


def test_an_edit_of_an_older_version_would_lose_the_newer_one_and_is_refused(db, make, operator):
    project = make.project(prompt_text="Theirs.")

    with pytest.raises(StaleError):
        projects.edit(
            db,
            project.id,
            actor=operator,
            prompt_text="Mine.",
            unless_changed_since=project.updated_at - timedelta(microseconds=1),
        )

    assert project.prompt_text == "Theirs."
    assert events(db) == []


def test_of_many_who_save_the_same_version_at_once_one_does(fresh_db, fresh_engine):
    make = Records(fresh_db, NOW)
    operator, project = actor_of(make.user(role=Role.OPERATOR)), make.project()
    make.save()
    project_id, seen = project.id, project.updated_at

    def save(number):
        try:
            with DbSession(fresh_engine) as db, db.begin():
                projects.edit(db, project_id, actor=operator, prompt_text=f"Text {number}", unless_changed_since=seen)
        except ServiceError as error:
            return type(error)
        return None

    with ThreadPoolExecutor(20) as pool:
        ended = list(pool.map(save, range(20)))

    assert (ended.count(None), ended.count(StaleError)) == (1, 19)
    assert len(events(fresh_db)) == 1


def test_an_empty_prompt_is_stored_as_none(db, make, operator):
    project = make.project(prompt_text="Build a shop.")

    assert projects.edit(db, project.id, actor=operator, prompt_text=" \n ").prompt_text is None


@pytest.mark.parametrize("prompt", ["x" * 20_001, "a\x00b", "a\udfffb"])
def test_a_prompt_that_cannot_be_stored_is_refused_by_its_field(db, make, operator, prompt):
    project = make.project(prompt_text="Build a shop.")

    with pytest.raises(InvalidInputError) as refusal:
        projects.edit(db, project.id, actor=operator, prompt_text=prompt)

    assert refusal.value.field == "prompt_text"
    assert project.prompt_text == "Build a shop."


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_only_operators_and_admins_edit_prompts(db, make, role):
    person = make.user(role=role)

    with pytest.raises(ForbiddenError):
        projects.edit(db, make.project(owner=person).id, actor=actor_of(person), prompt_text="x")
