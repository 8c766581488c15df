"""What came of an act is a toast that can undo it; without scripts it is an alert that can."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.watch import no_complaints

TOAST = ".toasted"


@pytest.fixture
def group(house) -> str:
    return f"/console/failures/{house.ids['group']}"


def resolve(page: Page, group: str) -> None:
    page.goto(group)
    page.get_by_role("button", name="Resolve", exact=True).click()


def test_an_act_is_undone_from_its_toast(watched, group):
    page, watch = watched("operator")
    page.goto(group)

    with no_complaints(watch):
        resolve(page, group)
        expect(page.locator(TOAST)).to_contain_text("The group is resolved.")
        expect(page.locator("#announcer")).to_contain_text("It can be undone.")
        expect(page.locator(".messages > *")).to_have_count(0)
        page.locator(TOAST).get_by_role("button", name="Undo").click()
        expect(page.locator(TOAST)).to_have_text("The group is open again.")
    expect(page).to_have_url(f"{page.url.partition('/console')[0]}{group}")


def test_a_toast_goes_by_itself_but_not_while_it_is_looked_at_and_an_error_stays(page_of):
    page = page_of("operator")
    page.clock.install()
    page.goto("/console/deliveries/")
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    for toast in ("{text: 'Done.'}", "{text: 'Undone?', undo: 'x'}", "{text: 'No.', tone: 'danger'}"):
        page.evaluate(f"ops.toast({toast})")
    page.clock.run_for(100)
    expect(page.locator("#toast-alert")).to_have_text("No.")

    page.clock.run_for(8_500)
    expect(page.locator(TOAST)).to_contain_text(["Undone?", "No."])
    page.get_by_role("button", name="Undo").focus()
    page.clock.run_for(60_000)
    expect(page.locator(TOAST)).to_have_count(2)
    page.locator(".brand").focus()
    page.clock.run_for(12_500)

    expect(page.locator(TOAST)).to_contain_text(["No."])
    page.keyboard.press("Escape")
    expect(page.locator(TOAST)).to_have_count(0)


def test_without_scripts_the_alert_undoes_it(page_of, group):
    page = page_of("operator", java_script_enabled=False)

    resolve(page, group)
    expect(page.locator(".messages .alert")).to_be_visible()
    page.locator(".messages").get_by_role("button", name="Undo").click()

    expect(page.locator(".messages .alert-text")).to_have_text("The group is open again.")


def test_a_changed_form_is_not_left_without_asking_and_a_refused_one_has_the_focus(page_of):
    page = page_of("admin")
    page.goto("/admin/template/new/")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))

    page.fill("[name=title]", "A title")
    expect(page.locator(".unsaved")).to_have_text("Not saved yet.")
    page.locator(".brand").click(no_wait_after=True)
    expect(page.locator("[name=title]")).to_have_value("A title")
    assert asked == ["beforeunload"]

    page.fill("[name=content]", " ")
    page.locator("form.admin-form [type=submit]").first.click()
    expect(page.locator("[name=content]")).to_be_focused()
    expect(page.locator("#announcer")).to_contain_text("the first is Content")
    assert asked == ["beforeunload"], "what is sent is not left"
