"""Signing in with a second factor, and being led to set one up."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask_security import hash_password

from models import Role, SecondFactorRole
from services.second_factors import apps, sealing
from tests.authenticator import Authenticator
from tests.client import Browser
from tests.conftest import actor_of
from tests.totp import code_at

PASSWORD = "correct horse battery staple"
SECOND_STEP = "/login/second-step"
SECRET_KEY = "a secret that only the tests know about"
SEAL = sealing.seal_of(SECRET_KEY)


@pytest.fixture
def person(app, make):
    with app.app_context():
        return make.user(role=Role.OPERATOR, password=hash_password(PASSWORD))


@pytest.fixture
def with_app(db, make, person):
    """The person, with an authenticator app that was set up yesterday: (person, key, recovery codes)."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    offered = apps.offer(SEAL, actor=actor_of(person), now=yesterday)
    first = code_at(offered.key.base32, yesterday)
    codes = apps.set_up(db, offered, first, seal=SEAL, actor=actor_of(person), now=yesterday)
    make.save()
    return person, offered.key.base32, codes


def token_of(page):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]


def give_password(browser, person, **query):
    form = {"email": person.email, "password": PASSWORD, "csrf_token": token_of(browser.get("/login"))}
    return browser.client.post("/login", data=form | query)


def give(browser, **typed):
    page = browser.get(SECOND_STEP)
    token = token_of(page) if page.status_code == 200 else browser.csrf_token
    return browser.client.post(SECOND_STEP, data=typed | {"csrf_token": token})


def is_in(browser):
    return browser.get("/console/").status_code == 200


def test_the_password_alone_lets_nobody_in_who_has_a_second_factor(browser, with_app):
    person, *_ = with_app

    assert give_password(browser, person).location == SECOND_STEP
    assert not is_in(browser)
    assert browser.get("/api/console/summary").status_code == 401


def test_the_apps_code_lets_in_and_leads_to_where_one_was_going(browser, with_app):
    person, key, _ = with_app
    give_password(browser, person, next="/console/deliveries/")

    assert give(browser, code=code_at(key, datetime.now(UTC))).location == "/console/deliveries/"
    assert is_in(browser)


def test_a_code_lets_in_once(app, with_app, browser):
    person, key, _ = with_app
    code = code_at(key, datetime.now(UTC))
    give_password(browser, person)
    give(browser, code=code)
    other = Browser(app)
    give_password(other, person)

    answer = give(other, code=code)

    assert (answer.status_code, "used already" in answer.text) == (422, True)
    assert not is_in(other)


def test_a_recovery_code_lets_in_once(browser, with_app):
    person, _, codes = with_app
    give_password(browser, person)

    assert give(browser, recovery_code=codes[0]).status_code == 303
    assert "9 recovery codes are left" in browser.get("/console/").text
    browser.post("/logout")
    give_password(browser, person)
    assert give(browser, recovery_code=codes[0]).status_code == 422


@pytest.mark.parametrize("field", ["code", "recovery_code"])
def test_after_five_wrong_ones_even_the_right_one_waits(browser, with_app, field):
    person, key, codes = with_app
    give_password(browser, person)
    for _ in range(5):
        assert give(browser, **{field: "000000"}).status_code == 422

    answer = give(browser, **{field: code_at(key, datetime.now(UTC)) if field == "code" else codes[0]})

    assert answer.status_code == 429
    assert "Wait 1 minute" in answer.text
    assert not is_in(browser)


@pytest.mark.parametrize(
    "typed", [{}, {"code": ""}, {"code": "\x00"}, {"code": "9" * 9999}, {"recovery_code": "\x00é"}]
)
def test_garbage_is_wrong(browser, with_app, typed):
    person, *_ = with_app
    give_password(browser, person)

    assert give(browser, **typed).status_code == 422


def test_the_second_step_without_the_first_leads_to_the_first(browser):
    assert browser.get(SECOND_STEP).location == "/login"
    assert give(browser, code="123456").location == "/login"


def test_the_first_step_is_good_for_ten_minutes(browser, with_app):
    person, key, _ = with_app
    give_password(browser, person)
    with browser.client.session_transaction() as session:
        session["second_step"] = session["second_step"] | {"at": session["second_step"]["at"] - 601}

    assert give(browser, code=code_at(key, datetime.now(UTC))).location == "/login"
    assert not is_in(browser)


def test_who_was_shut_out_between_the_steps_stays_out(db, browser, with_app, make):
    person, key, _ = with_app
    give_password(browser, person)
    person.active = False
    make.save()

    assert give(browser, code=code_at(key, datetime.now(UTC))).location == "/login"


def test_a_second_factor_ends_what_was_signed_in_without_it(sign_in, with_app):
    person, key, _ = with_app
    browser = sign_in(user=person)

    assert browser.get("/console/deliveries/").location == SECOND_STEP
    assert browser.get("/api/console/summary").status_code == 401
    assert give(browser, code=code_at(key, datetime.now(UTC))).location == "/console/deliveries/"
    assert is_in(browser)


@pytest.mark.parametrize(
    ("path", "headers", "status", "said"),
    [
        ("/api/console/summary", {}, 403, {}),
        ("/console/widgets/funnel", {"HX-Request": "true"}, 204, {"HX-Refresh": "true"}),
        ("/admin/session/", {"Sec-Fetch-Mode": "cors"}, 303, {"Location": "/verify/second-step"}),
    ],
)
def test_parts_of_an_open_page_have_it_asked_for_anew_and_so_led_on_from_where_it_is(
    sign_in, with_app, path, headers, status, said
):
    person, *_ = with_app
    browser = sign_in(user=person)

    part = browser.get(path, headers=headers)

    assert part.status_code == status
    assert said.items() <= dict(part.headers).items()
    assert browser.get("/verify/second-step").status_code == 200
    assert browser.get("/console/deliveries/").location == SECOND_STEP


def test_who_has_no_second_factor_is_asked_for_none(browser, person):
    give_password(browser, person)

    assert is_in(browser)


# Passkeys.


@pytest.fixture
def with_passkey(sign_in, person):
    """The person, with a passkey, signed in where it was made: (person, device, browser)."""
    browser, device = sign_in(user=person), Authenticator()
    make_fresh(browser)
    answer = send_passkey(browser, "/console/account/second-factors/passkeys", device.create, name="Phone")
    assert answer.json == {"location": "/console/account/second-factors/"}
    return person, device, browser


def make_fresh(browser):
    with browser.client.session_transaction() as session:
        session["fs_paa"] = datetime.now(UTC).timestamp()


def send_passkey(browser, path, answer, **fields):
    asked = browser.post(f"{path}/options").json
    sent = {"state": asked["state"], "credential": answer(asked["options"])}
    return browser.post(path, sent | fields)


def test_a_passkey_alone_lets_in(browser, with_passkey):
    person, device, _ = with_passkey

    answer = send_passkey(browser, "/login/passkey", device.get, next="/console/views/")

    assert answer.json == {"location": "/console/views/"}
    assert person.email in browser.get("/console/").text


def test_whoever_adds_a_passkey_stays_signed_in(with_passkey):
    _, _, browser = with_passkey

    assert is_in(browser)


def test_a_passkey_takes_the_second_step(browser, with_passkey):
    person, device, _ = with_passkey
    give_password(browser, person)

    assert send_passkey(browser, f"{SECOND_STEP}/passkey", device.get).json == {"location": "/console/"}
    assert is_in(browser)


def test_another_persons_passkey_takes_no_second_step(browser, with_app, sign_in):
    person, *_ = with_app
    other, device = sign_in(Role.MEMBER), Authenticator()
    make_fresh(other)
    send_passkey(other, "/console/account/second-factors/passkeys", device.create, name="Theirs")
    give_password(browser, person)

    assert send_passkey(browser, f"{SECOND_STEP}/passkey", device.get).status_code == 422
    assert not is_in(browser)


def test_an_answer_that_was_sent_lets_nobody_in_again(app, browser, with_passkey):
    _, device, _ = with_passkey
    asked = browser.post("/login/passkey/options").json
    sent = {"state": asked["state"], "credential": device.get(asked["options"])}
    assert browser.post("/login/passkey", sent).status_code == 200

    thief = Browser(app)

    assert thief.post("/login/passkey", sent).status_code == 422
    assert not is_in(thief)


def test_a_challenge_for_one_thing_is_none_for_another(browser, with_passkey):
    _, device, _ = with_passkey
    asked = browser.post("/login/passkey/options").json
    sent = {"state": asked["state"], "credential": device.get(asked["options"])}

    assert browser.post("/verify/passkey", sent).status_code == 409
    assert browser.post(f"{SECOND_STEP}/passkey", sent).status_code == 409


def test_a_passkey_confirms_in_the_place_of_the_password(with_passkey):
    _, device, browser = with_passkey
    with browser.client.session_transaction() as session:
        session["fs_paa"] = 0

    assert send_passkey(browser, "/verify/passkey", device.get).json == {"location": "/console/"}
    assert browser.get("/console/account/second-factors/app").status_code == 200


def test_somebody_elses_passkey_confirms_nothing(with_passkey, sign_in):
    _, device, _ = with_passkey
    other = sign_in(Role.MEMBER)

    assert send_passkey(other, "/verify/passkey", device.get).status_code == 422
    assert other.get("/console/account/second-factors/app").status_code == 303


def test_a_passkey_of_an_account_that_is_closed_lets_nobody_in(browser, with_passkey, make):
    person, device, _ = with_passkey
    person.active = False
    make.save()

    assert send_passkey(browser, "/login/passkey", device.get).status_code == 403
    assert not is_in(browser)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_passkey_leads_to_no_other_site(browser, with_passkey, target):
    _, device, _ = with_passkey

    assert send_passkey(browser, "/login/passkey", device.get, next=target).json == {"location": "/console/"}


@pytest.mark.parametrize("path", ["/login/passkey", "/verify/passkey", f"{SECOND_STEP}/passkey"])
def test_passkeys_are_asked_for_with_the_forms_token_only(browser, path):
    assert browser.client.post(f"{path}/options").status_code == 400
    assert browser.client.post(path).status_code == 400


# Roles that must have one.


@pytest.fixture
def required(db, make):
    db.add(SecondFactorRole(role=Role.OPERATOR))
    make.save()


def test_who_must_have_one_and_has_none_is_led_to_set_one_up(browser, person, required):
    give_password(browser, person)

    assert browser.get("/console/").location == "/console/account/second-factors/"
    assert browser.post("/console/deliveries/pause", {"reason": "x"}).location == "/console/account/second-factors/"
    assert browser.get("/api/console/summary").status_code == 403
    assert browser.get("/console/widget/totals", headers={"HX-Request": "true"}).headers["HX-Redirect"]
    assert "Your role must have a second factor" in browser.get("/console/account/second-factors/").text


def test_that_holds_for_who_is_signed_in_already(sign_in, person, required):
    assert sign_in(user=person).get("/console/").location == "/console/account/second-factors/"


def test_other_roles_go_on(sign_in, required):
    assert is_in(sign_in(Role.ADMIN))


def test_once_it_is_set_up_all_else_opens(db, browser, person, required):
    give_password(browser, person)
    form = browser.get("/console/account/second-factors/app").text
    offer = re.search(r'name="offer" value="([^"]+)"', form)[1]
    key = re.search(r'data-copy="([A-Z2-7]{32})"', form)[1]

    page = browser.post(
        "/console/account/second-factors/app", {"offer": offer, "code": code_at(key, datetime.now(UTC))}
    )

    assert len(re.findall(r"<li><code>([a-z2-9]{5}(?:-[a-z2-9]{5}){4})</code>", page.text)) == 10
    assert is_in(browser)


def test_signing_out_is_open_to_all(browser, person, required):
    give_password(browser, person)

    assert browser.post("/logout").location.endswith("/login")


def test_pages_of_files_and_health_ask_for_nothing(browser, person, required):
    give_password(browser, person)

    assert browser.get("/healthz").status_code == 200
