"""The pages of one's own second factors, the rules about them, and their reset."""

import re
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from models import AuditEvent, AuthenticatorApp, Passkey, RecoveryCode, Role, SecondFactorRole, User
from tests.authenticator import Authenticator
from tests.services.second_factors.test_apps import set_up
from tests.services.second_factors.test_passkeys import add
from tests.totp import code_at

PAGE = "/console/account/second-factors"
RULES = "/console/sign-in-rules/"


def fresh(browser):
    with browser.client.session_transaction() as session:
        session["fs_paa"] = session["second_factor_at"] = time.time()
        session["second_factor"] = session["sign_in"]
    return browser


@pytest.fixture
def ana(make):
    return make.user(role=Role.OPERATOR, name="Ana")


@pytest.fixture
def browser(sign_in, ana):
    """Ana, who has just signed in."""
    return fresh(sign_in(user=ana))


def count(db, table):
    return db.scalar(select(func.count()).select_from(table))


def test_the_picture_says_what_the_key_says(browser, ana):
    page = browser.get(f"{PAGE}/app").text

    assert 'src="data:image/svg+xml;base64,' in page
    key = re.search(r'data-copy="([A-Z2-7]{32})"', page)[1]
    assert f"secret={key}" in page
    assert " ".join(re.findall(".{4}", key)) in page


def test_a_wrong_first_code_is_said_and_keeps_the_picture(browser, db):
    page = browser.get(f"{PAGE}/app").text
    offer, key = re.search(r'name="offer" value="([^"]+)"', page)[1], re.search(r'data-copy="([A-Z2-7]{32})"', page)[1]
    answer = browser.post(f"{PAGE}/app", {"offer": offer, "code": code_at(key, datetime.now(UTC), steps=9)})

    assert answer.status_code == 422
    assert "The app does not show this code" in answer.text
    assert key in answer.text
    assert count(db, AuthenticatorApp) == 0


@pytest.mark.parametrize("offer", ["", "garbage", "\x00", "é" * 100])
def test_an_offer_that_is_none_leads_to_a_new_one(browser, offer):
    assert browser.post(f"{PAGE}/app", {"offer": offer, "code": "123456"}).location == f"{PAGE}/app"


def test_recovery_codes_are_shown_once(browser, db, ana, make):
    set_up(db, ana)
    make.save()

    page = browser.post(f"{PAGE}/recovery-codes").text

    codes = re.findall(r"<li><code>([a-z2-9-]{29})</code>", page)
    assert len(codes) == 10
    assert 'download="operations-console-recovery-codes.txt"' in page
    assert not any(code in browser.get(f"{PAGE}/").text for code in codes)
    assert "10 left" in browser.get(f"{PAGE}/").text


def test_there_are_no_recovery_codes_without_a_second_factor(browser, db):
    assert browser.post(f"{PAGE}/recovery-codes").location == f"{PAGE}/"
    assert "Set up an authenticator app or a passkey first" in browser.get(f"{PAGE}/").text
    assert count(db, RecoveryCode) == 0


def test_what_was_set_up_is_removed(browser, db, ana, make):
    set_up(db, ana)
    passkey = add(db, ana, Authenticator(), "<b>Phone</b>")
    make.save()
    assert "&lt;b&gt;Phone&lt;/b&gt;" in browser.get(f"{PAGE}/").text

    browser.post(f"{PAGE}/app/remove")
    browser.post(f"{PAGE}/passkeys/{passkey.id}/remove")

    assert (count(db, AuthenticatorApp), count(db, Passkey), count(db, RecoveryCode)) == (0, 0, 0)
    assert "Set up an app" in browser.get(f"{PAGE}/").text


def test_the_only_one_of_who_must_have_one_stays(browser, db, ana, make):
    set_up(db, ana)
    db.add(SecondFactorRole(role=Role.OPERATOR))
    make.save()

    browser.post(f"{PAGE}/app/remove")

    assert "Add another one first" in browser.get(f"{PAGE}/").text
    assert count(db, AuthenticatorApp) == 1


def test_the_page_leads_to_where_other_sign_ins_are_ended(browser):
    page = browser.get(f"{PAGE}/").text

    assert '<a href="/console/account/sign-ins">End your other sign-ins</a>' in page


def test_anothers_passkey_is_not_there(browser, db, make):
    passkey = add(db, make.user(), Authenticator())
    make.save()

    assert browser.post(f"{PAGE}/passkeys/{passkey.id}/remove").status_code == 404
    assert count(db, Passkey) == 1


CHANGES = ["app", "app/remove", "recovery-codes", "passkeys", "passkeys/options"]


@pytest.mark.parametrize("path", CHANGES)
def test_all_that_changes_them_asks_for_a_fresh_sign_in(sign_in, ana, path):
    answer = sign_in(user=ana).post(f"{PAGE}/{path}", headers={"Referer": f"http://localhost{PAGE}/"})

    assert answer.location == f"/verify?next={PAGE}/"


@pytest.mark.parametrize("path", ["", "app", "passkeys/new"])
def test_a_visitor_signs_in_first(app, connection, path):
    from tests.client import Browser

    assert Browser(app).get(f"{PAGE}/{path}").location.startswith("/login?next=")


@pytest.mark.parametrize(
    ("state", "credential"), [("", ""), ("garbage", "{}"), ("\x00", "\x00"), ("é" * 999, "[" * 9999)]
)
def test_garbage_adds_no_passkey(browser, db, state, credential):
    answer = browser.post(f"{PAGE}/passkeys", {"state": state, "credential": credential, "name": "x"})

    assert answer.status_code == 422
    assert count(db, Passkey) == 0


# The rules.


def test_admins_say_of_whom_a_second_factor_is_required(sign_in, db, ana):
    admin = fresh(sign_in(Role.ADMIN))

    assert admin.post(RULES, {"role": ["operator", "viewer"]}).location == RULES

    assert set(db.scalars(select(SecondFactorRole.role))) == {Role.OPERATOR, Role.VIEWER}
    assert "1 of 1 has none" in admin.get(RULES).text
    assert db.scalars(select(AuditEvent.tag)).all() == ["sign_in_rules:set"]


@pytest.mark.parametrize("role", ["root", "", "viewer\x00", "\u202eviewer", "a" * 9_999])
def test_rules_that_name_no_role_change_nothing(sign_in, db, role):
    admin = fresh(sign_in(Role.ADMIN))
    admin.post(RULES, {"role": "viewer"})

    answer = admin.post(RULES, {"role": ["operator", role]})

    assert answer.status_code == 422
    assert "There is no such role" in answer.text
    assert db.scalars(select(SecondFactorRole.role)).all() == [Role.VIEWER]


def test_an_admin_who_requires_it_of_admins_sets_one_up_next(sign_in):
    admin = sign_in(Role.ADMIN)
    with admin.client.session_transaction() as session:
        session["fs_paa"] = time.time()
    admin.post(RULES, {"role": "admin"})

    assert admin.get(RULES).location == f"{PAGE}/"
    assert admin.get(f"{PAGE}/app").status_code == 200


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.OPERATOR])
def test_others_set_no_rules_and_reset_nobody(sign_in, ana, role):
    browser = fresh(sign_in(role))

    assert browser.get(RULES).status_code == 403
    assert browser.post(RULES).status_code == 403
    assert browser.post(f"{RULES}people/{ana.id}/reset").status_code == 403


def test_rules_and_resets_ask_for_a_fresh_sign_in(sign_in, ana):
    admin = sign_in(Role.ADMIN)

    assert admin.post(RULES).location == "/verify"
    assert admin.post(f"{RULES}people/{ana.id}/reset").location == "/verify"


def test_an_admin_resets_it_from_the_persons_page(sign_in, db, ana, make):
    set_up(db, ana)
    make.save()
    admin = fresh(sign_in(Role.ADMIN))
    page = f"/admin/user/details/?id={ana.id}"
    assert "Reset the second factor" in admin.get(page).text

    assert admin.post(f"{RULES}people/{ana.id}/reset").location == page

    assert db.scalar(select(User.second_factor_since).where(User.id == ana.id)) is None
    assert "This person has none." in admin.get(page).text
