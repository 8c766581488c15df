"""The base of every list, tried on a table and a view of a developer's own."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from admin_views.model_view import ConsoleModelView
from models import Role
from tests.admin_views.conftest import Kind, Shelf, Shop, ShopView
from tests.admin_views.pages import Page, csv_rows, listed
from tests.conftest import NOW

HOOK = "https://hooks.example.com/deploy/0123456789abcdef"


def test_three_lines_make_a_list_that_can_be_searched_filtered_sorted_opened_and_exported(at_shops, shops):
    shops(name="Teapots", kind=Kind.MARKET, opened_at=NOW)
    shops(name="Kettles", kind=Kind.CORNER_SHOP)
    browser = at_shops(Role.VIEWER)

    assert listed(browser).count == 2
    assert listed(browser, "?search=teap").column("name") == ["Teapots"]
    assert listed(browser, "?flt0_kind_equals=corner_shop").column("name") == ["Kettles"]
    assert listed(browser, "?sort=0").column("name") == ["Kettles", "Teapots"]
    assert listed(browser, "?sort=0&desc=1").column("name") == ["Teapots", "Kettles"]
    assert listed(browser, "?search=teap").column("kind") == ["Market"]
    assert 'datetime="2026-11-25T12:00:00' in listed(browser, "?search=teap").html
    assert [row["Name"] for row in csv_rows(browser.get("/admin/shop/export/csv/?sort=0"))] == ["Kettles", "Teapots"]


def test_a_view_without_a_line_shows_every_column_but_no_secret(at_shops, shops):
    shop = shops(name="Teapots", hook_url=HOOK, password="argon2", note={"token": "abc", "size": 3}, tags=["tea"])
    browser = at_shops(Role.VIEWER)

    pages = [
        browser.get("/admin/plain/").text,
        browser.get(f"/admin/plain/details/?id={shop.id}").text,
        browser.get("/admin/plain/export/csv/").text,
    ]

    for text in pages:
        assert "hooks.example.com/…cdef" in text
        assert "0123456789abcdef" not in text
        assert "argon2" not in text
        assert "abc" not in text.replace("0123456789abcdef", "")
        assert "tea" in text


def test_a_table_that_belongs_to_nobody_is_closed_to_members(at_shops, shops):
    shop = shops()
    browser = at_shops(Role.MEMBER)

    assert listed(browser).count == 0
    for path in (f"details/?id={shop.id}", "export/csv/", "facets/", "count/"):
        assert browser.get(f"/admin/shop/{path}").status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "new/"),
        ("POST", "new/"),
        ("GET", "edit/?id=1"),
        ("POST", "edit/?id=1"),
        ("POST", "delete/"),
    ],
)
def test_a_view_is_read_only_until_it_says_otherwise(at_shops, shops, method, path):
    shops()

    answer = at_shops(Role.ADMIN).send(method, f"/admin/shop/{path}", data={"id": "1"} if method == "POST" else None)

    assert answer.status_code == 403


def test_a_view_may_do_without_details_and_export(at_shops, shops):
    shop = shops(name="Teapots")
    browser = at_shops(Role.ADMIN)

    assert listed(browser, endpoint="brief").column("name") == ["Teapots"]
    assert browser.get(f"/admin/brief/details/?id={shop.id}").status_code == 403
    assert browser.get("/admin/shelf/export/csv/").status_code == 403


def test_a_key_of_several_columns_names_one_record(at_shops, shops, db):
    for number in (1, 2, 3):
        db.add(Shelf(shop="a.b, c", number=number, goods=f"Goods {number}"))
    db.flush()
    browser = at_shops(Role.ADMIN)
    links = re.findall(r'href="(/admin/shelf/details/[^"]*)"', browser.get("/admin/shelf/").text)

    details = [Page(browser.get(unescape(link))).details["Goods"] for link in links]
    browser.post("/admin/shelf/delete/", {"id": "a..b., c,1"})
    browser.post("/admin/shelf/action/", {"action": "delete", "rowid": ["a..b., c,2", "a..b., c,9"]})
    db.expire_all()

    assert details == ["Goods 1", "Goods 2", "Goods 3"]
    assert db.scalars(select(Shelf.number)).all() == [3]
    assert browser.get("/admin/shelf/details/?id=a..b., c").status_code == 422


@pytest.mark.parametrize("identity", ["x", "1,2", "1.5", "%00", "1%00", "9" * 30, "-9" + "9" * 30, ""])
@pytest.mark.parametrize("view", ["details", "edit"])
def test_an_id_that_names_nothing_is_told_apart_from_a_fault(at_shops, shops, identity, view):
    shops()

    assert at_shops(Role.ADMIN).get(f"/admin/edited/{view}/?id={identity}").status_code in (404, 422)


def test_a_key_that_could_exist_but_does_not_is_not_found(at_shops):
    assert at_shops(Role.ADMIN).get("/admin/shop/details/?id=12345").status_code == 404


class LeakyView(ConsoleModelView):
    column_searchable_list = ("name", "hook_url")


class GuessableView(ConsoleModelView):
    column_filters = ("password",)


class SortableView(ConsoleModelView):
    column_sortable_list = ("name", "hook_url")


class DisguisedView(ConsoleModelView):
    column_sortable_list = (("name", ("hook_url", "name")),)


class DeepView(ConsoleModelView):
    column_searchable_list = ("note",)


class InlineView(ConsoleModelView):
    column_editable_list = ("hook_url",)


@pytest.mark.parametrize("view", [LeakyView, GuessableView, SortableView, DisguisedView, DeepView, InlineView])
def test_a_view_that_would_leak_does_not_start(app, view):
    with app.app_context(), pytest.raises(TypeError, match="must"):
        view(Shop, endpoint="leaky")


def test_no_deploy_view_can_be_searched_for_its_hook(sign_in, make):
    make.deploy(hook_url=HOOK)
    browser = sign_in(Role.ADMIN)

    for endpoint in ("deploy", "session", "attempt"):
        assert Page(browser.get(f"/admin/{endpoint}/?search=0123456789abcdef")).count == 0


def test_a_fault_in_a_view_is_not_hidden_by_calling_it_again(app, monkeypatch):
    calls = []

    def broken(self, **arguments):
        calls.append(arguments)
        raise TypeError("A fault of ours.")

    with app.test_request_context(), pytest.raises(TypeError, match="A fault of ours"):
        ShopView._run_view(object(), broken)

    assert len(calls) == 1


def test_what_rows_hold_is_shown_and_never_run(sign_in, make):
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    session = make.session(purpose=evil, target_audience=evil, survey={"a": evil})
    make.attempt(deploy=make.deploy(session=session), response_excerpt=evil, error_message=evil)
    project = make.project(title=evil, description=evil, stack=evil, prompt_text=evil)
    make.config(project=project, build_command=evil, env_config={evil: evil})
    make.room(project=project, name=evil)
    make.template(title=evil, content=evil, tags=[evil])
    browser = sign_in(Role.ADMIN)

    for endpoint in ("session", "project", "project_config", "room", "deploy", "attempt", "template"):
        html = browser.get(f"/admin/{endpoint}/").text
        assert "<script>alert(1)" not in html
        assert "<img src=x" not in html
        assert "&lt;script&gt;alert(1)" in html
