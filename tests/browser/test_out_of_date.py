"""Two tabs of an admin, of which one begins to act as somebody."""

from playwright.sync_api import expect

from models import Role
from tests.browser.house import cookie_of

BANNER = "#out-of-date"


def act_in(page, house):
    page.goto(f"/admin/user/details/?id={house.ids['member_id']}")
    page.get_by_label("Reason").fill("A ticket of theirs")
    page.get_by_role("button", name="Act as").click()
    expect(page.locator(".acting:not(.out-of-date)")).to_be_visible()


def test_a_tab_says_that_it_is_out_of_date_once_another_acts_as_somebody_and_again_once_it_stops(open_context, house):
    context = open_context("admin")
    own, other = context.new_page(), context.new_page()
    own.goto("/console/")
    expect(own.locator("#live")).to_have_text("Live")

    act_in(other, house)

    expect(own.locator(BANNER)).to_contain_text("You act as somebody else now")
    expect(own.locator("#live")).to_have_text("Paused")
    expect(other.locator(BANNER)).to_be_hidden()

    own.locator(BANNER).get_by_role("link").click()
    expect(own.locator(BANNER)).to_be_hidden()
    expect(own.locator(".acting:not(.out-of-date)")).to_be_visible()

    other.get_by_role("button", name="Stop").click()
    expect(own.locator(BANNER)).to_contain_text("You don’t act as this person any more")
    expect(own.locator(".acting:not(.out-of-date)")).to_be_hidden()


def test_the_server_alone_says_it_where_no_tab_told(open_context, house):
    context = open_context("admin")
    own = context.new_page()
    own.add_init_script("window.BroadcastChannel = class extends EventTarget { postMessage() {} };")
    own.goto("/console/")
    act_in(context.new_page(), house)

    own.evaluate("document.dispatchEvent(new Event('ops:resync'))")

    expect(own.locator(BANNER)).to_be_visible()


def test_who_signs_out_in_one_tab_is_out_of_all_and_leaves_nothing_behind(open_context, server, house_records):
    person = house_records.user(role=Role.OPERATOR)
    cookie = cookie_of(person, house_records.sign_in(person))
    house_records.save()
    context = open_context()
    context.add_cookies([{"name": "session", "value": cookie, "url": server.url}])
    own, other = context.new_page(), context.new_page()
    own.goto("/console/")
    own.evaluate("sessionStorage.setItem('kept', 'a name'); localStorage.setItem('kept', 'a name')")
    other.goto("/console/studio")

    other.evaluate("document.querySelector(\"form[action$='/logout']\").submit()")

    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(own.get_by_role("heading", name="Sign in")).to_be_visible()
    assert own.evaluate("[localStorage.length, sessionStorage.getItem('kept')]") == [0, None]
