"""The search box of a list, with the keyboard: it offers qualifiers and their values."""

from playwright.sync_api import expect

from tests.browser.accessibility import Judge


def test_a_qualifier_is_offered_chosen_and_becomes_a_chip(watched):
    page, watch = watched("operator")
    page.goto("/admin/deploy/")
    box, offered = page.get_by_role("combobox", name="Search"), page.get_by_role("listbox", name="Qualifiers")

    page.keyboard.press("/")
    page.keyboard.type("-sta")
    expect(offered.get_by_role("option")).to_have_text(["-status:Status"])
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "search-options-0")
    page.keyboard.press("Enter")
    expect(box).to_have_value("-status:")
    expect(offered.get_by_role("option")).to_have_count(6)
    page.keyboard.type("dea")
    offered.get_by_role("option", name="Dead-lettered").click()
    expect(box).to_have_value("-status:dead_lettered ")
    expect(box).to_be_focused()
    expect(offered).to_be_hidden()
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Status not equal Dead-lettered", exact=True)).to_be_visible()
    assert watch.complaints == []


def test_what_is_offered_stays_out_of_the_way(watched):
    page, watch = watched("operator")
    page.goto("/admin/deploy/")
    box, offered = page.get_by_role("combobox", name="Search"), page.get_by_role("listbox", name="Qualifiers")

    box.fill("host")
    expect(offered).to_be_visible()
    page.keyboard.press("Escape")
    expect(offered).to_be_hidden()
    expect(box).to_have_value("host")
    box.fill('"host')
    expect(offered).to_be_hidden()
    box.fill("h")
    expect(offered).to_be_visible()
    page.keyboard.press("Enter")

    expect(page.locator(".filter-chip").first).to_contain_text("Search h")
    assert watch.complaints == []


def test_the_help_lists_what_can_be_typed_and_everybody_can_read_it(page_of):
    page, judge = page_of("operator"), Judge()
    judge.prepare(page)
    page.goto("/admin/deploy/")

    page.get_by_role("button", name="How to search").click()
    expect(page.get_by_role("dialog", name="How to search")).to_contain_text("before:2026-11-01")
    assert judge.of_page(page) + judge.of_colours(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="Search").fill("status:")
    expect(page.get_by_role("listbox", name="Qualifiers")).to_be_visible()

    assert judge.of_page(page) + judge.of_colours(page) == []
