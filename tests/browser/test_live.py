"""Pages that are open while somebody else changes what they show."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from models import DeployStatus, OnboardingSession, SessionStatus
from tests.browser.server import Server
from tests.records import Records

HIDEABLE = """
let isHidden = false;
Object.defineProperty(Document.prototype, "hidden", {get: () => isHidden});
window.setHidden = (yes) => {
  isHidden = yes;
  document.dispatchEvent(new Event("visibilitychange"));
};
"""
"""A browser without windows shows every tab; this has a page believe that it is in front, or not."""
LONGER_THAN_A_REFRESH_MS = 1_500
"""A part of a page is renewed within a second of a change, and then as soon as the answer is there."""


@pytest.fixture
def console(open_context: Callable[..., BrowserContext]) -> Page:
    """The console page, which is live."""
    page = open_context("operator").new_page()
    page.add_init_script(HIDEABLE)
    page.goto("/console/")
    expect(page.locator("#live")).to_have_text("Live")
    page.evaluate("window.stillTheSamePage = true")
    return page


@pytest.fixture
def begin(house_records: Records) -> Callable[[str], UUID]:
    """Has somebody begin a session with this purpose."""

    def begin(purpose: str) -> UUID:
        session: OnboardingSession = house_records.session(purpose=purpose)
        house_records.save()
        return session.id

    return begin


def is_still_the_same(page: Page) -> bool:
    return bool(page.evaluate("window.stillTheSamePage === true"))


def test_what_somebody_commits_appears_without_a_reload_and_is_marked(console, begin):
    session_id = begin("A shop that opened just now")

    expect(console.locator(f"#session-{session_id}[data-changed]")).to_contain_text("A shop that opened just now")
    assert is_still_the_same(console)


def test_what_changes_after_a_page_was_made_and_before_it_is_live_is_not_missed(page_of, begin):
    page, sessions = page_of("operator"), []

    def begin_before(route: Route) -> None:
        if not sessions:
            sessions.append(begin("A shop that opened in between"))
        route.continue_()

    page.route("**/api/console/events*", begin_before)
    page.goto("/console/")

    expect(page.locator("#live")).to_have_text("Live")
    expect(page.locator(f"#session-{sessions[0]}")).to_be_attached()


def test_the_focus_stays_where_it_is_while_a_part_of_the_page_is_renewed(console, begin):
    link = console.locator("#widget-onboarding .card-header > a")
    link.focus()

    session_id = begin("A shop beside the focus")

    expect(console.locator(f"#session-{session_id}")).to_be_attached()
    expect(link).to_be_focused()


def test_rows_do_not_move_under_the_pointer_but_wait_until_they_are_asked_for(console, begin):
    console.locator("#widget-onboarding tbody tr").first.hover()
    session_id = begin("A shop that waits")
    pill = console.locator("#widget-onboarding").get_by_role("button", name="Show what changed")
    expect(pill).to_be_visible()
    expect(console.locator(f"#session-{session_id}")).to_have_count(0)

    pill.click()

    expect(console.locator(f"#session-{session_id}")).to_be_attached()


def test_a_list_renews_its_rows_where_they_stand_and_counts_those_that_are_new(page_of, house_records):
    session = house_records.session(purpose="A shop that is in the list")
    house_records.save()
    page = page_of("operator")
    page.goto("/admin/session/")
    listed = page.locator(f'[data-row="session:{session.id}"]')
    expect(page.locator("#live")).to_have_text("Live")
    expect(listed).to_contain_text("Draft")

    session.status = SessionStatus.COMPLETED
    house_records.session(purpose="A shop that the list does not show yet")
    house_records.save()

    expect(listed).to_contain_text("Completed")
    expect(page.locator("#new-rows")).to_have_text("1 new")
    expect(page.get_by_text("A shop that the list does not show yet")).to_have_count(0)


def test_a_lost_connection_is_shown_and_what_was_missed_comes_with_the_next_one(console, begin, server: Server):
    server.stop()
    expect(console.locator("#live")).to_have_text("Reconnecting")
    session_id = begin("A shop from the time without a connection")

    server.start()

    expect(console.locator("#live")).to_have_text("Live")
    expect(console.locator(f"#session-{session_id}")).to_be_attached()
    assert is_still_the_same(console)


@pytest.mark.parametrize("how", ["hidden", "paused"])
def test_a_page_that_nobody_looks_at_or_that_is_paused_asks_for_nothing_and_catches_up(console, begin, how):
    asked: list[Request] = []
    switch = console.locator("#live")
    if how == "hidden":
        console.evaluate("setHidden(true)")
    else:
        switch.click()
        expect(switch).to_have_text("Paused")
    console.on("request", lambda request: asked.append(request))
    session_id = begin(f"A shop that is {how} from the page")
    console.wait_for_timeout(LONGER_THAN_A_REFRESH_MS)
    assert asked == []

    if how == "hidden":
        console.evaluate("setHidden(false)")
    else:
        switch.click()

    expect(console.locator(f"#session-{session_id}")).to_be_attached()
    expect(switch).to_have_text("Live")


def test_a_pause_appears_on_the_page_of_deliveries_of_whoever_has_it_open(page_of, house):
    page = page_of("viewer")
    page.goto("/console/deliveries/")
    expect(page.locator("#live")).to_have_text("Live")
    page.evaluate("window.stillTheSamePage = true")
    operator = page_of("operator")
    operator.goto("/console/deliveries/")
    operator.get_by_label("Host", exact=True).fill("live.example.com")
    operator.get_by_label("Reason").nth(1).fill("It is being seen to.")

    operator.get_by_role("button", name="Pause this host").last.click()

    expect(page.locator("#deliveries")).to_contain_text("It is being seen to.")
    assert is_still_the_same(page)


def test_what_changes_by_itself_is_on_the_page_once_its_time_has_come(page_of, house_records):
    page = page_of("operator")
    house_records.deploy(
        hook_url="https://due.example.com/deploy/0123456789abcdef",
        status=DeployStatus.QUEUED,
        next_attempt_at=datetime.now(UTC) + timedelta(seconds=4),
    )
    house_records.save()
    page.goto("/console/deliveries/")
    row = page.locator("tr", has_text="due.example.com")
    expect(row).to_contain_text("0 due now")

    expect(row).to_contain_text("1 due now")


def test_a_live_page_gives_the_browser_nothing_to_complain_of(watched, begin):
    page, watch = watched("operator")
    page.goto("/console/")
    expect(page.locator("#live")).to_have_text("Live")

    session_id = begin("A shop without complaints")

    expect(page.locator(f"#session-{session_id}")).to_be_attached()
    assert watch.complaints == []
