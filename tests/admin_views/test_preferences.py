"""Theme, density and keys are chosen once, and hold from the first byte of the next page."""

import re

import pytest

from models import Role
from people.passwords import hash_known

PASSWORD = "correct horse battery staple"


def root_of(page) -> str:
    return re.search(r"<html[^>]*>", page.text)[0]


def test_until_somebody_chooses_the_system_decides(sign_in):
    assert root_of(sign_in(Role.VIEWER).get("/console/")) == '<html lang="en">'


@pytest.mark.parametrize(
    ("choice", "attribute"),
    [
        ({"theme": "dark"}, 'data-bs-theme="dark"'),
        ({"theme": "light"}, 'data-bs-theme="light"'),
        ({"density": "compact"}, 'data-density="compact"'),
        ({"keys": "off"}, 'data-keys="off"'),
    ],
)
def test_what_is_chosen_is_remembered(sign_in, choice, attribute):
    person = sign_in(Role.MEMBER)

    answer = person.post("/console/preferences/", choice | {"back": "/console/projects"})

    assert answer.status_code == 303
    assert answer.location == "/console/projects"
    cookie = answer.headers["Set-Cookie"]
    assert "Max-Age=31536000" in cookie
    assert "SameSite=Lax" in cookie
    assert attribute in root_of(person.get("/console/"))
    assert attribute in root_of(person.get("/nowhere"))


@pytest.fixture
def person(app, make):
    with app.app_context():
        return make.user(role=Role.VIEWER, password=hash_known(PASSWORD))


def test_density_follows_its_person_to_the_browser_where_they_sign_in_next(sign_in, browser, person):
    sign_in(user=person).post("/console/preferences/", {"density": "compact", "theme": "dark"})

    answer = browser.post("/login", {"email": person.email, "password": PASSWORD})
    root = root_of(browser.get("/console/"))

    assert answer.status_code == 302
    assert 'data-density="compact"' in root
    assert "data-bs-theme" not in root  # a matter of the other screen


def test_a_person_who_never_chose_a_density_brings_none(browser, person):
    browser.client.set_cookie("console_density", "compact")

    browser.post("/login", {"email": person.email, "password": PASSWORD})

    assert 'data-density="compact"' in root_of(browser.get("/console/"))


def test_a_choice_can_be_taken_back(sign_in):
    person = sign_in(Role.VIEWER)
    person.post("/console/preferences/", {"theme": "dark"})
    person.post("/console/preferences/", {"theme": "system"})

    assert root_of(person.get("/console/")) == '<html lang="en">'


@pytest.mark.parametrize("choice", [{}, {"theme": "pink"}, {"theme": ""}, {"density": "\x00"}, {"colour": "dark"}])
def test_what_cannot_be_chosen_is_refused(sign_in, choice):
    answer = sign_in(Role.VIEWER).post("/console/preferences/", choice)

    assert answer.status_code == 422
    assert "console_" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize("value", ['dark"><script>', "pink", "", "dark " * 500])
def test_a_cookie_that_says_nothing_known_is_not_believed(sign_in, value):
    person = sign_in(Role.VIEWER)
    person.client.set_cookie("console_theme", value)

    assert root_of(person.get("/console/")) == '<html lang="en">'


@pytest.mark.parametrize("back", ["https://evil.example/console/", "//evil.example", "/consolation", "/console/\n", ""])
def test_a_choice_never_leads_to_another_site(sign_in, back):
    answer = sign_in(Role.VIEWER).post("/console/preferences/", {"theme": "dark", "back": back})

    assert answer.location == "/console/"


def test_a_choice_without_its_token_is_refused(sign_in):
    person = sign_in(Role.VIEWER)

    assert person.client.post("/console/preferences/", data={"theme": "dark"}).status_code == 400
