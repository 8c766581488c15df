"""What small scripts add to pages that work without them: reasons, passwords to look at, suggestions, kept forms."""

from playwright.sync_api import expect


def test_a_control_that_cannot_act_says_why_where_nothing_cuts_it_off(page_of, house):
    page = page_of("admin", viewport={"width": 320, "height": 700})
    page.goto(f"/console/failures/{house.ids['group']}")
    reopen = page.get_by_role("button", name="Reopen")
    shown = page.locator(".why-shown")

    reopen.focus()
    expect(shown).to_have_text("It is open already.")
    box = shown.bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= box["x"] + box["width"] <= 320

    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    reopen.click(force=True)
    expect(shown).to_be_visible()
    assert page.url.endswith(str(house.ids["group"])), "it did nothing"


def test_a_name_turns_nothing_of_the_question_that_it_is_in(page_of):
    page = page_of("admin")
    page.goto("/admin/template/?page_size=5")
    delete = page.locator("tbody tr").first.locator("form:has(button:has-text('Delete'))")
    delete.evaluate("form => { form.dataset.confirm = 'Delete “lap\u202etop”, for good?' }")

    delete.get_by_role("button", name="Delete").click()

    assert page.locator("#question-words").text_content() == "Delete “laptop”, for good?"


def test_a_password_can_be_looked_at_until_it_is_sent(page_of):
    page = page_of()
    page.goto("/login")
    page.get_by_label("E-mail").fill("nobody@example.com")
    password = page.get_by_label("Password", exact=True)
    password.fill("what I typed")

    reveal = page.get_by_role("button", name="Show the password")
    reveal.click()
    expect(password).to_have_attribute("type", "text")
    expect(reveal).to_have_attribute("aria-pressed", "true")
    reveal.click()
    expect(password).to_have_attribute("type", "password")

    reveal.click()
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("E-mail or password is wrong.")
    expect(page.get_by_label("Password", exact=True)).to_be_focused()


def test_a_suggestion_fills_in_the_field_and_leaves_the_focus_there(page_of, house):
    page = page_of("admin")
    page.goto(f"/wizard/{house.ids['own_draft']}/purpose")

    page.get_by_role("button", name="A blog with a newsletter").click()

    purpose = page.get_by_label("Purpose", exact=True)
    expect(purpose).to_have_value("A blog with a newsletter")
    expect(purpose).to_be_focused()


def test_a_form_that_is_being_filled_in_outlasts_the_renewal_of_the_page_around_it(page_of, house):
    page = page_of("admin")
    page.goto("/console/deliveries/")
    page.get_by_label("Reason").first.fill("Half a rea")
    details = page.locator("details[id^='pause-']").first
    details.locator("summary").click()
    page.locator("h1").click()

    with page.expect_response("**/console/deliveries/live*"):
        page.evaluate(
            "document.dispatchEvent(new CustomEvent('ops:change', {detail: {kind: 'host', ids: [], count: 0}}))"
        )

    expect(details).to_have_attribute("open", "")
    expect(page.get_by_label("Reason").first).to_have_value("Half a rea")


def test_an_error_s_request_can_be_copied_and_leads_back(page_of):
    page = page_of("admin")
    page.goto("/console/failures/")
    page.goto("/no-such-page")

    expect(page.get_by_role("button", name="Copy the request’s id")).to_be_visible()
    page.get_by_role("button", name="Back").click()

    expect(page).to_have_title("Failures · Operations Console")
