"""The first start: nobody has a default password, and a link on the terminal lets the first admin in."""

import re
import time

import pytest
from itsdangerous import TimestampSigner
from sqlalchemy import select

from commands.terminal import TERMINAL
from models import AuditEvent, Role, User
from people import first_start
from services import users
from services.errors import ConflictError
from tests.people.test_accounts import sign_in as give_password

PASSWORD = "vault teapot umbrella"


@pytest.fixture
def link(app):
    with app.app_context():
        return f"/first-admin/{first_start.make_token()}"


def become_admin(browser, link, email="Ada@Example.com", password=PASSWORD):
    return browser.post(link, {"email": email, "password": password, "password_confirm": password})


def test_the_first_admin_chooses_a_password_and_signs_in(browser, link, db):
    assert "first admin" in browser.get(link).text

    assert become_admin(browser, link).headers["Location"] == "/login"

    user = users.find_by_email(db, "ada@example.com")
    assert (user.role, user.active) == (Role.ADMIN, True)
    assert give_password(browser, user, PASSWORD).status_code == 302
    assert db.scalars(select(AuditEvent.actor).where(AuditEvent.tag == "user:create")).one() == "first start"


def test_the_link_is_gone_once_somebody_can_sign_in(browser, link, make):
    make.user(role=Role.VIEWER, password="a hash")

    assert browser.get(link).status_code == 410
    assert become_admin(browser, link).status_code == 410


def test_a_new_console_has_nobody_in_it(db):
    assert db.scalars(select(User)).all() == []


@pytest.mark.parametrize(("seconds", "status"), [(3_590, 200), (3_610, 410)])
def test_a_link_is_good_for_an_hour(app, browser, monkeypatch, seconds, status):
    with monkeypatch.context() as earlier, app.app_context():
        earlier.setattr(TimestampSigner, "get_timestamp", lambda signer: int(time.time()) - seconds)
        token = first_start.make_token()

    assert browser.get(f"/first-admin/{token}").status_code == status


def test_people_of_the_wizard_who_never_sign_in_are_no_reason_to_keep_it_closed(browser, link, make):
    make.user(role=None)
    make.user(role=Role.ADMIN, password=None)

    assert browser.get(link).status_code == 200


@pytest.mark.parametrize("token", ["x", "a.b.c", "ImZpcnN0IGFkbWluIg.aaaaaa.bbbb"])
def test_what_the_console_did_not_print_opens_nothing(browser, token):
    assert browser.get(f"/first-admin/{token}").status_code == 410


@pytest.mark.parametrize(
    ("email", "password"), [("no address", PASSWORD), ("ada@example.com", "short"), ("ada.b.c@example.com",) * 2]
)
def test_what_is_refused_says_why_and_makes_nobody(browser, link, db, email, password):
    answer = become_admin(browser, link, email, password)

    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert db.scalars(select(User)).all() == []


@pytest.mark.parametrize(
    ("password", "again", "focused"),
    [(None, None, "email"), ("short", "short", "password"), (PASSWORD, "another", "password_confirm")],
)
def test_the_keyboard_begins_where_something_is_wrong(browser, link, password, again, focused):
    sent = {"email": "ada@example.com", "password": password, "password_confirm": again}

    page = browser.post(link, sent) if password else browser.get(link)

    begins = [field for field in re.findall(r"<input [^>]*>", page.text) if " autofocus" in field]
    assert [re.search(r'name="(\w+)"', field)[1] for field in begins] == [focused]


def test_of_two_who_are_quick_one_becomes_the_admin(db):
    users.create_first_admin(db, email="ada@example.com", password_hash="hash", actor=TERMINAL)

    with pytest.raises(ConflictError):
        users.create_first_admin(db, email="bob@example.com", password_hash="hash", actor=TERMINAL)


def test_the_start_prints_a_link_while_nobody_can_sign_in(app, connection, capsys, make, browser):
    first_start.announce(app)
    said = capsys.readouterr().err
    link = said.split("http://127.0.0.1:8000")[1].split()[0]
    assert browser.get(link).status_code == 200

    make.user(role=Role.ADMIN, password="a hash")
    first_start.announce(app)
    assert capsys.readouterr().err == ""
