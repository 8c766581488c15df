"""Reading and editing rooms."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, func, select

from config import sqlalchemy_url
from models import AuditEvent, ComboType, Role, Room, RoomState
from services import rooms
from services.database import DbSession
from services.errors import ForbiddenError, InvalidInputError, NotFoundError, ServiceError, StaleError
from tests.conftest import NOW, actor_of
from tests.records import Records


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


@pytest.fixture
def bare_room(make):
    """A room of another program, which has no state yet."""
    room = Room(project_id=make.project().id, name="Bare")
    make.db.add(room)
    make.db.flush()
    return room


def events(db):
    return db.scalars(select(AuditEvent)).all()


def test_a_room_is_read_with_its_project_its_owner_and_its_state(db, make, operator):
    owner = make.user(name="Ana")
    made = make.room(project=make.project(owner=owner, title="Teapots"), name="Design")
    db.expire_all()

    room = rooms.get_room(db, made.id, actor=operator)

    assert (room.name, room.project.title, room.project.owner.name) == ("Design", "Teapots", "Ana")
    assert room.state.current_prompt_text == "Build it well."


def test_a_room_without_a_state_can_be_read(db, bare_room, operator):
    assert rooms.get_room(db, bare_room.id, actor=operator).state is None


def test_a_member_sees_the_rooms_of_own_projects_only(db, make):
    member = make.user(role=Role.MEMBER)
    own, other = make.room(project=make.project(owner=member)), make.room()

    assert rooms.get_room(db, own.id, actor=actor_of(member)).id == own.id
    with pytest.raises(NotFoundError):
        rooms.get_room(db, other.id, actor=actor_of(member))


def test_a_room_that_does_not_exist_is_not_found(db, operator):
    with pytest.raises(NotFoundError):
        rooms.edit(db, uuid4(), {"name": "x"}, actor=operator)


def test_an_edit_changes_what_was_given_and_keeps_the_rest(db, make, operator):
    room = make.room(name="Main")

    rooms.edit(db, room.id, {"name": " Design ", "selected_combo_type": "web"}, actor=operator)
    db.expire_all()

    room = rooms.get_room(db, room.id, actor=operator)
    assert (room.name, room.state.selected_combo_type) == ("Design", ComboType.WEB)
    assert room.state.current_prompt_text == "Build it well."
    [event] = events(db)
    assert (event.tag, event.subject_id, event.actor_id) == ("room:edit", room.id, operator.id)
    assert event.before == {"name": "Main", "selected_combo_type": None}
    assert event.after == {"name": "Design", "selected_combo_type": "web"}


def test_an_edit_gives_a_room_without_a_state_its_state(db, bare_room, operator):
    edited = rooms.edit(db, bare_room.id, {"current_prompt_text": "Begin."}, actor=operator)

    assert edited.state.current_prompt_text == "Begin."
    db.expire_all()
    assert rooms.get_room(db, bare_room.id, actor=operator).state.current_prompt_text == "Begin."


@pytest.mark.parametrize("fields", [{}, {"name": "Bare"}, {"current_prompt_text": "", "selected_combo_type": ""}])
def test_an_edit_that_changes_nothing_leaves_no_trace(db, bare_room, operator, fields):
    rooms.edit(db, bare_room.id, fields, actor=operator)

    assert events(db) == []
    assert db.scalar(select(func.count()).select_from(RoomState)) == 0


def test_a_prompt_and_a_combo_can_be_taken_away(db, make, operator):
    room = make.room()
    rooms.edit(db, room.id, {"selected_combo_type": ComboType.APP}, actor=operator)

    edited = rooms.edit(db, room.id, {"current_prompt_text": None, "selected_combo_type": None}, actor=operator)

    assert (edited.state.current_prompt_text, edited.state.selected_combo_type) == (None, None)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "  ", "needed"),
        ("name", None, "needed"),
        ("name", "x" * 201, "at most 200"),
        ("name", "a\x00b", "can't be stored"),
        ("current_prompt_text", "x" * 20_001, "at most 20,000"),
        ("current_prompt_text", "a\x00b", "can't be stored"),
        ("selected_combo_type", "rocket", "one of enterprise, web, app, custom"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_its_field_and_nothing_is_saved(
    db, make, operator, field, value, said
):
    room = make.room(name="Main")

    with pytest.raises(InvalidInputError, match=said) as refusal:
        rooms.edit(db, room.id, {"name": "New", field: value}, actor=operator)

    assert refusal.value.field == field
    assert room.name == "Main"
    assert events(db) == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_only_operators_and_admins_edit_rooms(db, make, role):
    person = make.user(role=role)
    room = make.room(project=make.project(owner=person))

    with pytest.raises(ForbiddenError):
        rooms.edit(db, room.id, {"name": "New"}, actor=actor_of(person))


def test_a_rooms_version_follows_all_that_can_be_edited(db, make, operator):
    room = rooms.get_room(db, make.room().id, actor=operator)
    versions = {rooms.version(room)}
    for change in ({"name": "New"}, {"current_prompt_text": "Other."}, {"selected_combo_type": "app"}):
        versions.add(rooms.version(rooms.edit(db, room.id, change, actor=operator)))

    assert len(versions) == 4


def test_an_edit_of_the_version_that_was_seen_is_saved_and_of_an_older_one_refused(db, make, operator):
    room = rooms.get_room(db, make.room(name="Main").id, actor=operator)
    seen = rooms.version(room)

    rooms.edit(db, room.id, {"name": "Theirs"}, actor=operator, seen_version=seen)
    with pytest.raises(StaleError):
        rooms.edit(db, room.id, {"name": "Mine"}, actor=operator, seen_version=seen)

    assert room.name == "Theirs"


def test_of_many_who_save_the_same_version_at_once_one_does(fresh_db, fresh_database_url):
    make = Records(fresh_db, NOW)
    operator = actor_of(make.user(role=Role.OPERATOR))
    room = Room(project_id=make.project().id, name="Bare")
    fresh_db.add(room)
    make.save()
    room_id, seen = room.id, rooms.version(rooms.get_room(fresh_db, room.id, actor=operator))
    engine = create_engine(sqlalchemy_url(fresh_database_url), pool_size=20)

    def save(number):
        fields = {"current_prompt_text": f"Text {number}"}
        try:
            with DbSession(engine) as db, db.begin():
                rooms.edit(db, room_id, fields, actor=operator, seen_version=seen)
        except ServiceError as error:
            return type(error)
        return None

    with ThreadPoolExecutor(20) as pool:
        ended = list(pool.map(save, range(20)))
    engine.dispose()

    assert (ended.count(None), ended.count(StaleError)) == (1, 19)
    assert len(events(fresh_db)) == 1
