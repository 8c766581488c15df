"""How passwords are typed, compared and kept."""

import hashlib
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from passlib.hash import argon2

from config import ROOT
from models import Role
from people import passwords, reset_links
from people.accounts import security
from people.first_start import make_token
from services.errors import InvalidInputError
from tests.people.test_accounts import sign_in as give_password

GOOD = "correct horse battery staple"


def test_a_password_is_kept_as_its_argon2id_hash_with_a_salt_of_its_own(app):
    with app.app_context():
        one, other = (passwords.hash_new(GOOD) for _ in range(2))

    assert one.startswith("$argon2id$")
    assert one != other


def test_what_a_hash_costs_in_service_is_what_is_asked_for_argon2id():
    """12 MiB and three rounds (ASVS 5.0, appendix C); it is the library's default, which tests alone make cheaper."""
    memory, rounds = map(int, re.findall(r"m=(\d+),t=(\d+)", argon2.hash(GOOD))[0])

    assert memory >= 12_288
    assert rounds >= 3
    assert "PASSLIB_OPTIONS" not in (ROOT / "people" / "accounts.py").read_text()


def test_a_password_counts_to_its_last_character_in_the_case_in_which_it_was_typed(app, browser, make):
    password = f" Vault teapot {'x' * 240}Y"
    with app.app_context():
        person = make.user(role=Role.VIEWER, password=passwords.hash_new(password))

    answers = [give_password(browser, person, typed) for typed in (password.strip(), password[:-1], password.lower())]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert give_password(browser, person, password).status_code == 302


def test_a_password_of_ten_years_ago_is_good_and_nothing_asks_for_another(app, browser, make):
    with app.app_context():
        created_at = make.now - timedelta(days=3_650)
        person = make.user(role=Role.VIEWER, password=passwords.hash_known(GOOD), created_at=created_at)

    assert give_password(browser, person, GOOD).location == "/console/"
    assert browser.get("/console/").status_code == 200


def test_a_password_of_a_breach_is_taken_neither_by_forms_nor_on_terminals(app, tmp_path):
    before, path = app.extensions["console_settings"], tmp_path / "breached.txt"
    path.write_text(hashlib.sha1(GOOD.encode()).hexdigest().upper() + ":3\n")  # noqa: S324
    app.extensions["console_settings"] = replace(before, breached_passwords=path)
    try:
        with app.app_context():
            [said], _ = security._password_util.validate(GOOD, False)
            with pytest.raises(InvalidInputError, match="in a breach"):
                passwords.hash_new(GOOD)
    finally:
        app.extensions["console_settings"] = before

    assert "in a breach" in said


@pytest.fixture
def pages(app, browser, sign_in, make):
    """All pages on which passwords are typed."""
    person = make.user(role=Role.VIEWER)
    with app.app_context():
        first, reset = make_token(), reset_links.link_for(person).rpartition("/")[2]
    pages = [browser.get(f"/first-admin/{first}"), browser.get(f"/reset/{reset}"), browser.get("/login")]
    person.password = "a hash"
    make.save()
    here = sign_in(user=person)
    return [page.text for page in [*pages, here.get("/verify"), here.get("/console/account/password")]]


def test_passwords_are_hidden_as_they_are_typed_and_may_be_pasted_and_filled_in_by_managers(pages):
    fields = [field for page in pages for field in re.findall(r'<input[^>]*name="[^"]*password[^>]*>', page)]

    assert len(fields) == 2 + 2 + 1 + 1 + 3
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(new|current)-password"', field)
        assert "maxlength" not in field
    scripts = [path.read_text() for path in (ROOT / "static" / "js").rglob("*.js")]
    assert scripts
    assert not any("paste" in script for script in scripts)


def test_who_lost_a_password_is_asked_for_nothing_that_others_may_know(pages, browser):
    chosen, lost = (
        set(re.findall(r'<input[^>]*name="(\w+)"', page)) - {"csrf_token"}
        for page in (pages[1], browser.get("/reset").text)
    )

    assert chosen == {"password", "password_confirm"}
    assert lost <= {"email"}
