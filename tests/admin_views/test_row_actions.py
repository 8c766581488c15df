"""Acts on rows: who may, on which, and what is said of the outcome."""

import pytest
from flask import get_flashed_messages
from sqlalchemy import select

from admin_views.results import ActResult
from admin_views.row_actions import flash_outcomes
from models import Role
from tests.admin_views.conftest import Shop
from tests.admin_views.pages import Page


def test_of_many_to_delete_one_that_is_refused_does_not_keep_the_others(at_shops, shops, db):
    ids = [shops(name=name).id for name in ("One", "Protected", "Two")]
    browser = at_shops(Role.ADMIN)

    answer = browser.post("/admin/edited/action/", {"action": "delete", "rowid": ids}, follow_redirects=True)
    db.expire_all()

    assert db.scalars(select(Shop.name)).all() == ["Protected"]
    assert Page(answer).messages == [f"2 shop ({ids[0]}, {ids[2]}): deleted", f"{ids[1]}: This shop is protected."]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"action": "explode", "rowid": "1"}, 422),
        ({"rowid": "1"}, 422),
        ({"action": "delete"}, 422),
        ({"action": "delete", "rowid": "x"}, 422),
        ({"action": "delete", "rowid": "12345"}, 404),
    ],
)
def test_an_action_that_cannot_be_understood_is_refused(at_shops, form, status):
    assert at_shops(Role.ADMIN).post("/admin/edited/action/", form).status_code == status


def test_an_action_that_the_view_does_not_permit_is_forbidden(at_shops, shops):
    shop = shops()

    answer = at_shops(Role.ADMIN).post("/admin/shop/action/", {"action": "delete", "rowid": shop.id})

    assert answer.status_code == 403


def test_an_outcome_is_told_once_however_many_records_had_it(app):
    results = [
        ActResult(f"{n:08}-rest", ok=n % 2 == 0, message=f"{n:08}: {'no' if n % 2 else 'yes'}") for n in range(9)
    ]

    with app.test_request_context():
        flash_outcomes(results, {results[2].id: "Teapots"}, kind="sessions")
        messages = get_flashed_messages(with_categories=True)

    assert messages == [
        ("success", "5 sessions (00000000, Teapots, 00000004 …): yes"),
        ("error", "4 sessions (00000001, 00000003, 00000005 …): no"),
    ]


def test_more_records_than_one_request_may_act_on_are_refused(at_shops):
    answer = at_shops(Role.ADMIN).post("/admin/edited/action/", {"action": "delete", "rowid": list(range(501))})

    assert answer.status_code == 422
    assert "at most 500" in answer.text
