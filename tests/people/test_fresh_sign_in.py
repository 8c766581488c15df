"""Acts that a stolen cookie does not suffice for."""

import time

import pytest
from flask import Blueprint
from flask_security import hash_password

from app import create_app
from commands.terminal import TERMINAL
from models import Role
from people import api_tokens
from people.fresh_sign_in import fresh_sign_in_required
from tests.client import Browser
from tests.conftest import bound, settings_for

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def guarded_app(app, database_url):
    """The console with a page and a form that ask for a fresh sign-in; `app` comes first, to set up the sessions."""
    guarded_app = create_app(settings_for(database_url))
    pages = Blueprint("guarded", __name__)
    pages.add_url_rule("/console/guarded", "page", fresh_sign_in_required(lambda: "shown"))
    pages.add_url_rule("/console/guarded", "act", fresh_sign_in_required(lambda: "done"), methods=["POST"])
    pages.add_url_rule("/api/guarded", "api", fresh_sign_in_required(lambda: "told"))
    guarded_app.register_blueprint(pages)
    return guarded_app


@pytest.fixture
def console(guarded_app, connection):
    with bound(guarded_app, connection):
        yield guarded_app


@pytest.fixture
def person(console, make):
    with console.app_context():
        return make.user(role=Role.OPERATOR, password=hash_password(PASSWORD))


def signed_in(console, person, *, seconds_ago):
    browser = Browser(console, person)
    with browser.client.session_transaction() as session:
        session["fs_paa"] = time.time() - seconds_ago
    return browser


def test_a_person_who_signed_in_just_now_sees_it(console, person):
    assert signed_in(console, person, seconds_ago=60).get("/console/guarded").text == "shown"


@pytest.mark.parametrize("seconds_ago", [601, 86_400, -3600])
def test_others_confirm_that_it_is_they_and_come_back(console, person, seconds_ago):
    browser = signed_in(console, person, seconds_ago=seconds_ago)

    answer = browser.get("/console/guarded?part=2")

    assert answer.headers["Location"] == "/verify?next=/console/guarded?part%3D2"
    answer = browser.post(answer.headers["Location"], {"password": PASSWORD})
    assert answer.headers["Location"] == "/console/guarded?part=2"
    assert browser.get("/console/guarded").text == "shown"
    assert "You are not asked again for ten minutes." in browser.get("/console/").text


def test_a_wrong_password_confirms_nothing(console, person):
    browser = signed_in(console, person, seconds_ago=3600)

    assert "This is not your password." in browser.post("/verify", {"password": "wrong"}).text

    assert browser.get("/console/guarded").status_code == 303


def test_whoever_has_no_password_confirms_nothing_by_one(console, make):
    browser = signed_in(console, make.user(role=Role.OPERATOR, password=None), seconds_ago=3600)

    assert browser.post("/verify", {"password": "anything"}).status_code == 200
    assert browser.get("/console/guarded").status_code == 303


def test_a_form_leads_back_to_the_page_that_it_is_on(console, person):
    browser = signed_in(console, person, seconds_ago=3600)

    answer = browser.post("/console/guarded", headers={"Referer": "http://localhost/console/deliveries?x=1"})

    assert answer.headers["Location"] == "/verify?next=/console/deliveries?x%3D1"


def test_a_form_on_another_site_is_not_led_back_to(console, person):
    browser = signed_in(console, person, seconds_ago=3600)

    assert browser.post("/console/guarded", headers={"Referer": "https://evil.example/"}).location == "/verify"


def test_a_part_of_a_page_has_the_whole_page_go_on(console, person):
    browser = signed_in(console, person, seconds_ago=3600)

    answer = browser.get("/console/guarded", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/verify")


def test_the_api_refuses_an_old_sign_in(console, person):
    assert signed_in(console, person, seconds_ago=3600).get("/api/guarded").status_code == 403


def test_a_token_is_never_fresh(console, person):
    with console.app_context():
        token = api_tokens.make_token(person.email, name="A program", scope="read", days=7, actor=TERMINAL)

    answer = signed_in(console, person, seconds_ago=0).get("/api/guarded", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 403


@pytest.mark.parametrize("target", ["https://evil.example/", "/\\evil.example", "//evil.example"])
def test_confirming_never_leads_to_another_site(console, person, target):
    browser = signed_in(console, person, seconds_ago=3600)

    answer = browser.client.post(
        "/verify", query_string={"next": target}, data={"password": PASSWORD, "csrf_token": browser.csrf_token}
    )

    assert answer.headers["Location"] == "/console/"
