"""How a list is shown, and what of it is pinned, as scripts make it nicer."""

from playwright.sync_api import expect


def heads(page):
    return page.locator("th.column-header")


def test_columns_are_moved_and_left_out_before_they_are_shown_and_one_always_stays(page_of):
    page = page_of("viewer")
    page.goto("/admin/session/?columns=status,purpose")
    expect(heads(page)).to_have_text(["Status", "Purpose"])
    page.get_by_role("button", name="Columns", exact=True).click()
    chooser = page.locator("#columns")

    up = chooser.get_by_role("button", name="Move up: Purpose")
    up.focus()
    page.keyboard.press("Enter")
    expect(chooser.get_by_role("button", name="Move down: Purpose")).to_be_focused()
    expect(page.locator("#announcer")).to_have_text("Purpose is column 1.")
    chooser.get_by_label("Status", exact=True).uncheck()
    chooser.get_by_label("Purpose", exact=True).click()
    expect(chooser.get_by_label("Purpose", exact=True)).to_be_checked()
    chooser.get_by_label("Id", exact=True).check()
    chooser.get_by_role("button", name="Show", exact=True).click()

    expect(heads(page)).to_have_text(["Purpose", "Id"])
    page.goto("/admin/session/")
    expect(heads(page)).to_have_text(["Purpose", "Id"])
    page.get_by_role("button", name="Columns", exact=True).click()
    page.get_by_role("button", name="Usual columns").click()
    expect(heads(page).first).to_have_text("Person")


def test_a_pinned_view_shows_its_count_and_where_one_is(page_of, house):
    page = page_of("viewer")
    page.goto("/console/projects/" + str(house.ids["project"]))

    pinned = page.get_by_role("link", name="Gave up")
    expect(pinned.locator(".pinned-count")).not_to_be_empty()
    pinned.click()

    expect(page.get_by_role("link", name="Gave up")).to_have_attribute("aria-current", "page")


def test_the_density_that_is_chosen_on_a_list_is_kept_with_the_person(page_of):
    page = page_of("member")
    page.goto("/admin/session/")
    page.get_by_role("button", name="Rows per page").click()
    with page.expect_response("**/console/preferences/") as answer:
        page.locator("#page-sizes").get_by_role("button", name="Compact").click()

    assert answer.value.status == 303
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
