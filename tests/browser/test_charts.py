"""Charts of the console page: drawn from the tables behind them, again after each swap, read out at the pointer."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.watch import no_complaints

PLOT = "[data-chart=attempts] .chart-plot"
WORDS = "[data-chart=attempts] .chart-words"
COLOURS = """
() => {
  const canvas = document.querySelector("[data-chart=attempts] canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] === 255) seen.add(data.slice(at, at + 3).join());
  }
  return [...seen].sort().join(" ");
}
"""


@pytest.fixture
def page(watched):
    """The console page of the last 30 days, with its charts in sight."""
    page, watch = watched("operator")
    with no_complaints(watch):
        page.goto("/console/?period=30d")
        show(page)
        yield page


def show(page: Page) -> None:
    page.locator("#widget-trends").scroll_into_view_if_needed()
    expect(page.locator(f"{PLOT} canvas")).to_have_count(1)
    expect(page.locator("[data-chart=sessions] .chart-plot canvas")).to_have_count(1)


def test_what_the_pointer_is_at_is_read_out_as_the_table_has_it(page):
    words = page.locator(WORDS)
    in_short = words.inner_text()
    box = page.locator(PLOT).bounding_box()

    page.mouse.move(box["x"] + box["width"] - 14, box["y"] + 60)

    expect(words).to_have_text(re.compile(r"\w{3} \d+ \w{3}: \d+ succeeded, \d+ failed\."))
    row = page.locator("[data-chart=attempts] tbody tr").last
    day, succeeded, failed = row.locator("th, td").all_text_contents()
    assert words.inner_text() == f"{day}: {succeeded} succeeded, {failed} failed."

    page.mouse.move(5, 5)
    expect(words).to_have_text(in_short)


def test_a_part_that_renews_itself_has_its_charts_again_in_the_same_place(page):
    before = page.locator(PLOT).bounding_box()

    with page.expect_response(re.compile("/console/widgets/trends")):
        page.evaluate("htmx.trigger(document.querySelector('#widget-trends'), 'refresh')")

    show(page)
    assert page.locator(PLOT).bounding_box() == before


def test_charts_are_drawn_anew_in_the_colours_of_another_theme(page):
    light = page.evaluate(COLOURS)

    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")

    show(page)
    page.wait_for_function(f"light => ({COLOURS})() !== light", arg=light, timeout=PATIENCE_MS)


def test_charts_are_as_wide_as_their_place(page):
    for width in (1280, 400):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function(
            """selector => {
                const plot = document.querySelector(selector);
                return Math.abs(plot.querySelector(".uplot").offsetWidth - plot.clientWidth) <= 1;
            }""",
            arg=PLOT,
        )


def test_the_table_behind_a_chart_opens_and_stays_open_when_it_is_renewed(page):
    table = page.locator("#chart-attempts-data table")
    expect(table).to_be_hidden()

    page.locator("#chart-attempts-data summary").press("Enter")
    with page.expect_response(re.compile("/console/widgets/trends")):
        page.evaluate("htmx.trigger(document.querySelector('#widget-trends'), 'refresh')")

    expect(table).to_be_visible()
    expect(table.locator("tbody tr")).to_have_count(30)


def test_without_scripts_the_words_and_the_table_are_there(open_context):
    page = open_context("operator", java_script_enabled=False).new_page()

    page.goto("/console/?period=7d")

    expect(page.locator(WORDS)).to_contain_text("in the last 7 days")
    page.locator("#chart-attempts-data summary").click()
    expect(page.locator("#chart-attempts-data tbody tr")).to_have_count(28)
