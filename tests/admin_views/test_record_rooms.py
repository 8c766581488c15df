"""A room's own page: what it shows, and how it is edited."""

import pytest

from models import Role, Room
from tests.client import LONG, seen
from tests.trail import events, tags


def test_a_rooms_page_shows_its_prompt_its_combo_and_who_is_in_it(make, sign_in):
    ana = make.user(name="Ana Lopes")
    project = make.project(owner=ana, title="Teapots")
    room = make.room(project=project, name="Design room")

    page = sign_in(Role.OPERATOR).get(f"/console/rooms/{room.id}").text

    for shown in ("Design room", "Teapots", "Build it well.", "Ana Lopes", ana.email):
        assert shown in page, shown


def test_a_room_of_another_program_without_a_state_has_a_page(db, make, sign_in):
    room = Room(project_id=make.project().id, name="Bare")
    db.add(room)
    db.flush()

    for role in (Role.VIEWER, Role.OPERATOR):
        assert sign_in(role).get(f"/console/rooms/{room.id}").status_code == 200


def test_an_operator_edits_a_room(db, make, sign_in):
    room = make.room()
    browser, page = sign_in(Role.OPERATOR), f"/console/rooms/{room.id}"
    form = {
        "name": "Design",
        "current_prompt_text": "One.\r\nTwo.",
        "selected_combo_type": "web",
        "seen": seen(browser.get(page)),
    }

    answer = browser.post(page, form)

    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    assert tags(db) == ["room:edit"]
    assert events(db)[-1].after == {
        "name": "Design",
        "current_prompt_text": "One.\nTwo.",
        "selected_combo_type": "web",
    }
    page = browser.get(page).text
    assert "One.\nTwo." in page
    assert '<option selected value="web">' in page


def test_a_room_that_is_saved_as_it_is_leaves_no_trace(db, make, sign_in):
    room = make.room()
    browser, page = sign_in(Role.OPERATOR), f"/console/rooms/{room.id}"
    form = {"name": "Main room", "current_prompt_text": "Build it well.", "selected_combo_type": ""}

    assert browser.post(page, form | {"seen": seen(browser.get(page))}).status_code == 303
    assert tags(db) == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "This is needed."),
        ("name", "x" * 201, "at most 200 fit"),
        ("name", "a\x00b", "can&#39;t be stored"),
        ("current_prompt_text", LONG, "at most 20,000 fit"),
        ("current_prompt_text", "a\x00b", "can&#39;t be stored"),
        ("selected_combo_type", "rocket", "This must be one of"),
        ("seen", "", "does not say which version"),
    ],
)
def test_a_room_that_cannot_be_saved_keeps_what_was_sent_and_says_why(db, make, sign_in, field, value, said):
    room = make.room()
    browser, page = sign_in(Role.OPERATOR), f"/console/rooms/{room.id}"
    form = {"name": "New name", "current_prompt_text": "New prompt.", "seen": seen(browser.get(page))}

    answer = browser.post(page, form | {field: value})

    assert answer.status_code == 422
    assert said in answer.text
    for kept in ({"name": "New name", "current_prompt_text": "New prompt."} | {field: value}).values():
        assert kept in answer.text
    assert tags(db) == []


def test_a_stale_edit_of_a_room_shows_both_versions_and_can_then_be_saved(db, make, sign_in):
    room = make.room()
    browser, page = sign_in(Role.OPERATOR), f"/console/rooms/{room.id}"
    version = seen(browser.get(page))
    browser.post(page, {"current_prompt_text": "Theirs.", "seen": version})

    mine = {"name": "Mine", "current_prompt_text": "My text.", "selected_combo_type": ""}
    answer = browser.post(page, mine | {"seen": version})

    assert answer.status_code == 409
    assert "Theirs." in answer.text
    assert "My text." in answer.text
    assert browser.post(page, mine | {"seen": seen(answer)}).status_code == 303
    assert "My text." in browser.get(page).text


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_others_cannot_edit_rooms(db, make, sign_in, role):
    assert sign_in(role).post(f"/console/rooms/{make.room().id}", {"name": "x", "seen": "x"}).status_code == 403
    assert tags(db) == []
