"""The trash: what a deletion says first, what lies there, and how it comes back."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from models import DeployStatus, Project, Role, Room, TrashedRecord
from services import trash
from services.trash import listing
from tests.admin_views.conftest import Shop
from tests.admin_views.pages import Page, text_of
from tests.records import NOBODY


@pytest.fixture
def admin(sign_in):
    return sign_in(Role.ADMIN)


@pytest.fixture
def room(make):
    return make.room(project=make.project(title="Teapots"))


def deleted(browser, endpoint, record):
    assert browser.post(f"/admin/{endpoint}/delete/", {"id": str(record.id)}).status_code == 302


def test_a_deletion_is_asked_about_with_what_goes_along(admin, make, room, db):
    asked = admin.post("/admin/project/delete/?ask=1", {"id": str(room.project_id)})
    text = text_of(asked.text)

    assert asked.status_code == 200
    assert "Delete Teapots ?" in text
    assert all(words in text for words in ("1 room ", "1 room participant", "1 room state"))
    assert "can be restored for 30 days" in text
    assert db.get(Project, room.project_id) is not None


def test_what_can_not_be_deleted_has_no_button_for_it(admin, make):
    deploy = make.deploy(status=DeployStatus.QUEUED)

    asked = admin.post("/admin/session/delete/?ask=1", {"id": str(deploy.session_id)})
    sent = admin.post("/admin/session/delete/", {"id": str(deploy.session_id)}, follow_redirects=True)

    assert "cancel it first" in asked.text
    assert 'class="btn btn-danger"' not in asked.text
    assert Page(sent).messages == ["A deploy of this session is under way; cancel it first."]


@pytest.mark.parametrize("record_id", ["x", "\x00", "", str(NOBODY)])
def test_asking_about_what_is_no_record_is_refused(admin, record_id):
    assert admin.post("/admin/project/delete/?ask=1", {"id": record_id}).status_code in (404, 422)


def test_the_trash_says_who_deleted_what_and_restores_it(admin, room, db):
    project_id, room_id = room.project_id, room.id
    deleted(admin, "project", db.get(Project, project_id))

    page = admin.get("/console/trash/")
    text = text_of(page.text)
    assert "Teapots project" in text
    assert "1 room" in text
    assert f"by {admin.user.email}" in text
    assert "29" in text

    [trashed_id] = db.scalars(select(TrashedRecord.id)).all()
    answer = admin.post(f"/console/trash/{trashed_id}/restore", follow_redirects=True)
    assert "It is restored" in answer.text
    assert (db.get(Project, project_id).title, db.get(Room, room_id).name) == ("Teapots", "Main room")
    assert "The trash is empty" in answer.text
    assert admin.post(f"/console/trash/{trashed_id}/restore").status_code == 404


def test_a_restoration_that_is_refused_says_why(admin, room, db):
    project = db.get(Project, room.project_id)
    deleted(admin, "room", room)
    deleted(admin, "project", project)
    trashed_id = db.scalar(select(TrashedRecord.id).where(TrashedRecord.kind == "room"))

    answer = admin.post(f"/console/trash/{trashed_id}/restore")

    assert answer.status_code == 409
    assert "the project to which the room belonged is gone" in text_of(answer.text)


def test_secrets_are_masked_in_the_trash(admin, make):
    session = make.session(vercel_hook_url="https://hooks.example.com/deploy/very-secret")
    deleted(admin, "session", session)

    page = admin.get("/console/trash/")

    assert "hooks.example.com" in page.text
    assert "very-secret" not in page.text


def test_a_deletion_can_be_undone_from_its_message(admin, room, db):
    room_id = room.id
    answer = admin.post("/admin/room/delete/", {"id": str(room_id)}, follow_redirects=True)
    events = answer.text.partition('name="events" value="')[2].partition('"')[0]
    assert db.get(Room, room_id, populate_existing=True) is None

    undone = admin.post("/console/undo/", {"events": events}, follow_redirects=True)

    assert "“Main room” is back" in undone.text
    assert db.get(Room, room_id, populate_existing=True).name == "Main room"


def test_ticked_rows_go_to_the_trash_one_by_one(admin, make, db):
    rooms = [make.room(name=name) for name in ("One", "Two")]

    answer = admin.post("/admin/room/action/", {"action": "delete", "rowid": [str(room.id) for room in rooms]})

    assert answer.status_code == 302
    assert sorted(db.scalars(select(TrashedRecord.title))) == ["One", "Two"]
    make.room()
    assert "They can be restored for 30 days." in admin.get("/admin/room/").text


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.OPERATOR])
def test_who_may_delete_nothing_has_no_trash(sign_in, admin, room, db, role):
    deleted(admin, "room", room)
    browser = sign_in(role)
    [trashed_id] = db.scalars(select(TrashedRecord.id)).all()

    assert browser.get("/console/trash/").status_code == 403
    assert browser.post(f"/console/trash/{trashed_id}/restore").status_code == 403
    assert "/console/trash/" not in browser.get("/console/").text


@pytest.mark.parametrize("after", ["x", "-1", "\x00", "²"])
def test_a_page_of_the_trash_that_is_none_is_refused(admin, after):
    assert admin.get("/console/trash/", query_string={"after": after}).status_code == 422
    assert admin.get(f"/console/trash/?after={uuid4()}").status_code == 404


def test_a_long_trash_is_read_page_by_page(admin, make, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 2)
    monkeypatch.setattr(trash, "PAGE", 2)
    for name in ("One", "Two", "Three"):
        deleted(admin, "room", make.room(name=name))

    first = admin.get("/console/trash/").text
    second = admin.get(re.search(r'href="([^"]*after=[^"]*)"', first)[1]).text

    titles = [re.findall(r'class="trash-title">([^<]*)<', page) for page in (first, second)]
    assert titles == [["Three", "Two"], ["One"]]
    assert "Older ones" not in second


def test_a_view_of_ones_own_deletes_into_the_trash_with_one_line(at_shops, shops, db):
    shop = shops(name="Teapots", tags=["a,b"], note={"a": None})
    shop_id = shop.id
    browser = at_shops(Role.ADMIN)
    asked = browser.post("/admin/trashing/delete/?ask=1", {"id": str(shop_id)})
    assert "Nothing else hangs on it." in asked.text

    browser.post("/admin/trashing/delete/", {"id": str(shop_id)})
    assert db.scalars(select(Shop)).all() == []
    [trashed] = db.scalars(select(TrashedRecord)).all()
    assert (trashed.title, trashed.kind) == (f"Shop {shop_id}", "shops")
    browser.post(f"/console/trash/{trashed.id}/restore")

    [shop] = db.scalars(select(Shop)).all()
    assert (shop.id, shop.name, shop.tags, shop.note) == (shop_id, "Teapots", ["a,b"], {"a": None})


def test_a_view_that_deletes_by_a_service_of_its_own_promises_no_trash(at_shops, shops):
    shop = shops()
    page = at_shops(Role.ADMIN).get("/admin/edited/")

    assert "This can’t be undone." in page.text
    assert "want to delete this record" in page.text
    assert shop.id
