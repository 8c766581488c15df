"""The list and form of rooms."""

import pytest
from sqlalchemy import select

from models import ComboType, Role, Room, RoomState
from tests.admin_views.pages import Page
from tests.trail import tags

FIELDS = ("name", "current_prompt_text", "selected_combo_type", "seen")


def edited(browser, room, **values):
    """The answer to the form, opened and sent with some values changed."""
    path = f"/admin/room/edit/?id={room.id}"
    page = Page(browser.get(path))
    return browser.post(path, {name: page.field(name) for name in FIELDS} | values)


def state_of(db, room):
    db.expire_all()
    return db.scalar(select(RoomState).where(RoomState.room_id == room.id))


def test_a_row_tells_the_project_and_who_is_there(sign_in, make):
    make.room(project=make.project(title="Teapots", owner=make.user(name="Ana")))

    page = Page(sign_in(Role.VIEWER).get("/admin/room/"))

    assert page.column("project") == ["Teapots"]
    assert page.column("participants") == ["Ana"]


def test_an_operator_edits_a_room_and_what_it_shows(sign_in, make, db):
    room = make.room()

    answer = edited(
        sign_in(Role.OPERATOR), room, name="Tea room", current_prompt_text="One\r\nTwo", selected_combo_type="web"
    )
    state = state_of(db, room)

    assert answer.status_code == 302
    assert (room.name, state.current_prompt_text, state.selected_combo_type) == ("Tea room", "One\nTwo", ComboType.WEB)
    assert tags(db) == ["room:edit"]


def test_a_room_that_shows_nothing_yet_can_be_given_a_prompt(sign_in, make, db):
    room = Room(project_id=make.project().id, name="Empty")
    db.add(room)
    db.flush()

    assert edited(sign_in(Role.OPERATOR), room, current_prompt_text="Begin.").status_code == 302
    assert state_of(db, room).current_prompt_text == "Begin."


def test_a_combo_can_be_taken_back(sign_in, make, db):
    room = make.room()
    state_of(db, room).selected_combo_type = ComboType.WEB
    db.flush()

    assert edited(sign_in(Role.OPERATOR), room, selected_combo_type="").status_code == 302
    assert state_of(db, room).selected_combo_type is None


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 201}, "Field cannot be longer than 200 characters."),
        ({"selected_combo_type": "castle"}, "Not a valid choice."),
        ({"current_prompt_text": "a\x00b"}, "This holds a character that can't be stored."),
    ],
)
def test_what_a_room_cannot_hold_stands_by_its_field(sign_in, make, db, values, complaint):
    room = make.room()

    answer = edited(sign_in(Role.OPERATOR), room, **values)

    assert answer.status_code == 422
    assert Page(answer).errors == [complaint]
    assert state_of(db, room).current_prompt_text == "Build it well."


def test_a_stale_form_does_not_overwrite_what_the_room_shows_now(sign_in, make, db):
    room = make.room()
    browser = sign_in(Role.OPERATOR)
    path = f"/admin/room/edit/?id={room.id}"
    page = Page(browser.get(path))
    form = {name: page.field(name) for name in FIELDS}
    state_of(db, room).current_prompt_text = "Newer."
    db.flush()

    assert browser.post(path, form | {"name": "Mine"}).status_code == 409
    assert state_of(db, room).current_prompt_text == "Newer."
