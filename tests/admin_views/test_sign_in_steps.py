"""Confirming that it is oneself: by all that one signs in with, and what becomes of the sign-in."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from models import Role, SignIn
from people.passwords import hash_known
from services.second_factors import apps, sealing
from tests.conftest import actor_of
from tests.people.test_second_step import SECRET_KEY, give, give_password
from tests.totp import code_at

PASSWORD = "correct horse battery staple"
SEAL = sealing.seal_of(SECRET_KEY)
ASKS = "/console/account/second-factors/app"
"""A page that asks for a fresh sign-in."""
AGAIN = "/verify/second-step"


@pytest.fixture
def person(app, make):
    with app.app_context():
        return make.user(role=Role.OPERATOR, password=hash_known(PASSWORD))


@pytest.fixture
def key(db, make, person):
    """The key of an app that the person set up yesterday."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    offered = apps.offer(SEAL, actor=actor_of(person), now=yesterday)
    first = code_at(offered.key.base32, yesterday)
    apps.set_up(db, offered, first, seal=SEAL, actor=actor_of(person), now=yesterday)
    make.save()
    return offered.key.base32


@pytest.fixture
def since_long(browser, person, key):
    """The browser of somebody who signed in by both long ago."""
    give_password(browser, person)
    assert give(browser, code=code_at(key, datetime.now(UTC), steps=-1)).status_code == 303
    with browser.client.session_transaction() as session:
        session.update(fs_paa=0, second_factor_at=0)
    return browser


def code_now(key):
    return code_at(key, datetime.now(UTC))


def test_who_has_a_second_factor_confirms_by_the_password_and_by_it(since_long, key):
    asked = since_long.get(ASKS).location
    second = since_long.post(asked, {"password": PASSWORD}).location

    assert asked.startswith("/verify?next=/verify/second-step")
    assert since_long.get(ASKS).location == second == f"{AGAIN}?next={ASKS}"
    assert f'value="{ASKS}"' in since_long.get(second).text
    answer = since_long.post(AGAIN, {"code": code_now(key), "next": ASKS})
    assert (answer.status_code, answer.location) == (303, ASKS)
    assert since_long.get(ASKS).status_code == 200
    assert since_long.get(second).location == ASKS


def test_a_wrong_code_confirms_nothing(since_long):
    since_long.post("/verify", {"password": PASSWORD})

    answer = since_long.post(AGAIN, {"code": "000000"})

    assert (answer.status_code, "used already" in answer.text) == (422, True)
    assert since_long.get(ASKS).status_code == 303


def test_a_code_alone_confirms_nothing(since_long, key):
    since_long.post(AGAIN, {"code": code_now(key)})

    assert since_long.get(ASKS).location.startswith("/verify?")


def test_a_password_is_changed_by_whoever_has_both(since_long):
    new = "vault teapot umbrella"
    form = {"password": PASSWORD, "new_password": new, "new_password_confirm": new}

    assert since_long.post("/console/account/password", form).location.startswith("/verify?")


def test_confirming_leads_to_no_other_site(since_long, key):
    since_long.post("/verify", {"password": PASSWORD})

    answer = since_long.post(AGAIN, {"code": code_now(key), "next": "https://evil.example/"})

    assert answer.location == "/console/"


def test_who_has_no_second_factor_is_asked_for_none(sign_in, person):
    browser = sign_in(user=person)

    assert browser.get(AGAIN).location == "/console/"
    assert browser.post(browser.get(ASKS).location, {"password": PASSWORD}).location == ASKS
    assert browser.get(ASKS).status_code == 200


def test_who_signs_in_anew_in_the_same_browser_leaves_no_sign_in_behind(since_long, person, key, db):
    with since_long.client.session_transaction() as session:
        session["second_step"] = {
            "who": person.fs_uniquifier,
            "remember": False,
            "via": "x",
            "to": "",
            "at": time.time(),
        }

    assert give(since_long, code=code_now(key)).status_code == 303

    assert db.scalars(select(SignIn.ended_at).order_by(SignIn.created_at)).all()[0] is not None
    assert db.scalar(select(func.count()).where(SignIn.ended_at.is_(None))) == 1
    assert since_long.get("/console/").status_code == 200


def test_after_it_the_sign_in_goes_by_another_name_and_a_copied_cookie_opens_nothing(app, sign_in, person, db):
    browser = sign_in(user=person)
    before, copied = db.scalars(select(SignIn)).one(), browser.client.get_cookie("session").value
    was, ends_at = before.id, before.ends_at

    browser.post("/verify", {"password": PASSWORD})

    db.expire_all()
    after = db.scalars(select(SignIn)).one()
    assert (after.id != was, after.ends_at) == (True, ends_at)
    assert browser.get("/console/").status_code == 200
    thief = type(browser)(app)
    thief.client.set_cookie("session", copied)
    assert thief.get("/console/").status_code == 302
