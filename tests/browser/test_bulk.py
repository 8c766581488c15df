"""Choosing all that match, with scripts."""

from playwright.sync_api import expect


def test_all_that_match_are_offered_once_the_page_is_ticked_and_lead_to_a_preview(watched):
    page, watch = watched("admin")
    page.goto("/admin/deploy/?page_size=20")
    offer, bar = page.locator(".bulk-all"), page.locator("[data-bulk]")

    page.locator(".action-checkbox").first.check()
    expect(bar).to_be_visible()
    expect(offer).to_be_hidden()

    page.locator("[data-select-all]").check()
    offer.locator("input").check()
    expect(bar).to_contain_text("All selected")
    closed = bar.locator("button[name=action][aria-disabled=true]")
    assert closed.count() == bar.locator("button[data-only-ticked]").count()

    page.locator(".action-checkbox").first.uncheck()
    expect(offer).to_be_hidden()
    expect(offer.locator("input")).not_to_be_checked()
    expect(closed).to_have_count(0)

    page.locator("[data-select-all]").check()
    offer.locator("input").check()
    bar.get_by_role("button", name="Retry deploy").click()  # asks in a dialog otherwise; here the preview does
    expect(page.get_by_role("heading", level=1)).to_contain_text("that match")
    assert watch.complaints == []
