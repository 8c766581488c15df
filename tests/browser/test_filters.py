"""Filters of the console's lists, with scripts: relative times, alternatives, places in JSON, values with counts."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import Judge
from tests.browser.watch import Watch


@pytest.fixture
def open_list(open_context):
    """Opens an address as an operator."""

    def open_list(path, **options):
        page = open_context("operator", **options).new_page()
        page.goto(path)
        return page

    return open_list


def test_an_alternative_is_added_from_a_chip_and_says_how_long_ago(open_list):
    page = open_list("/admin/deploy/?flt0_status_equals=queued")

    page.get_by_role("button", name="Add an alternative to Status equals Queued").click()
    editor = page.locator("#add-filter")
    expect(editor.get_by_label("As an alternative to").locator("option:checked")).to_have_text("Status equals Queued")
    editor.get_by_label("Filter by").select_option("Requested")
    editor.get_by_label("Comparison").select_option(label="within")
    editor.get_by_label("How many").fill("7")
    editor.get_by_label("Of what").select_option("days")
    editor.get_by_role("button", name="Apply").click()

    bracket = page.get_by_role("group", name="One of these")
    expect(bracket.locator(".filter-words")).to_have_text(["Status equals Queued", "Requested within the last 7 days"])
    assert "flt0a_status_equals=queued&flt1a_requested_within=7d" in page.url
    page.get_by_role("button", name="Requested within the last 7 days", exact=True).click()
    expect(page.locator("#filter-1").get_by_label("How many")).to_have_value("7")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Filter", exact=True).click()
    expect(editor.get_by_label("As an alternative to")).to_have_value("")


def test_a_place_in_json_is_asked_for_in_two_fields(open_list):
    page = open_list("/admin/session/")

    page.get_by_role("button", name="Filter", exact=True).click()
    editor = page.locator("#add-filter")
    editor.get_by_label("Filter by").select_option("Survey")
    editor.get_by_label("Comparison").select_option(label="equals")
    editor.get_by_label("Path").fill("goal.kind")
    editor.get_by_label("Value").fill("blog")
    editor.get_by_role("button", name="Apply").click()
    page.get_by_role("button", name="Survey equals goal.kind=blog", exact=True).click()

    expect(page.locator("#filter-0").get_by_label("Path")).to_have_value("goal.kind")
    expect(page.locator("#filter-0").get_by_label("Value")).to_have_value("blog")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_values_are_counted_when_they_are_looked_at_and_chosen_by_a_click(open_list, width, scheme):
    page = open_list("about:blank", viewport={"width": width, "height": 800}, color_scheme=scheme)
    Judge.prepare(page)
    watch, judge = Watch(page), Judge()

    page.goto("/admin/session/?flt0a_status_equals=completed&flt1a_purpose_contains=a&flt2_updated_older_than=often")
    assert judge.of_page(page) + judge.of_colours(page) == []
    expect(page.get_by_role("button", name="Updated older than often", exact=True)).to_have_accessible_description(
        re.compile("This needs a span of time")
    )
    page.goto("/admin/session/?order=-updated_at")
    page.get_by_role("button", name="Values and how many rows have each").click()
    value = page.locator("#facets").get_by_role("link", name=re.compile("Completed"))
    expect(value.locator(".facet-count")).to_have_text(re.compile(r"^\d+$"))
    assert judge.of_page(page) + judge.of_colours(page) == []
    number = value.locator(".facet-count").inner_text()
    value.click()

    expect(page.get_by_role("button", name="Status equals Completed", exact=True)).to_be_visible()
    expect(page.locator(".list-count")).to_have_text(re.compile(rf"^\s*{number}\b"))
    assert watch.complaints == []
