"""Going through a list page by page, in the order that was asked for."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from sqlalchemy import text

from admin_views import list_page
from models import Role
from tests.admin_views.conftest import Kind, ShopView
from tests.admin_views.pages import Page, listed, text_of
from tests.conftest import NOW


def link(page: Page, label: str) -> str | None:
    """Where a link of the pager leads."""
    found = re.search(rf'<a class="page-link" href="([^"]*)"[^>]*>{label}</a>', page.html)
    return unescape(found[1]).partition("/shop/")[2] if found else None


def walked(browser, page: Page, label: str) -> list[list[str]]:
    """The names on each page, from this one on."""
    names = [page.column("name")]
    while address := link(page, label):
        page = listed(browser, address)
        names.append(page.column("name"))
    return names


@pytest.fixture
def many(shops):
    for number in range(45):
        shops(name=f"Shop {number:02}", kind=(None, *Kind)[number % 3], opened_at=NOW if number % 2 else None)


NAMES = [f"Shop {number:02}" for number in range(45)]


def test_next_and_previous_lead_through_the_whole_list_and_back(at_shops, many):
    browser = at_shops(Role.VIEWER)

    onward = walked(browser, listed(browser, "?order=name"), "Next")
    back = walked(browser, listed(browser, "?order=name&cursor=last"), "Previous")

    assert onward == [NAMES[:20], NAMES[20:40], NAMES[40:]]
    assert back == [NAMES[25:], NAMES[5:25], NAMES[:20]]


def test_first_and_last_lead_to_the_ends(at_shops, many):
    browser = at_shops(Role.VIEWER)

    last = listed(browser, link(listed(browser, "?order=name"), "Last"))
    first = listed(browser, link(last, "First"))

    assert last.column("name") == NAMES[25:]
    assert first.column("name") == NAMES[:20]
    assert link(last, "Next") is link(first, "Previous") is None


def test_a_page_says_which_rows_it_shows(at_shops, many):
    browser = at_shops(Role.VIEWER)
    first = listed(browser, "?order=name")

    ranges = [first, listed(browser, link(first, "Next")), listed(browser, "?order=name&cursor=last")]

    shown = [text_of(re.search(r'<span class="list-range">.*?</span></span>', page.html)[0]) for page in ranges]
    assert shown == ["1–20 of 45", "21–40 of 45", "26–45 of 45"]


def test_a_list_is_ordered_by_several_columns_each_in_its_direction(at_shops, many):
    page = listed(at_shops(Role.VIEWER), "?order=-kind,name&page_size=50")

    kinds, names = page.column("kind"), page.column("name")
    assert list(dict.fromkeys(kinds)) == ["Market", "Corner shop", "—"]
    assert [name for kind, name in zip(kinds, names, strict=True) if kind == "Market"] == sorted(NAMES[2::3])
    assert names[30:] == NAMES[::3]


def test_a_form_may_name_the_columns_one_by_one(at_shops, many):
    browser = at_shops(Role.VIEWER)

    by_form = listed(browser, "?order=-kind&order=&order=name&page_size=50")

    assert by_form.column("name") == listed(browser, "?order=-kind,name&page_size=50").column("name")


def test_the_head_of_a_column_turns_its_order_round(at_shops, many):
    browser = at_shops(Role.VIEWER)
    page = listed(browser, "?order=name")

    [turn] = re.findall(r'aria-sort="ascending".*?href="/admin/shop/([^"]*)"', page.html, re.DOTALL)

    assert unescape(turn) == "?order=-name&page_size=20"
    assert listed(browser, unescape(turn)).column("name")[0] == "Shop 44"


@pytest.mark.parametrize(
    "cursor", ["x", "last.x", "a" * 9_000, "\x00", "W10.abc", "WyIiLDAsMCxbXV0.Zm9vYmFy"], ids=lambda text: text[:12]
)
def test_a_cursor_that_is_none_is_said_to_be_and_the_first_page_shown(at_shops, many, cursor):
    page = listed(at_shops(Role.VIEWER), f"?{urlencode({'order': 'name', 'cursor': cursor})}")

    assert page.messages == [list_page.UNFIT]
    assert page.column("name") == NAMES[:20]


def test_a_cursor_of_another_order_does_not_fit(at_shops, many):
    browser = at_shops(Role.VIEWER)
    [cursor] = re.findall(r"cursor=([^&]*)", link(listed(browser, "?order=name"), "Next"))

    page = listed(browser, f"?order=-name&cursor={cursor}")

    assert page.messages == [list_page.UNFIT]
    assert page.column("name") == NAMES[:24:-1]


def test_a_cursor_of_another_list_does_not_fit(at_shops, many):
    browser = at_shops(Role.VIEWER)
    [cursor] = re.findall(r"cursor=([^&]*)", link(listed(browser, "?order=name"), "Next"))

    assert listed(browser, f"?order=name&cursor={cursor}", endpoint="plain").messages == [list_page.UNFIT]


def test_a_page_whose_rows_are_gone_is_the_last_one(at_shops, many, db):
    browser = at_shops(Role.VIEWER)
    address = link(listed(browser, "?order=name"), "Next")
    db.execute(text("DELETE FROM shops WHERE name > 'Shop 19'"))

    page = listed(browser, address)

    assert page.column("name") == NAMES[:20]
    assert page.messages == []


def test_filters_and_search_go_along_from_page_to_page(at_shops, many):
    browser = at_shops(Role.VIEWER)

    pages = walked(browser, listed(browser, "?order=name&search=shop&flt0_name_not_contains=07"), "Next")

    assert [name for page in pages for name in page] == [name for name in NAMES if name != "Shop 07"]


def test_a_number_too_far_to_be_jumped_to_leads_as_far_as_may_be(at_shops, shops, db):
    shops()
    db.execute(text("INSERT INTO shops (id, name) SELECT number, 'A shop' FROM generate_series(10, 10300) AS number"))

    page = listed(at_shops(Role.VIEWER), "?page=400&page_size=50&sort=0")

    assert page.messages == ["Page 401 is too far to be jumped to by its number; this is page 201."]
    assert page.rows == 50


def test_an_unknown_column_to_sort_by_is_named(at_shops, many):
    page = listed(at_shops(Role.VIEWER), "?order=colour,name")

    assert page.messages == ["This list can't be sorted by “colour”; that was left out."]
    assert page.column("name") == NAMES[:20]


def test_a_list_that_takes_too_long_says_so(at_shops, shops, monkeypatch):
    shops()
    monkeypatch.setattr(list_page, "PATIENCE_MS", 50)
    original = ShopView.get_query
    monkeypatch.setattr(ShopView, "get_query", lambda view: original(view).filter(text("pg_sleep(2) IS NOT NULL")))

    page = listed(at_shops(Role.VIEWER), "?search=shop")

    assert page.status == 200
    assert "These shop could not be found in time." in page.html


def test_an_order_that_is_remembered_holds_until_another_is_asked_for(at_shops, many):
    browser = at_shops(Role.VIEWER)

    browser.post("/admin/shop/order/", {"order": ["-name", ""], "remember": "1", "arguments": "search=shop&cursor=x"})

    assert listed(browser).column("name") == NAMES[:24:-1]
    assert walked(browser, listed(browser), "Next")[-1] == NAMES[4::-1]
    assert listed(browser, "?order=name").column("name") == NAMES[:20]
    browser.post("/admin/shop/order/", {"order": "", "remember": "1"})
    assert listed(browser).column("name") != NAMES[:24:-1]


def test_an_order_that_is_not_to_be_remembered_is_that_of_one_address(at_shops, many):
    browser = at_shops(Role.VIEWER)

    answer = browser.post(
        "/admin/shop/order/", {"order": ["-kind", "name", "-kind"], "arguments": "sort=1&page_size=50"}
    )

    assert answer.location == "/admin/shop/?page_size=50&order=-kind%2Cname"
    assert listed(browser).column("name") != listed(browser, "?order=-kind,name").column("name")


def test_an_order_by_what_the_list_is_not_ordered_by_is_refused(at_shops, many):
    answer = at_shops(Role.VIEWER).post("/admin/shop/order/", {"order": "hook_url"})

    assert answer.status_code == 422
    assert "This list can&#39;t be sorted by “hook_url”." in answer.text
