"""The pages of single records in a browser: the reader beside a list, and times whole on hover and focus."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import Judge

PERMITS_COPYING = {"permissions": ["clipboard-read", "clipboard-write"]}


@pytest.fixture
def at_deploy(watched, house):
    """The page of a deploy that was given up, as an operator in Berlin sees it."""
    page, watch = watched("operator", timezone_id="Europe/Berlin", **PERMITS_COPYING)
    page.goto("/console/deploys/{dead_deploy}".format_map(house.ids))
    yield page
    assert watch.complaints == []


def reader(page):
    return page.get_by_role("dialog", name="Attempt")


def test_a_whole_attempt_opens_beside_the_page_by_keyboard_and_escape_leads_back(at_deploy):
    link = at_deploy.locator(".attempts a[data-reader]").first
    link.focus()

    at_deploy.keyboard.press("Enter")
    expect(reader(at_deploy).get_by_role("heading", level=2, name="Request")).to_be_visible()
    expect(reader(at_deploy).get_by_role("heading", name="Attempt")).to_be_focused()

    at_deploy.keyboard.press("Escape")
    expect(reader(at_deploy)).to_have_count(0)
    expect(link).to_be_focused()


@pytest.mark.parametrize("width", [1280, 320])
def test_the_reader_with_a_times_card_over_it_is_for_everyone(at_deploy, width):
    judge = Judge()
    judge.prepare(at_deploy)
    at_deploy.set_viewport_size({"width": width, "height": 800})
    at_deploy.emulate_media(reduced_motion="reduce")
    at_deploy.reload()
    at_deploy.locator(".attempts a[data-reader]").first.click()
    reader(at_deploy).locator(".time-button").first.click()
    expect(at_deploy.locator("#time-card")).to_be_visible()

    faults = [*judge.of_page(at_deploy), *judge.of_colours(at_deploy)]
    at_deploy.emulate_media(color_scheme="dark")
    faults += judge.of_colours(at_deploy)

    assert faults == []
    assert at_deploy.evaluate("document.querySelector('dialog.reader').scrollWidth <= innerWidth")


def pasted(page: Page) -> str:
    """What was copied, as a person would see it: no page of the console may read the clipboard."""
    page.evaluate(
        "() => { const sheet = document.createElement('dialog');"
        " sheet.innerHTML = '<textarea id=\"sheet\"></textarea>'; document.body.append(sheet); sheet.showModal(); }"
    )
    page.locator("#sheet").press("Control+v")
    return page.locator("#sheet").input_value()


def test_the_reader_steps_to_the_attempt_before_and_copies_its_request(at_deploy):
    at_deploy.goto("/admin/attempt/?flt0_attempt_greater_than=1")
    at_deploy.locator("a[data-reader]").first.click()
    before = reader(at_deploy).get_by_role("link", name="Previous attempt")
    number = before.inner_text().strip()
    before.click()
    expect(reader(at_deploy).get_by_role("heading", name=f"Attempt {number}", exact=True)).to_be_focused()

    reader(at_deploy).get_by_role("button", name="curl", exact=True).click()

    command = pasted(at_deploy)
    assert command.startswith("curl --request POST")
    assert f'"attempt": {number}' in command


def test_a_record_is_copied_as_the_api_tells_of_it(at_deploy):
    at_deploy.get_by_role("button", name="Copy", exact=True).click()
    at_deploy.get_by_role("button", name="JSON").click()
    expect(at_deploy.locator("[data-copy-from][data-copied]")).to_have_count(1)

    record = json.loads(pasted(at_deploy))
    assert record["deploy"]["id"] == at_deploy.url.rpartition("/")[2]


def test_a_time_is_whole_on_focus_and_hover_in_the_browsers_zone_in_utc_and_as_iso(at_deploy):
    card, button = at_deploy.locator("#time-card"), at_deploy.locator(".summary .time-button").first
    # The last of what the deploy permits: other tests may have retried it.
    at_deploy.locator(".page-actions :is(button, a, summary):visible").last.focus()

    at_deploy.keyboard.press("Tab")
    expect(button).to_be_focused()
    expect(card).to_contain_text("Europe/Berlin")
    expect(card).to_contain_text("CE")  # CET or CEST
    expect(card).to_contain_text("UTC")
    at_deploy.keyboard.press("Tab")
    expect(card.get_by_role("button").first).to_be_focused()
    at_deploy.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(button).to_be_focused()

    at_deploy.locator(".timeline-list .time").first.hover()
    expect(card).to_be_visible()
    card.get_by_role("button").last.click()
    assert pasted(at_deploy).endswith("Z")


def test_the_words_of_a_time_do_not_change_as_the_page_wakes_up(page_of, house):
    page = page_of("operator", timezone_id="UTC")  # months begin elsewhere at another hour

    def changed():
        page.goto("/console/deploys/{dead_deploy}".format_map(house.ids))
        pairs = "(time) => [time.textContent, time.shadowRoot.textContent]"
        told = page.evaluate(f"[...document.querySelectorAll('relative-time')].map({pairs})")
        assert told
        return [(by_server, by_browser) for by_server, by_browser in told if by_server != by_browser]

    assert changed() == [] or changed() == []  # a minute may end just then
