"""Passkeys in a real browser, whose authenticator is a virtual one; and the looks of the pages of second factors."""

import re
from datetime import UTC, datetime

import pytest
from flask_security import hash_password
from playwright.sync_api import Page, expect

from app import create_app
from models import Role
from tests.browser.accessibility import Judge
from tests.browser.test_pages import faults_at_each_width, look
from tests.browser.watch import Watch
from tests.conftest import settings_for
from tests.totp import code_at

PASSWORD = "correct horse battery staple"
ACCOUNT = "/console/account/second-factors"


@pytest.fixture
def ada(house_records, house) -> str:
    """The address of somebody new, with a password."""
    with create_app(settings_for(house.database_url)).app_context():
        person = house_records.user(role=Role.OPERATOR, password=hash_password(PASSWORD))
    house_records.save()
    return person.email


@pytest.fixture
def by_name(page_of, server) -> tuple[Page, Watch]:
    """A page at the console's name, since no browser makes passkeys for an address, with a device that recognises."""
    page = page_of(base_url=server.url.replace("127.0.0.1", "localhost"))
    Judge.prepare(page)
    client = page.context.new_cdp_session(page)
    client.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = device | {"isUserVerified": True, "automaticPresenceSimulation": True}
    client.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page, Watch(page)


def give_password(page: Page, email: str) -> None:
    page.goto("/login")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="account and appearance").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login"))


def test_a_passkey_is_made_signs_in_alone_and_as_second_step_and_is_removed(by_name, ada):
    page, watch = by_name
    give_password(page, ada)
    page.goto(ACCOUNT)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Ada’s laptop")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".keys-held b")).to_have_text("Ada’s laptop")
    expect(page.get_by_text("not used yet")).to_be_visible()

    sign_out(page)
    page.goto("/login?next=/console/views/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile("/console/views/"))

    sign_out(page)
    give_password(page, ada)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/console/$"))

    page.goto(ACCOUNT)
    expect(page.get_by_text("used last")).to_be_visible()
    page.get_by_role("button", name="Remove Ada’s laptop").click()
    expect(page.locator(".toasted-text")).to_contain_text("The passkey is removed.")
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("[data-refusal]")).to_contain_text("This passkey does not open this account.")
    assert [line for line in watch.complaints if "422" not in line] == []


def test_pages_of_second_factors_are_right_in_light_and_dark_and_at_each_width(by_name, ada):
    page, watch = by_name
    judge, faults = Judge(), {}

    def judge_it(name: str) -> None:
        faults[name] = faults_at_each_width(page, judge)
        look(page, "light", 1280)

    give_password(page, ada)
    page.goto(ACCOUNT)
    judge_it("nothing yet")
    page.goto(f"{ACCOUNT}/passkeys/new")
    judge_it("a new passkey")
    page.goto(f"{ACCOUNT}/app")
    judge_it("a new app")
    key = page.locator("[data-copy]").first.get_attribute("data-copy") or ""
    page.get_by_label("Type the code").fill(code_at(key, datetime.now(UTC)))
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", name="Keep your recovery codes")).to_be_visible()
    judge_it("recovery codes")
    page.get_by_role("link", name="I have kept them").click()
    judge_it("an app")
    sign_out(page)
    give_password(page, ada)
    page.get_by_label("Code of your").fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_text("I can’t reach it").click()
    judge_it("the second step")

    assert {name: found for name, found in faults.items() if found} == {}
    assert [line for line in watch.complaints if "422" not in line] == []


def test_recovery_codes_are_downloaded_and_copied(by_name, ada):
    page, _ = by_name
    give_password(page, ada)
    page.goto(f"{ACCOUNT}/app")
    key = page.locator("[data-copy]").first.get_attribute("data-copy") or ""
    page.get_by_label("Type the code").fill(code_at(key, datetime.now(UTC)))
    page.get_by_role("button", name="Set up").click()
    expect(page.locator(".recovery-codes code")).to_have_count(10)
    codes = page.locator(".recovery-codes code").all_text_contents()

    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()

    assert download.value.path().read_text() == "\n".join(codes)
    expect(page.get_by_role("button", name="Copy", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_visible()
