"""Row-level scope: which rows an actor may see."""

import pytest
from sqlalchemy import select

from models import (
    AuditEvent,
    Deploy,
    DeployAttempt,
    OnboardingSession,
    Project,
    ProjectConfig,
    PromptTemplate,
    Role,
    Room,
    RoomParticipant,
    RoomState,
    User,
)
from services import audit
from services.permissions import Actor, Permission
from services.scopes import visible
from tests.conftest import actor_of

OWNED = (OnboardingSession, Deploy, DeployAttempt, Project, ProjectConfig, Room, RoomState, RoomParticipant)
NOBODYS = (PromptTemplate, User, AuditEvent)


@pytest.fixture
def member(make):
    return make.user(role=Role.MEMBER)


@pytest.fixture
def both(make, db, member):
    """One record of each kind that is the member's, and one that is another's; the ids of the member's by model."""
    own = {}
    for owner in (member, make.user()):
        session, project = make.session(user=owner), make.project(owner=owner)
        deploy, config, room = make.deploy(session=session), make.config(project=project), make.room(project=project)
        attempt = make.attempt(deploy=deploy)
        records = (session, deploy, attempt, project, config, room)
        own = own or {type(record): record.id for record in records} | {
            child: db.scalar(select(child.id).where(child.room_id == room.id)) for child in (RoomState, RoomParticipant)
        }
    make.template()
    audit.record(db, actor_of(member), "session:start", own[OnboardingSession])
    return own


def seen(db, model, actor, permission=Permission.SEE_RECORDS):
    return db.scalars(select(model.id).where(visible(model, actor, permission))).all()


@pytest.mark.parametrize("model", OWNED)
def test_a_member_sees_own_rows_and_no_others(db, both, member, model):
    assert seen(db, model, actor_of(member)) == [both[model]]


@pytest.mark.parametrize("model", NOBODYS)
def test_a_member_sees_nothing_of_tables_that_belong_to_nobody(db, both, member, model):
    assert seen(db, model, actor_of(member)) == []


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR, Role.ADMIN])
@pytest.mark.parametrize("model", OWNED)
def test_all_other_roles_see_everything(db, both, make, model, role):
    assert len(seen(db, model, actor_of(make.user(role=role)))) == 2


@pytest.mark.parametrize("model", [*OWNED, *NOBODYS])
def test_whoever_has_no_role_sees_nothing_not_even_what_is_theirs(db, both, member, model):
    assert seen(db, model, Actor(id=member.id, name=member.email, role=None)) == []


def test_a_scope_is_that_of_the_permission_that_is_asked_for(db, both, make, member):
    assert seen(db, Deploy, actor_of(member), Permission.RETRY_DEPLOY) == [both[Deploy]]
    assert seen(db, Deploy, actor_of(member), Permission.CANCEL_DEPLOY) == []
    assert seen(db, PromptTemplate, actor_of(make.user(role=Role.VIEWER)), Permission.SEE_TEMPLATES) != []
    assert seen(db, PromptTemplate, actor_of(make.user(role=Role.VIEWER)), Permission.EDIT_TEMPLATE) == []


def test_a_session_that_changes_hands_takes_its_deploys_along(db, both, make, member):
    other = make.user(role=Role.MEMBER)
    db.get_one(OnboardingSession, both[OnboardingSession]).user_id = other.id
    db.flush()

    assert seen(db, Deploy, actor_of(member)) == []
    assert seen(db, DeployAttempt, actor_of(other)) == [both[DeployAttempt]]
