"""A list's URL: what can't be used is said, and never makes a wrong list."""

import re

import pytest

from models import Role
from tests.admin_views.pages import listed


def test_a_page_beyond_the_end_leads_to_the_last_one_and_says_so(at_shops, shops):
    for number in range(21):
        shops(name=f"Shop {number:02}")

    page = listed(at_shops(Role.VIEWER), "?page=999&sort=0")

    assert page.column("name") == ["Shop 20"]
    assert page.messages == ["There is no page 1,000; this is the last, page 2."]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("page=-1", "“page” is a whole number from 0 to 999,999,999, not “-1”; it was left out."),
        ("page=x", "“page” is a whole number from 0 to 999,999,999, not “x”; it was left out."),
        ("page=1&page=0", "“page” was given more than once; the first counts."),
        ("page_size=-1", "“page_size” is a whole number from 0 to 999,999,999, not “-1”; it was left out."),
        ("page_size=7", "A page can't have 7 rows; choose 20, 50 or 100."),
        ("sort=99", "This list can't be sorted by column 99; it is in its usual order."),
        ("sort=0&desc=maybe", "“desc” is 1 for descending or 0 for ascending."),
        ("staus=failed", "This list knows no “staus”, so that was left out."),
        ("a=1&b=1&c=1&d=1&e=1", "This list knows no “a”, “b”, “c” and 2 more, so that was left out."),
    ],
)
def test_an_argument_that_cannot_be_used_is_named_above_the_list(at_shops, shops, arguments, complaint):
    for _ in range(25):
        shops()

    assert complaint in listed(at_shops(Role.VIEWER), f"?{arguments}").messages


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("flt0_kind_equals=castle", "This needs one of Corner shop, Market."),
        ("flt0_kind_in_list=market,castle", "This needs some of Corner shop, Market, parted by commas."),
        ("flt0_opened_at_greater_than=yesterday", "This needs a time in UTC, such as 2026-11-25 12:00:00."),
        ("flt0_opened_at_between=2026-01-02 to 2026-01-01", "the earlier first."),
        ("flt0_opened_at_within=a while", "This needs a span of time, such as 30m, 24h or 7d."),
        ("flt0_owner_id_equals=42", "This needs a whole id"),
        ("flt0_open_equals=maybe", "This needs Yes or No."),
        ("flt0_id_equals=99999999999", "This needs a whole number."),
        ("flt0_id_in_list=1,two", "whole numbers, parted by commas."),
        ("flt0_name_contains=a%00b", "This needs an ordinary text"),
    ],
)
def test_a_filter_that_cannot_be_used_shows_nothing_and_says_why_by_its_chip(at_shops, shops, arguments, complaint):
    shops()

    page = listed(at_shops(Role.VIEWER), f"?{arguments}&flt9_id_greater_than=0")
    wrong = re.findall(r'aria-describedby="(filter-0-wrong)"', page.html)
    told = re.findall(r'<span class="filter-problem" id="filter-0-wrong">(.*?)</span>', page.html)

    assert (page.rows, page.messages, len(page.chips)) == (0, [], 2)
    assert wrong == ["filter-0-wrong"]
    assert [complaint in text for text in told] == [True]
    assert "Nothing is shown, since the search or a filter can’t be used." in page.html


@pytest.mark.parametrize("search", ["a%00b", "x" * 201])
def test_a_search_that_cannot_be_used_shows_nothing_and_says_why(at_shops, shops, search):
    shops()

    page = listed(at_shops(Role.VIEWER), f"?search={search}")

    assert page.rows == 0
    assert ["Nothing was searched" in message for message in page.messages] == [True]


@pytest.mark.parametrize(
    "argument", ["flt0_nonsense", "flt0_0", "flt", "flt_", "fltx", "flt0A_kind_equals", "flt9999999999_kind_equals"]
)
def test_a_filter_that_does_not_exist_is_named_above_a_list_of_nothing(at_shops, shops, argument):
    shops()
    browser = at_shops(Role.VIEWER)

    page = listed(browser, f"?{argument}=1&order=name")

    assert (page.status, page.rows, page.chips) == (200, 0, [])
    assert page.messages == [f"This list has no filter “{argument}”."]
    assert "Nothing is shown, since the search or a filter can’t be used." in page.html
    assert "_nonsense=1" in page.html or argument != "flt0_nonsense", "Links must not lead to other rows."


@pytest.mark.parametrize("argument", ["flt0_nonsense=1", "flt0_kind_equals=castle"])
def test_no_file_is_made_of_what_a_filter_that_cannot_be_used_would_leave(at_shops, shops, argument):
    assert at_shops(Role.VIEWER).get(f"/admin/shop/export/csv/?{argument}").status_code == 422


@pytest.mark.parametrize(
    "arguments",
    [
        "_scheme=x",
        "_external=1&_scheme=javascript",
        "_method=FOO",
        "endpoint=x",
        "export_type=x",
        "self=1",
        "_anchor=x",
    ],
)
def test_no_argument_reaches_the_building_of_links(at_shops, shops, arguments):
    shops()

    answer = at_shops(Role.VIEWER).get(f"/admin/shop/?{arguments}")

    assert answer.status_code == 200
    assert "javascript:" not in answer.text.replace("javascript:void(0)", "")


def test_an_address_to_return_to_that_is_none_is_refused(at_shops, shops):
    shop = shops()
    browser = at_shops(Role.ADMIN)

    assert browser.get(f"/admin/shop/details/?id={shop.id}&url=//[").status_code == 422
    page = browser.get(f"/admin/shop/details/?id={shop.id}&url=//evil.example.com/").text
    assert not re.search(r'(href|action)="[^"?]*evil', page)


def test_a_refused_choice_is_shown_as_it_is(at_shops, shops):
    assert listed(at_shops(Role.VIEWER), "?flt0_kind_equals=castle").chips == ["Kind equals castle"]
    assert listed(at_shops(Role.VIEWER), "?flt0_kind_equals=market").chips == ["Kind equals Market"]


def test_the_sorted_column_says_so_and_the_search_has_a_name(at_shops, shops):
    shops()

    page = listed(at_shops(Role.VIEWER), "?sort=0&desc=1").html

    assert page.count("aria-sort=") == page.count('aria-sort="descending"') == 1
    assert 'aria-label="Search: Name"' in page
