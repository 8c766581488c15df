"""Tries at passwords: guessing is slow, tells nothing of who has an account, and locks no owner out."""

import pytest
from sqlalchemy import func, select

from models import Role, SignIn, SignInBudget
from people.passwords import hash_known
from tests.people.test_accounts import PASSWORD, token_of
from tests.people.test_accounts import sign_in as give_password


@pytest.fixture
def person(app, make):
    with app.app_context():
        return make.user(role=Role.OPERATOR, email="Ana@Example.com", password=hash_known(PASSWORD))


def guess(browser, email, times, password="wrong"):  # noqa: S107 - no secret
    page = browser.client.get("/login")
    form = {"email": email, "password": password, "csrf_token": token_of(page)}
    return [browser.client.post("/login", data=form) for _ in range(times)]


@pytest.mark.parametrize("email", ["Ana@Example.com", "nobody@example.com"])
def test_the_sixth_guess_waits_whether_there_is_an_account_or_not(browser, person, email):
    answers = guess(browser, email, 6)

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 31
    assert "That was tried too often. Wait " in answers[-1].text


def test_even_the_right_password_waits(browser, person, db):
    guess(browser, person.email, 5)

    assert give_password(browser, person).status_code == 429
    assert db.scalar(select(func.count(SignIn.id))) == 0


@pytest.mark.parametrize("spelling", ["ana@example.com", "ANA@example.com", "Ana@EXAMPLE.com"])
def test_another_spelling_of_the_address_is_the_same_account(browser, person, spelling):
    guess(browser, person.email, 5)

    assert guess(browser, spelling, 1)[0].status_code == 429


def test_a_device_that_signed_in_before_gets_in_while_others_guess(app, browser, person):
    owner = browser
    give_password(owner, person)
    owner.post("/logout")
    guess(type(browser)(app), person.email, 6)

    assert give_password(owner, person).status_code == 302


@pytest.mark.parametrize("cookie", ["", "x", "W10.aaa.bbb", "ü"])
def test_a_device_cookie_that_is_not_ours_is_no_device(browser, person, cookie):
    guess(browser, person.email, 5)
    browser.client.set_cookie("console_device", cookie)

    assert guess(browser, person.email, 1)[0].status_code == 429


def test_the_cookie_of_one_account_is_of_no_use_for_another(app, browser, person, make):
    with app.app_context():
        other = make.user(role=Role.VIEWER, password=hash_known(PASSWORD))
    give_password(browser, other)
    browser.post("/logout")

    assert [answer.status_code for answer in guess(browser, person.email, 6)][-1] == 429


def test_the_device_cookie_is_hidden_from_scripts_and_names_nobody(browser, person):
    cookie = next(c for c in give_password(browser, person).headers.getlist("Set-Cookie") if "console_device" in c)

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert person.email.lower() not in cookie.lower()


def test_one_address_that_tries_many_accounts_waits(browser, person):
    answers = [guess(browser, f"nobody{number}@example.com", 1)[0].status_code for number in range(21)]

    assert answers == [200] * 20 + [429]


def test_signing_in_makes_the_account_whole_again(browser, person, db):
    guess(browser, person.email, 4)
    give_password(browser, person)

    assert db.scalars(select(SignInBudget.tries)).all() == [4]  # the address's alone


def test_a_form_without_a_password_costs_nothing(browser, person, db):
    guess(browser, person.email, 1, password="")

    assert db.scalar(select(func.count(SignInBudget.key))) == 0


def test_a_stolen_cookie_is_no_way_to_guess_at_the_password(browser, person):
    give_password(browser, person)
    form = {"password": "wrong", "csrf_token": token_of(browser.get("/verify"))}

    answers = [browser.client.post("/verify", data=form).status_code for _ in range(11)]

    assert answers == [200] * 10 + [429]


@pytest.mark.parametrize(
    "said",
    [["x", "y"], "x", 5, {"email": 5, "password": ["x"]}, {"email": {"a": "b"}, "password": "x"}],
    ids=str,
)
@pytest.mark.parametrize("path", ["/login", "/verify"])
def test_json_that_is_no_form_is_refused_as_such(sign_in, browser, path, said):
    somebody = browser if path == "/login" else sign_in(Role.OPERATOR)

    answer = somebody.send("POST", path, json=said)

    assert answer.status_code == 400


def test_json_that_is_nested_without_end_is_refused_as_such(browser):
    answer = browser.send("POST", "/login", data=b'{"email":' * 100_000, content_type="application/json")

    assert answer.status_code == 400
