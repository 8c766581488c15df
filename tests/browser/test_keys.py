"""Single keys: they act on lists and lead somewhere, never where somebody types, and can be turned off."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.watch import no_complaints

CURRENT = "main tr[aria-current=true]"


@pytest.fixture
def page(page_of) -> Page:
    page = page_of("admin")
    page.goto("/admin/template/")
    return page


def test_a_list_is_walked_selected_in_opened_and_edited(page):
    rows = page.locator("main tr[data-row-link]")

    for key, expected in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(rows.nth(expected)).to_have_attribute("aria-current", "true")
        expect(rows.nth(expected)).to_be_focused()
        expect(page.locator(CURRENT)).to_have_count(1)
    page.keyboard.press("x")
    expect(rows.nth(1).locator("input[name=rowid]")).to_be_checked()
    page.keyboard.press("e")
    page.wait_for_url("**/admin/template/edit/**")
    page.go_back()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/template/details/**")


def test_slash_leads_to_the_search_and_letters_in_it_are_letters(page):
    page.keyboard.press("/")
    field = page.locator("main input[type=search][name=search]")
    expect(field).to_be_focused()

    page.keyboard.type("jk?gx/")

    expect(field).to_have_value("jk?gx/")
    expect(page.locator("#keys-dialog")).not_to_be_visible()
    expect(page).to_have_url(re.compile("/admin/template/$"))


def test_g_and_a_letter_lead_to_a_page_and_not_from_within_a_dialog(page):
    page.keyboard.press("?")
    expect(page.locator("#keys-dialog kbd").first).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("/admin/template/$"))

    page.keyboard.press("g")
    page.keyboard.press("p")

    page.wait_for_url("**/admin/project/")


def test_keys_that_were_turned_off_do_nothing_until_they_are_turned_on(page):
    page.click("[popovertarget=account]")
    page.click("[data-preference=keys] button[value=off]")
    page.keyboard.press("Escape")

    for key in ("j", "?", "g", "s"):
        page.keyboard.press(key)

    expect(page.locator(CURRENT)).to_have_count(0)
    expect(page.locator("#keys-dialog")).not_to_be_visible()
    expect(page).to_have_url(re.compile("/admin/template/$"))
    page.reload()
    page.keyboard.press("j")
    expect(page.locator(CURRENT)).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-input")).to_be_focused()


def test_the_list_of_keys_is_opened_from_the_account_menu_and_gives_the_focus_back(watched):
    page, watch = watched("operator")
    page.goto("/console/")

    with no_complaints(watch):
        page.click("[popovertarget=account]")
        page.click("[data-keys-open]")
        expect(page.locator("#keys-dialog kbd").first).to_be_visible()
        page.keyboard.press("Escape")

    expect(page.locator("#keys-dialog")).not_to_be_visible()
