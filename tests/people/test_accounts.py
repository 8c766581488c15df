"""Signing in and out, with real passwords, cookies and forms."""

import re

import pytest
from flask_security import hash_password

from models import Role

PASSWORD = "correct horse battery staple"


@pytest.fixture
def person(app, make):
    with app.app_context():
        return make.user(role=Role.OPERATOR, password=hash_password(PASSWORD))


def token_of(page):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]


def sign_in(browser, person, password=PASSWORD, **query):
    page = browser.client.get("/login", query_string=query)
    form = {"email": person.email, "password": password, "csrf_token": token_of(page)}
    return browser.client.post("/login", data=form | query)


def test_a_person_signs_in_and_lands_on_the_console(browser, person):
    answer = sign_in(browser, person)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/console/")
    assert browser.get("/console/").status_code == 200


def test_a_person_signs_in_and_comes_back_to_the_page_that_was_asked_for(browser, person):
    assert sign_in(browser, person, next="/console/?deploys=failed").headers["Location"] == "/console/?deploys=failed"


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    " //evil.example",
    "\x19//evil.example",
    "javascript:alert(1)",
    "//[",
    "http://[x",
    "\x00",
]


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("place", ["page", "query", "form"])
def test_signing_in_with_an_address_elsewhere_leads_to_the_console(browser, person, target, place):
    token = token_of(browser.client.get("/login", query_string={"next": target} if place == "page" else None))
    form = {"email": person.email, "password": PASSWORD, "csrf_token": token}
    sent = form | ({} if place == "query" else {"next": target})
    answer = browser.client.post("/login", data=sent, query_string={} if place == "form" else {"next": target})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/console/")
    assert browser.get("/console/account/sign-ins").status_code == 200


def test_a_wrong_password_and_an_unknown_address_look_the_same(browser, person, make):
    stranger = make.user(role=None)

    wrong = sign_in(browser, person, password="wrong")
    unknown = sign_in(browser, stranger)

    assert wrong.status_code == unknown.status_code == 200
    assert "E-mail or password is wrong." in wrong.text
    assert browser.get("/console/").status_code == 302


@pytest.mark.parametrize("changes", [{"active": False}, {"active": None}, {"role": None}])
def test_a_person_whose_access_was_taken_away_sees_nothing(app, make, browser, changes):
    with app.app_context():
        person = make.user(role=Role.ADMIN, password=hash_password(PASSWORD))
    for name, value in changes.items():
        setattr(person, name, value)
    make.db.flush()

    sign_in(browser, person)

    assert browser.get("/console/").status_code in (302, 403)
    assert browser.get("/api/console/summary").status_code in (401, 403)


def test_signing_in_without_the_forms_token_is_refused(browser, person):
    answer = browser.client.post("/login", data={"email": person.email, "password": PASSWORD})

    assert answer.status_code == 400
    assert browser.get("/console/").status_code == 302


def test_signing_out_ends_the_session(browser, person):
    sign_in(browser, person)
    page = browser.get("/console/")

    browser.client.post("/logout", data={"csrf_token": token_of(page)})

    assert browser.get("/console/").status_code == 302


def test_signing_out_takes_a_post(browser, person):
    sign_in(browser, person)

    assert browser.get("/logout").status_code == 405
    assert browser.get("/console/").status_code == 200


@pytest.mark.parametrize(
    "email", ["\x00", "a" * 100_000, "no address", "a@b@c", "ü@example.com", "'; DROP TABLE users"]
)
def test_garbage_in_the_sign_in_form_is_refused_politely(browser, email):
    page = browser.client.get("/login")

    answer = browser.client.post("/login", data={"email": email, "password": "x\x00", "csrf_token": token_of(page)})

    assert answer.status_code in (200, 400, 422)
