"""Finishing a draft: its project, configuration, deploy and audit, together or not at all."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import create_engine, func, select, text

from config import sqlalchemy_url
from models import (
    WAITING_STATUSES,
    AuditEvent,
    ComboType,
    Deploy,
    DeploymentTarget,
    DeployStatus,
    DeployTrigger,
    OnboardingSession,
    Project,
    ProjectConfig,
    ProjectStatus,
    SessionStatus,
    StatusChange,
)
from services import audit, onboarding
from services.database import DbSession
from services.errors import ConflictError, InvalidInputError, NotFoundError
from tests import vaults
from tests.conftest import NOW, actor_of
from tests.contents import everything
from tests.records import HOOK, Records
from tests.vaults import url_of

ANSWERS = {
    "purpose": "A shop for teapots",
    "target_audience": "tea drinkers",
    "model_preference": "gpt-5",
    "hosting_target": "netlify",
    "api_provider": "none",
    "template": "builtin:web-launch",
}


@pytest.fixture
def person(make):
    return make.user()


@pytest.fixture
def actor(person):
    return actor_of(person)


@pytest.fixture
def draft(db, actor):
    return answered(db, actor)


def answered(db, actor, **changes):
    session = onboarding.start(db, actor=actor, now=NOW, anew=True)
    return onboarding.save_step(db, session.id, ANSWERS | changes, actor=actor)


def finalize(db, session, actor, *, hook=HOOK):
    return onboarding.finalize(db, session.id, actor=actor, now=NOW, default_hook_url=hook)


def rows(db, model):
    return db.scalar(select(func.count()).select_from(model))


def waiting(db):
    """The ids of the deploys that a worker would take."""
    return db.scalars(select(Deploy.id).where(Deploy.status.in_(WAITING_STATUSES))).all()


def test_finishing_makes_the_project_that_the_answers_speak_of(db, draft, actor):
    project = finalize(db, draft, actor).project

    assert (project.owner_id, project.onboarding_session_id) == (actor.id, draft.id)
    assert (project.title, project.description) == ("A shop for teapots", "For tea drinkers.")
    assert (project.combo_type, project.status) == (ComboType.WEB, ProjectStatus.PROMPT_READY)
    assert project.stack == "Next.js, Tailwind"
    assert project.prompt_text.startswith(
        "Build a public website for A shop for teapots. Its readers are tea drinkers."
    )


@pytest.mark.parametrize(
    ("hosting", "target"),
    [
        ("vercel", DeploymentTarget.VERCEL),
        ("aws", DeploymentTarget.CONCEPT_AWS),
        ("netlify", DeploymentTarget.CONCEPT_NETLIFY),
        ("expo", DeploymentTarget.CONCEPT_EXPO),
    ],
)
def test_its_configuration_names_the_hosting(db, actor, hosting, target):
    project = finalize(db, answered(db, actor, hosting_target=hosting), actor).project

    config = db.scalars(select(ProjectConfig).where(ProjectConfig.project_id == project.id)).one()
    assert (config.deployment_target, config.env_config) == (target, {})


def test_finishing_queues_one_deploy_of_the_session(db, draft, actor):
    deploy = finalize(db, draft, actor).deploy

    assert (deploy.session_id, url_of(deploy), deploy.status) == (draft.id, HOOK, DeployStatus.QUEUED)
    assert (deploy.trigger, deploy.actor) == (DeployTrigger.WIZARD, actor.name)
    assert waiting(db) == [deploy.id]


def test_finishing_completes_the_session_and_its_history_and_audit_say_who(db, draft, actor):
    audit.act_as(db, actor)
    project = finalize(db, draft, actor).project

    assert draft.status is SessionStatus.COMPLETED
    changes = db.execute(select(StatusChange.subject_kind, StatusChange.to_status, StatusChange.actor)).all()
    assert ("session", "completed", actor.name) in [tuple(change) for change in changes]
    event = db.scalars(select(AuditEvent).where(AuditEvent.tag == "session:finalize")).one()
    assert event.before == {"status": "draft"}
    assert event.after == {"status": "completed", "project_id": str(project.id)}
    assert db.scalars(select(AuditEvent.tag).where(AuditEvent.tag == "deploy:request")).all() == ["deploy:request"]


def test_the_sessions_own_hook_goes_before_the_default(db, draft, actor):
    draft.vercel_hook_url = "https://own.example.com/1"

    assert url_of(finalize(db, draft, actor).deploy) == "https://own.example.com/1"


def test_without_a_hook_there_is_a_project_and_no_deploy(db, draft, actor):
    finished = finalize(db, draft, actor, hook=None)

    assert (finished.deploy, finished.session.status) == (None, SessionStatus.COMPLETED)
    assert (rows(db, Project), rows(db, Deploy), waiting(db)) == (1, 0, [])


@pytest.mark.parametrize("hook", ["ftp://example.com/x", "https://", "https://user:pw@example.com/", "not a url"])
def test_a_hook_that_can_not_be_called_costs_the_deploy_and_not_the_project(db, draft, actor, hook):
    draft.survey = draft.survey | {"vercelHookOverride": hook}

    finished = finalize(db, draft, actor)

    assert (finished.project.title, finished.deploy) == ("A shop for teapots", None)


def test_a_deploy_of_the_draft_that_another_program_asked_for_already_is_its_deploy(db, draft, make, actor):
    earlier = make.deploy(session=draft, status=DeployStatus.QUEUED)

    assert finalize(db, draft, actor).deploy.id == earlier.id
    assert (rows(db, Project), rows(db, Deploy)) == (1, 1)


@pytest.mark.parametrize("field", ["purpose", "target_audience", "model_preference", "hosting_target", "api_provider"])
def test_a_draft_that_lacks_an_answer_can_not_be_finished(db, draft, actor, field):
    setattr(draft, field, None)

    with pytest.raises(InvalidInputError) as caught:
        finalize(db, draft, actor)

    assert caught.value.field == field
    assert (draft.status, rows(db, Project)) == (SessionStatus.DRAFT, 0)


def test_a_template_that_was_deleted_after_it_was_chosen_must_be_chosen_anew(db, make, actor):
    template = make.template()
    draft = answered(db, actor, template=str(template.id))
    db.delete(template)
    db.flush()

    with pytest.raises(InvalidInputError, match="is gone") as caught:
        finalize(db, draft, actor)

    assert caught.value.field == "template"
    assert rows(db, Project) == 0


def test_a_draft_that_another_program_filled_in_can_be_finished(db, make, person, actor):
    template = make.template(content="{purpose}!", combo_type="app")
    session = make.session(
        user=person,
        model_preference="a model of theirs",
        hosting_target="a host of theirs",
        api_provider="a provider of theirs",
        api_key_last_four="1234",
        recommend_template_id=template.id,
    )

    project = finalize(db, session, actor).project

    assert (project.prompt_text, project.combo_type) == ("A shop for teapots!", ComboType.APP)


@pytest.mark.parametrize("times", [2, 3])
def test_finishing_again_is_a_conflict_and_makes_no_second_project(db, draft, actor, times):
    finalize(db, draft, actor)

    for _ in range(times - 1):
        with pytest.raises(ConflictError, match="finished already"):
            finalize(db, draft, actor)

    assert (rows(db, Project), rows(db, ProjectConfig), rows(db, Deploy)) == (1, 1, 1)


def test_nobody_finishes_another_persons_draft(db, make, draft):
    with pytest.raises(NotFoundError):
        finalize(db, draft, actor_of(make.user()))


def test_what_a_session_became_is_found_again(db, draft, actor):
    assert onboarding.find_finished(db, draft.id, actor=actor) is None
    finished = finalize(db, draft, actor)

    assert onboarding.find_finished(db, draft.id, actor=actor) == finished


def test_a_session_that_failed_has_no_project_and_says_why_in_the_audit_trail(db, draft, actor):
    onboarding.mark_failed(db, draft.id, "The project could not be made.", actor=actor)

    found = onboarding.find_finished(db, draft.id, actor=actor)
    assert (found.session.status, found.project, found.deploy) == (SessionStatus.FAILED, None, None)
    event = db.scalars(select(AuditEvent).where(AuditEvent.tag == "session:fail")).one()
    assert event.after == {"status": "failed", "reason": "The project could not be made."}


def test_only_a_draft_of_ones_own_is_marked_as_failed_and_only_with_a_reason(db, make, draft, actor):
    with pytest.raises(NotFoundError):
        onboarding.mark_failed(db, draft.id, "No.", actor=actor_of(make.user()))
    with pytest.raises(InvalidInputError):
        onboarding.mark_failed(db, draft.id, " ", actor=actor)
    finalize(db, draft, actor)
    with pytest.raises(ConflictError):
        onboarding.mark_failed(db, draft.id, "Too late.", actor=actor)

    assert draft.status is SessionStatus.COMPLETED


@pytest.mark.parametrize("table", ["projects", "project_configs", "deploys", "audit_events"])
def test_finishing_leaves_nothing_behind_where_any_part_of_it_fails(fresh_db, table):
    db = fresh_db
    actor = actor_of(Records(db, NOW).user())
    draft = answered(db, actor)
    db.commit()
    before = everything(db)
    db.execute(
        text(f"""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse();
        """)
    )
    db.commit()

    with pytest.raises(Exception, match="no"):
        finalize(db, draft, actor)
    db.rollback()

    assert everything(db) == before


def test_two_who_finish_one_draft_at_once_make_one_project(fresh_database_url):
    engine = create_engine(sqlalchemy_url(fresh_database_url), **vaults.ENGINE)
    with DbSession(engine) as db:
        actor = actor_of(Records(db, NOW).user())
        session_id = answered(db, actor).id
        db.commit()
    outcomes, both = [], Barrier(2)

    def finish():
        with DbSession(engine) as db:
            db.execute(select(1))
            both.wait()
            try:
                onboarding.finalize(db, session_id, actor=actor, now=NOW, default_hook_url=HOOK)
                db.commit()
                outcomes.append("finished")
            except ConflictError:
                outcomes.append("conflict")

    threads = [Thread(target=finish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["conflict", "finished"]
    with DbSession(engine) as db:
        assert (rows(db, Project), rows(db, Deploy), len(waiting(db))) == (1, 1, 1)
        assert db.get(OnboardingSession, session_id).status is SessionStatus.COMPLETED
    engine.dispose()


def test_two_who_begin_at_once_share_one_draft(fresh_database_url):
    engine = create_engine(sqlalchemy_url(fresh_database_url), **vaults.ENGINE)
    with DbSession(engine) as db:
        actor = actor_of(Records(db, NOW).user())
        db.commit()
    begun, both = [], Barrier(2)

    def begin():
        with DbSession(engine) as db:
            db.execute(select(1))
            both.wait()
            begun.append(onboarding.start(db, actor=actor, now=NOW, anew=True).id)
            db.commit()

    threads = [Thread(target=begin) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(begun) == 2
    assert len(set(begun)) == 1
    engine.dispose()
