"""Hostile text in every field that anyone can write, and in every address: in a real browser, nothing of it runs."""

from datetime import UTC, datetime
from urllib.parse import quote
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine

from config import sqlalchemy_url
from models import Role
from services.database import DbSession
from tests import databases, vaults
from tests.browser.conftest import PATIENCE_MS
from tests.browser.house import cookie_of
from tests.browser.places import PLACES
from tests.browser.server import Server
from tests.browser.watch import Watch
from tests.hostile.tainted import taint
from tests.records import Records

TEXT = "'\"><script>tainted=1</script><x-taint onclick=tainted=1><img src=/x onerror=tainted=1></title>{{7*7}}<!--"
"""What would be an element, a script or a handler wherever it is taken for markup, or be done where for a template."""
FOUND = """
() => [
  ...(window.tainted ? ["a script ran"] : []),
  ...[...document.querySelectorAll("x-taint, img[src='/x'], [onclick], [onerror], [onload], script:not([src]), base")]
    .map((found) => `is an element: ${found.outerHTML.slice(0, 200)}`),
  ...[...document.querySelectorAll("[href], [src], [action], [formaction]")]
    .filter((found) => ["href", "src", "action", "formaction"].some(
      (name) => /^[^a-z]*(javascript|data|vbscript):/i.test(found.getAttribute(name) ?? "") && found.tagName !== "IMG"))
    .map((found) => `leads out: ${found.outerHTML.slice(0, 200)}`),
]
"""
WITHOUT_PEOPLE = {
    "lost password",
    "a link that is no longer good",
    "a first admin's link that is no longer good",
    "sign-in, again",
    "error 404",
    "error 422",
}
"""Pages that show nothing of what is stored, not even who has signed in."""
WORDS = quote(TEXT)
REFLECTED = (
    *(f"/admin/{name}/?search={WORDS}" for name in ("session", "deploy", "user")),
    f"/admin/deploy/?flt0_status_equals={WORDS}&flt1_host_contains={WORDS}&flt2_{WORDS}={WORDS}&sort={WORDS}&view={WORDS}",
    f"/admin/deploy/?url={WORDS}&page={WORDS}&page_size={WORDS}&columns={WORDS}&cursor={WORDS}",
    f"/admin/session/details/?id={WORDS}&url={WORDS}",
    f"/admin/deploy/export/?search={WORDS}&fields={WORDS}&zone={WORDS}",
    f"/console/palette/?q={WORDS}",
    f"/console/sessions/{WORDS}",
    f"/console/failures/?host={WORDS}&tab={WORDS}&order={WORDS}",
    f"/console/failures/of/{WORDS}",
    f"/console/recoveries/new?group={WORDS}&host={WORDS}&failed_since={WORDS}",
    f"/console/bulk/new/deploy/cancel?search={WORDS}",
    f"/console/bulk/new/{WORDS}/{WORDS}",
    f"/console/open-room?room={WORDS}",
    f"/verify?next={WORDS}",
    f"/reset/{WORDS}",
    f"/{WORDS}",
    f"/api/{WORDS}",
)
"""Addresses that say back what they were asked for."""


@pytest.fixture(scope="module")
def console(tmp_path_factory, hook_base):
    """A console in service that holds the text everywhere: its server, and the ids of what is there."""
    name = f"tainted_{uuid4().hex}"
    url = databases.create_database(name, databases.TEMPLATE)
    engine = create_engine(sqlalchemy_url(url), **vaults.ENGINE)
    with DbSession(engine, expire_on_commit=False) as db:
        make = Records(db, datetime.now(UTC))
        admin = make.user(role=Role.ADMIN)
        ids = taint(make, TEXT, admin)
        cookie = cookie_of(admin, make.sign_in(admin))
        db.commit()
    engine.dispose()
    server = Server(url, tmp_path_factory.mktemp("tainted"), VERCEL_DEPLOY_HOOK_URL=f"{hook_base}/x")
    try:
        server.start()
        yield server, ids, cookie
    finally:
        server.stop()
        databases.drop_database(name)


@pytest.fixture
def desk(chromium, console):
    """A page of the admin, what the browser complains of, and the questions that scripts asked."""
    server, _, cookie = console
    context = chromium.new_context(base_url=server.url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    context.add_cookies([{"name": "session", "value": cookie, "url": server.url}])
    context.route("**/api/console/events*", lambda route: route.fulfill(status=204))  # pages are left at once
    page, asked = context.new_page(), []
    page.on("dialog", lambda dialog: (asked.append(f"{dialog.type}: {dialog.message}"), dialog.dismiss()))
    yield page, Watch(page), asked
    context.close()


def faults_of(desk):
    """What has come of the text on the page as it stands, each with where."""
    page, watch, asked = desk
    return [f"{page.url[:90]}: {fault}" for fault in (*page.evaluate(FOUND), *watch.complaints, *asked)]


def look(desk, path):
    """Open a page; what is wrong with it, each with where."""
    page, watch, asked = desk
    watch.forget()
    asked.clear()
    answer = page.goto(path)
    broken = [f"{path[:90]}: answered {answer.status}"] if answer is None or answer.status >= 500 else []
    return broken + faults_of(desk)


def test_nothing_that_is_stored_runs_on_any_page(desk, console):
    _, ids, _ = console
    faults, without = [], set()
    for name, place in PLACES.items():
        faults += look(desk, place.path.format_map(ids))
        if "x-taint" not in desk[0].content():
            without.add(name)

    assert faults == []
    assert without == WITHOUT_PEOPLE


def test_nothing_that_an_address_says_runs_on_the_page_that_says_it_back(desk):
    assert [fault for path in REFLECTED for fault in look(desk, path)] == []


def test_nothing_that_a_script_puts_into_a_page_runs(desk):
    page, _, _ = desk
    for path, opener, where, said in (
        ("/admin/attempt/", "a[data-reader]", "dialog.reader", "x-taint"),
        ("/admin/session/", "[popovertarget=facets]", "#facets", "Failed"),
        ("/admin/template/", "tbody .row-actions button:has-text('Delete')", "main", "x-taint"),
    ):
        faults = look(desk, path)
        page.locator(opener).first.click()
        expect(page.locator(where).first).to_contain_text(said)
        assert faults + faults_of(desk) == []


def test_nothing_that_was_said_or_found_runs_in_toasts_and_the_palette(desk):
    page, _, _ = desk
    look(desk, "/console/account/tokens/")
    page.get_by_role("button", name="Revoke").first.click()
    asked = page.get_by_role("dialog", name="Revoke")
    expect(asked).to_contain_text("x-taint")
    asked.get_by_role("button", name="Revoke").click()
    expect(page.locator(".toasted")).to_contain_text("x-taint")
    page.keyboard.press("Control+k")
    page.keyboard.type("x-taint")
    expect(page.locator("#palette-dialog .palette-option").first).to_contain_text("x-taint")

    assert faults_of(desk) == []
