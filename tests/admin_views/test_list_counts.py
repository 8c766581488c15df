"""How many rows a list says it has, and asking for the exact number."""

import re

import pytest
from sqlalchemy import func

from models import MetricDelta, Role, SessionStatus
from services.listing import counts
from tests.admin_views.conftest import Shop
from tests.admin_views.pages import listed, text_of
from tests.conftest import NOW

FEW = 2


def heading(page):
    return text_of(re.search(r"<h1>.*?</h1>", page.html, re.DOTALL)[0])


def links(page):
    """Where the exact number is to be had: on the list, and alone."""
    found = re.search(r'<a class="list-count-link"[^>]* href="([^"]*)"[^>]* hx-get="([^"]*)"', page.html)
    assert found, "The count is no link."
    return [address.replace("&amp;", "&") for address in found.groups()]


@pytest.fixture
def few(monkeypatch):
    """Has lists counted to two, and waited for as long as need be."""
    monkeypatch.setattr(counts, "LIMIT", FEW)
    monkeypatch.setattr(counts, "PATIENCE_MS", 20_000)


@pytest.fixture
def five(shops):
    for number in range(5):
        shops(name=f"Shop {number}", tags=["open"])


@pytest.fixture
def view(shop_app):
    """The list of shops itself."""
    [admin] = shop_app.extensions["admin"]
    return next(view for view in admin._views if view.endpoint == "shop")


@pytest.mark.parametrize(
    ("arguments", "number"),
    [
        ("", 1_000_320),
        ("?flt0_status_equals=failed", 320),
        ("?flt0_status_not_equal=draft", 320),
        ("?flt0_status_in_list=failed,draft&flt1_status_not_equal=failed", 1_000_000),
    ],
)
def test_whole_lists_and_those_of_a_status_have_the_ledger_s_number(sign_in, db, arguments, number):
    for label, delta in {SessionStatus.DRAFT: 1_000_000, SessionStatus.FAILED: 320}.items():
        db.add(MetricDelta(metric="onboarding_sessions", label=label, bucket=NOW, delta=delta))
    db.flush()

    assert listed(sign_in(Role.OPERATOR), arguments, endpoint="session").count == number


def test_a_member_s_list_has_the_number_of_the_member_s_own(sign_in, make):
    member = make.user(role=Role.MEMBER)
    make.session(user=member)
    for _ in range(3):
        make.session()

    assert listed(sign_in(user=member), endpoint="session").count == 1


def test_a_long_list_says_at_least_how_many_and_leads_to_the_exact_number(at_shops, five, few):
    browser = at_shops(Role.VIEWER)
    page = listed(browser, "?search=shop&page_size=20")
    assert "2+ records" in heading(page)

    on_list, alone = links(page)

    assert "5 records" in heading(listed(browser, f"?{on_list.partition('?')[2]}"))
    answer = browser.get(alone)
    assert text_of(answer.text).startswith("5 records")
    assert "<html" not in answer.text


def test_the_exact_number_reaches_each_place_of_the_page_that_says_how_many_there_are(at_shops, shops, few):
    for number in range(25):
        shops(name=f"Shop {number}")
    browser = at_shops(Role.ADMIN)
    page = listed(browser, "?search=shop&page_size=20")

    answer = browser.get(links(page)[1]).text

    places = re.compile(r'id="(list-count|list-of|list-matching)"')
    assert set(places.findall(answer)) == {"list-count", "list-of", "list-matching"}
    assert set(places.findall(answer)) >= set(places.findall(page.html)) >= {"list-count", "list-of"}
    assert re.search(r'id="list-of"[^>]*>([^<]*)<', page.html)[1] == "2+"
    assert re.search(r'id="list-of"[^>]*>([^<]*)<', answer)[1] == "25"


def test_an_exact_number_that_takes_too_long_is_said_to(at_shops, five, few, view, monkeypatch):
    query = type(view).get_count_query
    slowed = lambda view: query(view).filter(func.pg_sleep(0.2).is_not(None))  # noqa: E731
    monkeypatch.setattr(type(view), "get_count_query", slowed)
    monkeypatch.setattr(counts, "EXACT_PATIENCE_MS", 50)

    answer = at_shops(Role.VIEWER).get("/admin/shop/count/")

    assert "it took too long to count" in text_of(answer.text)
    assert text_of(answer.text).startswith("≈")


@pytest.mark.parametrize("arguments", ["flt0_kind_equals=palace", "flt0_nothing=1", "search=%00", "sort=99"])
def test_a_number_is_refused_where_an_argument_can_t_be_used(at_shops, five, arguments):
    assert at_shops(Role.VIEWER).get(f"/admin/shop/count/?{arguments}").status_code == 422


def test_a_view_that_wants_no_number_has_none(at_shops, five, view, monkeypatch):
    monkeypatch.setattr(view, "simple_list_pager", True)

    page = listed(at_shops(Role.VIEWER))

    assert (page.rows, "list-count" in page.html) == (5, False)
    assert at_shops(Role.VIEWER).get("/admin/shop/count/").text.strip() == ""


def test_a_view_s_own_way_to_count_is_its_number(at_shops, five, view, monkeypatch):
    query = type(view).get_count_query
    monkeypatch.setattr(type(view), "get_count_query", lambda view: query(view).filter(Shop.name != "Shop 3"))

    assert listed(at_shops(Role.VIEWER)).count == 4


def test_those_who_may_not_see_a_list_are_not_told_its_number(sign_in, browser):
    assert sign_in(Role.MEMBER).get("/admin/user/count/").status_code == 403
    assert browser.get("/admin/session/count/").status_code == 302
