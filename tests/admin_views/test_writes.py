"""Forms and what becomes of them: one service call, one transaction, complaints by their field."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select

from models import Role
from tests.admin_views.conftest import Kind, Shop
from tests.admin_views.pages import Page


def test_the_form_of_a_model_has_selects_ids_and_times_in_utc(at_shops, shops):
    opened_at = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    owner_id = uuid4()
    shop = shops(name="Teapots", kind=Kind.MARKET, opened_at=opened_at, owner_id=owner_id)

    page = Page(at_shops(Role.ADMIN).get(f"/admin/edited/edit/?id={shop.id}"))

    assert page.field("kind") == "market"
    assert ">Corner shop</option>" in page.html
    assert page.field("owner_id") == str(owner_id)
    assert page.field("opened_at") == "2026-01-02 03:04:05.678901"


FORM = {"name": "Kettles", "kind": "", "opened_at": "", "owner_id": "", "note": "", "hook_url": "", "password": ""}


def test_saving_a_form_calls_the_service_once_and_keeps_microseconds(at_shops, shops, db):
    opened_at = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    shop = shops(name="Teapots", kind=Kind.MARKET, opened_at=opened_at)
    browser = at_shops(Role.ADMIN)
    values = {"kind": "market", "opened_at": "2026-01-02 03:04:05.678901"}

    answer = browser.post(f"/admin/edited/edit/?id={shop.id}", FORM | values)
    db.expire_all()

    assert answer.status_code == 302
    assert (shop.name, shop.kind, shop.opened_at, shop.note) == ("Kettles", Kind.MARKET, opened_at, None)


def test_a_line_break_is_stored_as_it_was_not_as_browsers_send_it(at_shops, shops, db):
    shop = shops(name="Tea\npots")

    answer = at_shops(Role.ADMIN).post(f"/admin/edited/edit/?id={shop.id}", FORM | {"name": "Tea\r\npots"})
    db.expire_all()

    assert (answer.status_code, shop.name) == (302, "Tea\npots")


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"kind": "castle"}, "Invalid Choice: could not coerce."),
        ({"owner_id": "42"}, "This is no id."),
        ({"opened_at": "tomorrow"}, "Not a valid datetime value."),
        ({"name": ""}, "This field is required."),
        ({"name": "a\x00b"}, "This holds a character that can’t be stored."),
        ({"name": "Nameless"}, "That is no name."),
    ],
)
def test_what_cannot_be_saved_stands_by_its_field(at_shops, shops, db, values, complaint):
    shop = shops(name="Teapots")

    answer = at_shops(Role.ADMIN).post(f"/admin/edited/edit/?id={shop.id}", FORM | values)
    db.expire_all()

    assert answer.status_code == 422
    assert complaint in Page(answer).errors
    assert shop.name == "Teapots"


def test_a_conflict_keeps_what_was_typed_and_says_why(at_shops, shops, db):
    shop = shops(name="Teapots")

    answer = at_shops(Role.ADMIN).post(f"/admin/edited/edit/?id={shop.id}", FORM | {"name": "Taken"})
    db.expire_all()

    assert answer.status_code == 409
    assert Page(answer).messages == ["Another shop has this name."]
    assert Page(answer).field("name") == "Taken"
    assert shop.name == "Teapots"


def test_a_record_can_be_created_and_deleted(at_shops, db):
    browser = at_shops(Role.ADMIN)

    assert browser.post("/admin/edited/new/", FORM).status_code == 302
    [shop] = db.scalars(select(Shop)).all()
    assert browser.post("/admin/edited/delete/", {"id": shop.id}).status_code == 302
    assert db.scalars(select(Shop)).all() == []


def test_without_a_token_nothing_is_written(at_shops, shops, db):
    shop = shops(name="Teapots")
    browser = at_shops(Role.ADMIN)

    for path, form in [
        (f"edit/?id={shop.id}", FORM),
        ("new/", FORM),
        ("delete/", {"id": shop.id}),
        ("action/", {"action": "delete", "rowid": shop.id}),
    ]:
        assert browser.client.post(f"/admin/edited/{path}", data=form).status_code == 400
    db.expire_all()

    assert db.scalars(select(Shop.name)).all() == ["Teapots"]
