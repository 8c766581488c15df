"""One record with everything about it, as far as an actor may see it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from models import DeployStatus, ProjectStatus, RecoveryItem, Role, RoomParticipant, SessionStatus, StatusChange
from services import records, waiting_sessions
from services.errors import InvalidInputError, NotFoundError
from tests.conftest import NOW, actor_of

DEFAULT = "https://default.example.com/deploy/0123456789abcdef"
GETTERS = {
    "session": records.get_session,
    "project": records.get_project,
    "deploy": records.get_deploy,
    "room": records.get_room,
}


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


def make_record(make, kind, owner):
    session = make.session(user=owner)
    project = make.project(owner=owner, onboarding_session_id=session.id)
    made = {"session": lambda: session, "project": lambda: project}
    made |= {"deploy": lambda: make.deploy(session=session), "room": lambda: make.room(project=project)}
    return made[kind]()


@pytest.mark.parametrize("kind", GETTERS)
def test_a_record_that_does_not_exist_is_not_found(db, operator, kind):
    with pytest.raises(NotFoundError):
        GETTERS[kind](db, uuid4(), actor=operator)


@pytest.mark.parametrize("kind", GETTERS)
def test_somebody_elses_record_is_not_found_either(db, make, kind):
    record = make_record(make, kind, make.user())

    with pytest.raises(NotFoundError):
        GETTERS[kind](db, record.id, actor=actor_of(make.user(role=Role.MEMBER)))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", GETTERS)
def test_everyone_who_signs_in_may_read_an_own_record(db, make, kind, role):
    owner = make.user(role=role)
    record = make_record(make, kind, owner)

    details = GETTERS[kind](db, record.id, actor=actor_of(owner))

    assert getattr(details, kind).id == record.id


def test_a_session_comes_with_its_person_template_project_deploys_and_attempts(db, make, operator):
    template = make.template(title="Shop")
    session = make.session(user=make.user(name="Ana"), recommend_template_id=template.id)
    project = make.project(onboarding_session_id=session.id)
    old = make.deploy(session=session, created_at=NOW - timedelta(days=1))
    new = make.deploy(session=session)
    attempts = [make.attempt(deploy=new, attempt_number=n, started_at=NOW + timedelta(minutes=n)) for n in (1, 2)]
    db.expire_all()

    details = records.get_session(db, session.id, actor=operator)

    assert (details.session.user.name, details.session.template.title) == ("Ana", "Shop")
    assert [p.id for p in details.projects] == [project.id]
    assert [item.deploy.id for item in details.deploys] == [new.id, old.id]
    assert [a.id for a in details.deploys[0].attempts] == [attempts[1].id, attempts[0].id]
    assert details.deploys[1].attempts == []
    assert details.timeline


def test_a_session_shows_its_newest_deploys_and_how_many_there_are(db, make, operator):
    session = make.session()
    for hour in range(records.DEPLOY_LIMIT + 2):
        newest = make.deploy(session=session, created_at=NOW + timedelta(hours=hour))

    details = records.get_session(db, session.id, actor=operator)

    assert (len(details.deploys), details.deploy_count) == (records.DEPLOY_LIMIT, records.DEPLOY_LIMIT + 2)
    assert details.deploys[0].deploy.id == newest.id


@pytest.mark.parametrize(
    ("values", "default", "shown"),
    [
        ({}, None, "None is set."),
        ({}, DEFAULT, "https://default.example.com/…cdef"),
        ({"vercel_hook_url": "https://own.example.com/x"}, DEFAULT, "https://own.example.com/…"),
        ({"survey": {"vercelHookOverride": "https://o.example.com/x"}}, DEFAULT, "https://o.example.com/…"),
        ({"vercel_hook_url": "ftp://own.example.com/secret"}, DEFAULT, "None that can be called."),
    ],
)
def test_a_session_says_which_hook_its_next_deploy_calls(db, make, operator, values, default, shown):
    details = records.get_session(db, make.session(**values).id, actor=operator, default_hook_url=default)

    assert details.hook.startswith(shown)
    assert "secret" not in details.hook


@pytest.mark.parametrize(
    ("status", "deploy_status", "label", "reason"),
    [
        (SessionStatus.DRAFT, None, "Retry deploy", "still a draft"),
        (SessionStatus.COMPLETED, None, "Retry deploy", None),
        (SessionStatus.FAILED, DeployStatus.DEAD_LETTERED, "Retry deploy", None),
        (SessionStatus.COMPLETED, DeployStatus.SUCCEEDED, "Deploy again", None),
        (SessionStatus.COMPLETED, DeployStatus.QUEUED, "Retry deploy", "already under way"),
        (SessionStatus.FAILED, DeployStatus.RETRY_SCHEDULED, "Retry deploy", "already under way"),
    ],
)
def test_a_session_says_whether_it_can_be_deployed_again(db, make, operator, status, deploy_status, label, reason):
    session = make.session(status=status, vercel_hook_url=DEFAULT)
    if deploy_status:
        make.deploy(session=session, status=deploy_status)

    retry = records.get_session(db, session.id, actor=operator).retry

    assert retry.label == label
    assert reason in retry.why_not if reason else retry.why_not is None


def test_an_older_deploy_that_was_retried_and_is_under_way_counts_more_than_a_newer_one(db, make, operator):
    session = make.session(status=SessionStatus.FAILED, vercel_hook_url=DEFAULT)
    make.deploy(session=session, status=DeployStatus.QUEUED, created_at=NOW - timedelta(days=1))
    make.deploy(session=session, status=DeployStatus.DEAD_LETTERED)

    assert "under way" in records.get_session(db, session.id, actor=operator).retry.why_not


def test_a_project_comes_with_its_owner_configuration_session_and_rooms(db, make, operator):
    session = make.session(purpose="A shop for teapots")
    project = make.project(owner=make.user(name="Ana"), onboarding_session_id=session.id)
    make.config(project=project, repo_url="https://git.example.com/shop")
    room = make.room(project=project)
    db.expire_all()

    details = records.get_project(db, project.id, actor=operator)

    assert (details.project.owner.name, details.session.purpose) == ("Ana", "A shop for teapots")
    assert details.project.config.repo_url == "https://git.example.com/shop"
    assert [(r.id, r.state.current_prompt_text) for r in details.rooms] == [(room.id, "Build it well.")]


def test_a_project_keeps_the_session_of_somebody_else_from_its_owner(db, make):
    owner = make.user(role=Role.MEMBER)
    project = make.project(owner=owner, onboarding_session_id=make.session().id)

    assert records.get_project(db, project.id, actor=actor_of(owner)).session is None


@pytest.mark.parametrize(
    ("role", "may_advance", "may_edit", "jumps"),
    [
        (Role.MEMBER, False, False, []),
        (Role.VIEWER, False, False, []),
        (Role.OPERATOR, True, True, []),
        (Role.ADMIN, True, True, [ProjectStatus.PROMPT_READY, ProjectStatus.DOMAIN_READY]),
    ],
)
def test_a_project_says_which_moves_are_open_to_the_actor(db, make, role, may_advance, may_edit, jumps):
    person = make.user(role=role)
    project = make.project(owner=person, status=ProjectStatus.CODE_GENERATED)

    details = records.get_project(db, project.id, actor=actor_of(person))

    assert details.step is ProjectStatus.DEPLOY_CONFIGURED
    assert (details.may_advance, details.may_edit, details.jumps) == (may_advance, may_edit, jumps)


def test_a_project_at_its_last_step_has_no_step_left(db, make, operator):
    project = make.project(status=ProjectStatus.DOMAIN_READY)

    assert records.get_project(db, project.id, actor=operator).step is None


@pytest.mark.parametrize("status", DeployStatus)
@pytest.mark.parametrize("role", Role)
def test_a_deploy_says_what_may_be_done_with_it(db, make, role, status):
    person = make.user(role=role)
    deploy = make.deploy(session=make.session(user=person), status=status)

    details = records.get_deploy(db, deploy.id, actor=actor_of(person))

    assert details.may_retry == (status == "dead_lettered" and role != "viewer")
    assert details.may_cancel == (status in ("queued", "retry_scheduled") and role in ("operator", "admin"))


def test_a_deploy_comes_with_its_session_its_project_and_its_newest_attempts(db, make, operator):
    session = make.session(user=make.user(name="Ana"))
    project = make.project(onboarding_session_id=session.id)
    deploy = make.deploy(session=session)
    for number in range(1, records.ATTEMPT_LIMIT + 3):
        make.attempt(deploy=deploy, attempt_number=number, started_at=NOW + timedelta(seconds=number))
    db.expire_all()

    details = records.get_deploy(db, deploy.id, actor=operator)

    assert (details.deploy.session.user.name, details.project.id) == ("Ana", project.id)
    assert details.hook == "https://hooks.example.com/…cdef"
    assert len(details.attempts) == records.ATTEMPT_LIMIT
    assert details.attempts[0].attempt_number == records.ATTEMPT_LIMIT + 2


def test_a_deploy_that_a_recovery_holds_knows_it_until_the_recovery_lets_it_go(db, make, operator):
    deploy = make.deploy()
    recovery = make.recovery(deploy)

    held = records.get_deploy(db, deploy.id, actor=operator)
    db.execute(update(RecoveryItem).values(status="skipped"))
    let_go = records.get_deploy(db, deploy.id, actor=operator)

    assert (held.recovery.id, held.why_no_retry is None) == (recovery.id, False)
    assert (let_go.recovery, let_go.why_no_retry) == (None, None)


def test_what_belongs_to_a_record_is_counted_in_all(db, make, operator):
    session = make.session()
    project = make.project(onboarding_session_id=session.id)
    make.room(project=project)
    make.room()
    for _ in range(records.DEPLOY_LIMIT + 1):
        make.attempt(deploy=make.deploy(session=session))

    of_session = records.get_session(db, session.id, actor=operator)
    of_project = records.get_project(db, project.id, actor=operator)

    assert (of_session.deploy_count, of_session.attempt_count, of_session.room_count) == (11, 11, 1)
    assert (of_project.deploy_count, of_project.room_count) == (11, 1)


def test_a_record_says_since_when_it_has_its_status(db, make, operator):
    session = make.session(created_at=NOW - timedelta(days=9))
    waiting_sessions.enter(db)
    db.execute(update(StatusChange).values(at=NOW - timedelta(days=2)))

    assert records.get_session(db, session.id, actor=operator).since == NOW - timedelta(days=2)


def test_a_room_comes_with_its_project_and_its_newest_participants(db, make, operator):
    room = make.room(project=make.project(owner=make.user(name="Ana"), title="Teapots"))
    late = make.user(name="Bo")
    db.add(RoomParticipant(room_id=room.id, user_id=late.id, joined_at=NOW + timedelta(days=999)))
    db.flush()
    db.expire_all()

    details = records.get_room(db, room.id, actor=operator)

    assert details.room.project.title == "Teapots"
    assert [participant.user.name for participant in details.participants] == ["Bo", "Ana"]
    assert details.participant_count == 2


def test_the_projects_that_changed_last_come_first(db, make, operator):
    old = make.project(updated_at=NOW - timedelta(days=1))
    new = make.project(updated_at=NOW)

    assert [project.id for project in records.newest_projects(db, actor=operator)] == [new.id, old.id]


def test_projects_are_found_by_a_part_of_their_title_whatever_its_case(db, make, operator):
    found = make.project(title="A shop for 100% teapots")
    make.project(title="A shop for 100 cups")

    for part in ("TEAPOT", " 100% ", "100%"):
        assert [p.id for p in records.newest_projects(db, actor=operator, title=part)] == [found.id]
    assert records.newest_projects(db, actor=operator, title="shop_for") == []
    assert len(records.newest_projects(db, actor=operator, title="  ")) == 2


@pytest.mark.parametrize("title", ["x" * 201, "a\x00b"])
def test_a_title_that_cannot_be_searched_for_is_refused(db, operator, title):
    with pytest.raises(InvalidInputError) as refusal:
        records.newest_projects(db, actor=operator, title=title)

    assert refusal.value.field == "q"


def test_a_member_finds_own_projects_only(db, make):
    member = make.user(role=Role.MEMBER)
    own = make.project(owner=member)
    make.project()

    assert [p.id for p in records.newest_projects(db, actor=actor_of(member))] == [own.id]
