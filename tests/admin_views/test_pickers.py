"""Pickers for relations in forms: within scope, a few records at a time, by indexes, and by typed ids too."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Connection, ForeignKey, Text, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from admin_views.model_view import ConsoleModelView
from admin_views.pick_loaders import FARTHEST, HIDDEN, PAGE, named_by
from admin_views.pickers import MANY, UNKNOWN
from app import create_app
from models import Project, Role, User
from services.permissions import Permission
from tests.admin_views.pages import Page
from tests.admin_views.test_theme_forms import sent_by
from tests.client import Browser
from tests.conftest import bound, settings_for
from tests.queries import counted


class PickBase(DeclarativeBase):
    """Not the console's, so that these tables are no part of its migrations."""


class Shop(PickBase):
    __tablename__ = "pick_shops"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    hook_url: Mapped[str | None] = mapped_column(Text)
    visits: Mapped[list["Visit"]] = relationship(back_populates="shop", lazy="raise_on_sql")

    def __str__(self) -> str:
        return self.name


class Visit(PickBase):
    __tablename__ = "pick_visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    note: Mapped[str | None] = mapped_column(Text)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("pick_shops.id"))
    user_id: Mapped[Any | None] = mapped_column(ForeignKey(User.id))
    project_id: Mapped[Any | None] = mapped_column(ForeignKey(Project.id))
    shop: Mapped[Shop | None] = relationship(back_populates="visits", lazy="raise_on_sql")
    user: Mapped[User | None] = relationship(User, lazy="raise_on_sql")
    project: Mapped[Project | None] = relationship(Project, lazy="raise_on_sql")


class VisitView(ConsoleModelView):
    create_permission = edit_permission = Permission.RUN_WIZARD
    column_list = ("note",)

    def scope(self) -> Any:
        return Visit.id > 0


class PickShopView(ConsoleModelView):
    """Shops whose name begins with “Hidden” are nobody's to see."""

    create_permission = edit_permission = Permission.RUN_WIZARD
    column_list = ("name",)
    form_columns = ("name", "visits")

    def scope(self) -> Any:
        return Shop.name.not_like("Hidden%")


class LeakyView(ConsoleModelView):
    form_pickers = {"shop": ("hook_url",)}  # noqa: RUF012


@pytest.fixture(scope="session")
def pick_app(app: Flask, database_url: str) -> Flask:
    pick_app = create_app(settings_for(database_url))
    [admin] = pick_app.extensions["admin"]
    admin.add_view(VisitView(Visit, endpoint="visit"))
    admin.add_view(PickShopView(Shop, endpoint="pick_shop"))
    return pick_app


@pytest.fixture
def at(pick_app: Flask, connection: Connection, make: Any) -> Iterator[Any]:
    """Signs a new person of a role in, with the tables there."""
    PickBase.metadata.create_all(connection, tables=[Shop.__table__, Visit.__table__])
    with bound(pick_app, connection):
        yield lambda role: Browser(pick_app, make.user(role=role))


def shops(db: Any, *names: str) -> list[Shop]:
    found = [Shop(name=name) for name in names]
    db.add_all(found)
    db.flush()
    return found


def looked_up(browser: Browser, name: str = "shop", **arguments: Any) -> list[list[str]]:
    answer = browser.get("/admin/visit/ajax/lookup/", query_string={"name": name} | arguments)
    assert answer.status_code == 200, answer.text
    return list(json.loads(answer.text))


def test_a_picker_finds_by_words_by_beginnings_and_by_id(at, db):
    one, two, *_ = shops(db, "Corner shop", "Corner market", "Teapots")
    browser = at(Role.ADMIN)

    assert looked_up(browser, query="market corner") == [[str(two.id), "Corner market"]]
    assert [name for _, name in looked_up(browser, query="co")] == ["Corner market", "Corner shop"]
    assert looked_up(browser, query=str(one.id))[0][1] == "Corner shop"
    assert looked_up(browser, query="nothing like it") == []
    assert len(looked_up(browser)) == 3


def test_ids_are_found_by_their_beginning(at, make):
    user = make.user(name="Zoe")

    assert looked_up(at(Role.ADMIN), "user", query=str(user.id)[:8]) == [[str(user.id), "Zoe"]]
    assert looked_up(at(Role.ADMIN), "user", query=user.email)[0] == [str(user.id), "Zoe"]


def test_a_picker_offers_a_few_at_a_time_and_not_without_end(at, db):
    shops(db, *(f"Shop {number:03}" for number in range(PAGE + 5)))
    browser = at(Role.ADMIN)

    assert len(looked_up(browser, query="shop", limit=10_000)) == PAGE
    assert next(name for _, name in looked_up(browser, query="shop", offset=PAGE)) == f"Shop {PAGE:03}"
    assert looked_up(browser, query="shop", offset=FARTHEST + 1) == []


@pytest.mark.parametrize("query", ["a\x00b", "%", "_", "\\", "x" * 5_000, "'; --", "[]", "-1", "9" * 40])
@pytest.mark.parametrize("name", ["shop", "user"])
def test_nothing_that_is_typed_is_a_fault(at, db, name, query):
    shops(db, "Corner shop")

    assert looked_up(at(Role.ADMIN), name, query=query, offset="-5", limit="-1") == []


def test_what_is_out_of_scope_is_neither_offered_nor_taken(at, db, make):
    [hidden, shown] = shops(db, "Hidden shop", "Shown shop")
    browser = at(Role.ADMIN)

    assert [name for _, name in looked_up(browser, query="shop")] == ["Shown shop"]
    assert looked_up(browser, query=str(hidden.id)) == []
    for given in (str(hidden.id), "99999", "nobody", "a\x00"):
        refused = Page(browser.post("/admin/visit/new/", {"shop": given}))
        assert (refused.status, refused.errors) == (422, [UNKNOWN])
    assert browser.post("/admin/visit/new/", {"shop": str(shown.id)}).status_code == 302
    assert db.scalar(select(Visit.shop_id)) == shown.id


def test_a_person_picks_among_their_own_and_from_no_list_that_is_closed_to_them(at, make):
    browser = at(Role.MEMBER)
    own = make.project(title="Own", owner=browser.user)
    other = make.project(title="Other", owner=make.user())

    assert looked_up(browser, "project") == [[str(own.id), "Own"]]
    assert looked_up(browser, "project", query=str(other.id)) == []
    assert looked_up(browser, "user", query=str(other.owner_id)) == []


def test_what_is_there_already_stays_though_it_is_out_of_scope_and_is_not_told_of(at, db):
    [hidden] = shops(db, "Hidden shop")
    db.add(visit := Visit(shop=hidden))
    db.flush()
    browser = at(Role.ADMIN)
    address = f"/admin/visit/edit/?id={visit.id}"
    page = browser.get(address)

    answer = browser.post(address, sent_by(page.text) | {"note": "seen"})
    db.expire_all()

    assert "Hidden shop" not in page.text
    assert HIDDEN in page.text
    assert answer.status_code == 302
    assert (visit.note, visit.shop_id) == ("seen", hidden.id)


def test_a_form_shows_what_is_picked_and_lets_it_go(at, db):
    [shop] = shops(db, "Corner shop")
    db.add(visit := Visit(shop=shop))
    db.flush()
    browser = at(Role.ADMIN)
    address = f"/admin/visit/edit/?id={visit.id}"

    page = browser.get(address).text
    answer = browser.post(address, {"shop": ""})
    db.expire_all()

    assert 'data-role="select2-ajax"' in page
    assert "Corner shop" in page
    assert (answer.status_code, visit.shop_id) == (302, None)


def test_a_form_costs_no_more_queries_however_many_records_could_be_picked(at, db, connection):
    [shop, *_] = shops(db, *(f"Shop {number}" for number in range(50)))
    db.add(visit := Visit(shop=shop))
    db.flush()
    browser = at(Role.ADMIN)
    address = f"/admin/visit/edit/?id={visit.id}"
    browser.get(address)

    with counted(connection) as few:
        browser.get(address)
    shops(db, *(f"Market {number}" for number in range(500)))
    with counted(connection) as many:
        browser.get(address)

    assert len(many) == len(few)


def test_relations_to_many_are_picked_where_the_view_names_them_unless_there_are_too_many(at, db):
    [shop, large] = shops(db, "Corner shop", "Large shop")
    visits = [Visit(note=f"Visit {number}") for number in range(3)]
    db.add_all([*visits, *(Visit(shop=large) for _ in range(MANY + 1))])
    db.flush()
    browser = at(Role.ADMIN)
    address = f"/admin/pick_shop/edit/?id={shop.id}"

    answer = browser.post(address, sent_by(browser.get(address).text) | {"visits": f"{visits[0].id},{visits[2].id}"})
    db.expire_all()
    big = browser.get(f"/admin/pick_shop/edit/?id={large.id}")
    saved = browser.post(f"/admin/pick_shop/edit/?id={large.id}", sent_by(big.text) | {"name": "Larger"})
    db.expire_all()

    assert answer.status_code == 302
    assert [visit.shop_id for visit in visits] == [shop.id, None, shop.id]
    assert 'name="visits"' not in big.text
    assert f"there are more than {MANY}" in big.text
    assert saved.status_code == 302
    assert large.name == "Larger"
    assert len(db.scalars(select(Visit.id).where(Visit.shop_id == large.id)).all()) == MANY + 1


def test_pickers_are_for_those_who_have_a_form(at, db):
    shops(db, "Corner shop")

    assert at(Role.VIEWER).get("/admin/visit/ajax/lookup/?name=shop").status_code == 403
    assert at(Role.ADMIN).get("/admin/visit/ajax/lookup/?name=nothing").status_code == 404


def test_no_picker_searches_a_secret(app):
    with app.app_context(), pytest.raises(TypeError, match="hook_url"):
        LeakyView(Visit, endpoint="leaky")


def test_records_are_looked_for_by_their_indexed_texts_or_by_what_is_like_a_name():
    assert named_by(User) == ["email", "name"]
    assert named_by(Shop) == ["name"]
    assert {"title"} <= set(named_by(Project))


def test_an_unknown_id_is_no_record(at, db):
    refused = Page(at(Role.ADMIN).post("/admin/visit/new/", {"user": str(uuid4())}))

    assert (refused.status, refused.errors) == (422, [UNKNOWN])
    assert Page(at(Role.ADMIN).post("/admin/visit/new/", {"user": "typed"})).field("user") == "typed"
