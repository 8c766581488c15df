"""The palette in a browser: opened, searched, chosen from and closed by keys alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import Judge
from tests.browser.watch import no_complaints

FIELD, OPTION = "#palette-input", "#palette-dialog .palette-option"


@pytest.fixture
def console(watched):
    """An operator's console, and what the browser complains of."""
    page, watch = watched("operator")
    Judge.prepare(page)
    page.goto("/console/")
    return page, watch


def opened(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.locator(OPTION).first).to_be_visible()


def chosen(page: Page) -> str:
    """The title of the option that the field says is chosen, and that says so itself."""
    active = page.locator(f"#{page.get_attribute(FIELD, 'aria-activedescendant')}")
    expect(active).to_have_attribute("aria-selected", "true")
    return active.locator(".palette-title").inner_text()


def test_it_is_opened_moved_in_and_closed_by_keys_and_gives_the_focus_back(console):
    page, watch = console
    page.focus(".brand")

    with no_complaints(watch):
        opened(page)
        expect(page.locator(FIELD)).to_be_focused()
        first = chosen(page)
        page.keyboard.press("ArrowDown")
        second = chosen(page)
        page.keyboard.press("End")
        last = chosen(page)
        page.keyboard.press("ArrowDown")

        assert (first, second, last) == ("Console", "Wizard", "Sign out")
        assert chosen(page) == first, "after the last comes the first"
        page.keyboard.press("Control+k")
        expect(page.locator("#palette-dialog")).not_to_be_visible()
        expect(page.locator(".brand")).to_be_focused()


def test_what_was_typed_is_taken_even_where_enter_is_quicker_than_the_answer(console, house):
    page, _ = console
    opened(page)

    page.keyboard.type(str(house.ids["project"]))
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/console/projects/{house.ids['project']}")
    page.keyboard.press("Control+k")
    expect(page.locator(".palette-heading").first).to_have_text("Pages")
    page.goto("/console/")
    opened(page)
    expect(page.locator(".palette-heading").first).to_have_text("Seen just now")


def test_a_theme_is_chosen_at_once_and_said(console):
    page, watch = console
    opened(page)

    with no_complaints(watch):
        page.keyboard.type("dark theme")
        page.keyboard.press("Enter")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        expect(page.locator(".toasted")).to_contain_text("Use the dark theme: done.")
    expect(page).to_have_url(re.compile("/console/$"))


def test_nothing_in_it_is_hard_to_reach_with_its_options_and_without(console):
    page, _ = console
    judge = Judge()
    for words in ("shop", "nothing is called so"):
        opened(page)
        page.fill(FIELD, words)
        expect(page.locator("#palette-dialog [data-asked]")).to_have_attribute("data-asked", words)
        assert judge.of_page(page) == []
        assert judge.of_colours(page) == []
        page.keyboard.press("Escape")


def test_the_field_in_the_bar_opens_it_and_a_click_beside_it_closes_it(console):
    page, _ = console

    page.click("[data-palette-open]")
    expect(page.locator(FIELD)).to_be_focused()
    page.mouse.click(5, 700)

    expect(page.locator("#palette-dialog")).not_to_be_visible()
    expect(page.locator("[data-palette-open]")).to_be_focused()
