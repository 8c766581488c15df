"""The values of a list's columns, each with how many rows have it."""

import re
from html import unescape

import pytest

from models import DeployStatus, DeployTrigger, Role, SessionStatus
from tests.admin_views.conftest import Kind
from tests.admin_views.pages import listed, text_of

HTMX = {"HX-Request": "true"}


def facets(browser, question="", endpoint="shop"):
    """Of each column its values: label, count, address, and whether it is chosen."""
    html = browser.get(f"/admin/{endpoint}/facets/{question}", headers=HTMX).text
    sections = re.findall(r'<section class="facet".*?<h2[^>]*>(.*?)</h2>(.*?)</section>', html, re.DOTALL)
    return {
        text_of(label): [entry(link) for link in re.findall(r"<a .*?</a>", part, re.DOTALL)] for label, part in sections
    }


def entry(link):
    label, count = (re.search(rf'facet-{name}">(.*?)</span>', link, re.DOTALL) for name in ("label", "count"))
    return (
        text_of(label[1]),
        text_of(count[1]) if count else None,
        unescape(re.search(r'href="([^"]*)"', link)[1]),
        "aria-current" in link,
    )


def numbers(entries):
    return {label: count for label, count, _, _ in entries}


def address(entries, label):
    return next(url for name, _, url, _ in entries if name == label)


@pytest.fixture
def four_shops(shops):
    shops(name="Tea one", kind=Kind.MARKET, open=True)
    shops(name="Tea two", kind=Kind.MARKET, open=False)
    shops(name="Coffee", kind=Kind.CORNER_SHOP, open=True)
    shops(name="Tea three")


def test_enums_and_booleans_are_counted_by_value_unless_the_view_says_otherwise(at_shops, four_shops):
    found = facets(at_shops(Role.VIEWER))

    assert {label: numbers(entries) for label, entries in found.items()} == {
        "Kind": {"Corner shop": "1", "Market": "2", "None": "1"},
        "Open": {"Yes": "2", "No": "1", "None": "1"},
    }


def test_counts_heed_the_search_and_the_filters_of_other_columns(at_shops, four_shops):
    found = facets(at_shops(Role.VIEWER), "?search=tea&flt0_kind_equals=market&flt1_name_contains=t")

    assert numbers(found["Kind"]) == {"Corner shop": "0", "Market": "2", "None": "1"}
    assert numbers(found["Open"]) == {"Yes": "1", "No": "1", "None": "0"}
    assert [label for label, _, _, is_chosen in found["Kind"] if is_chosen] == ["Market"]


def test_each_count_is_that_of_the_list_to_which_the_value_leads(at_shops, four_shops):
    browser = at_shops(Role.VIEWER)

    for question in ("", "?search=tea", "?flt0a_kind_equals=market&flt1a_name_equals=Coffee", "?flt0_open_empty=0"):
        for entries in facets(browser, question).values():
            for label, count, url, is_chosen in entries:
                assert is_chosen or listed(browser, url.removeprefix("/admin/shop/")).count == int(count), (
                    question,
                    label,
                )


def test_a_click_adds_a_value_and_another_takes_it_back(at_shops, four_shops):
    browser = at_shops(Role.VIEWER)
    both = address(facets(browser, "?flt0_kind_equals=market&order=name")["Kind"], "Corner shop")
    page = listed(browser, both.removeprefix("/admin/shop/"))

    assert page.chips == ["Kind in list Market, Corner shop"]
    assert page.column("name") == ["Coffee", "Tea one", "Tea two"]
    question = f"?{both.partition('?')[2]}"
    one = address(facets(browser, question)["Kind"], "Market")
    assert listed(browser, one.removeprefix("/admin/shop/")).chips == ["Kind equals Corner shop"]
    none = address(facets(browser, f"?{one.partition('?')[2]}")["Kind"], "Corner shop")
    assert listed(browser, none.removeprefix("/admin/shop/")).chips == []
    lacking = address(facets(browser, question)["Kind"], "None")
    assert listed(browser, lacking.removeprefix("/admin/shop/")).column("name") == ["Tea three"]


def test_facets_are_a_page_where_no_script_runs_and_lead_back(at_shops, four_shops):
    browser = at_shops(Role.VIEWER)
    opened = re.search(
        r'<div class="flyout facets-flyout"[^>]*hx-get="([^"]*)"[^>]*>\s*<a href="([^"]*)"',
        browser.get("/admin/shop/?search=tea").text,
    )
    page = browser.get(unescape(opened[2])).text

    assert opened[1] == opened[2] == "/admin/shop/facets/?search=tea&amp;page_size=20"
    assert "<h1>Shop: values</h1>" in page
    assert 'href="/admin/shop/?search=tea&amp;page_size=20">Back to the list' in page


def test_nobody_learns_from_counts_of_what_they_may_not_see(at_shops, four_shops, sign_in, make):
    make.session(status=SessionStatus.FAILED)

    assert at_shops(Role.MEMBER).get("/admin/shop/facets/").status_code == 403
    assert set(numbers(facets(sign_in(Role.MEMBER), endpoint="session")["Status"]).values()) == {"0"}
    assert sign_in(None).get("/admin/user/facets/").status_code in (302, 403)


def test_an_argument_that_cannot_be_used_is_refused(at_shops, shops):
    browser = at_shops(Role.VIEWER)

    for question in ("flt0_kind_equals=castle", "flt0_nonsense=1", "search=a%00b", "staus=1"):
        assert browser.get(f"/admin/shop/facets/?{question}").status_code == 422
    page = browser.get("/admin/shop/?flt0_kind_equals=castle").text
    assert "Change or remove what can’t be used first." in page
    assert "/admin/shop/facets/" not in page


def test_deploys_are_counted_by_status_and_trigger(sign_in, make):
    make.deploy(status=DeployStatus.QUEUED, trigger=DeployTrigger.WIZARD)

    found = facets(sign_in(Role.VIEWER), endpoint="deploy")

    assert numbers(found["Status"])["Queued"] == "1"
    assert numbers(found["Trigger"])["Wizard"] == "1"
