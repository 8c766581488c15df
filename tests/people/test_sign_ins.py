"""Sign-ins as cookies name them: when they open nothing any more, and what is said of it."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from models import AuditEvent, Role, SignIn
from people.passwords import hash_known
from people.sign_ins import duration
from services import users
from tests.conftest import actor_of
from tests.people.test_accounts import PASSWORD, token_of
from tests.people.test_accounts import sign_in as give_password


@pytest.fixture
def person(app: Flask, make):
    with app.app_context():
        return make.user(role=Role.OPERATOR, password=hash_known(PASSWORD))


@pytest.fixture
def change(db):
    """Write something into all sign-ins."""

    def change(**values):
        db.execute(update(SignIn).values(values).execution_options(synchronize_session=False))
        db.commit()

    return change


A_MOMENT_AGO = datetime.now(UTC) - timedelta(seconds=1)


def ago(**length):
    return datetime.now(UTC) - timedelta(**length)


def test_signing_in_begins_one_that_says_from_where_and_with_what(browser, person, db):
    give_password(browser, person)

    sign_in = db.scalars(select(SignIn)).one()
    assert (sign_in.user_id, sign_in.origin) == (person.id, "127.0.0.1")
    assert sign_in.user_agent.startswith("Werkzeug/")
    assert sign_in.expires_at - sign_in.created_at == timedelta(hours=1)
    assert sign_in.ends_at - sign_in.created_at == timedelta(hours=24)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"expires_at": A_MOMENT_AGO}, "because nothing was done for an hour"),
        ({"expires_at": A_MOMENT_AGO, "ends_at": A_MOMENT_AGO}, "because a sign-in lasts 24 hours at most"),
        ({"ended_at": A_MOMENT_AGO}, "this sign-in was ended"),
    ],
)
def test_one_that_ended_opens_nothing_says_why_and_comes_back_to_where_it_was(sign_in, change, values, words):
    browser = sign_in(Role.OPERATOR)
    change(**values)

    answer = browser.get("/console/failures/?tab=all")
    page = browser.get(answer.headers["Location"])

    assert answer.headers["Location"].startswith("/login?next=/console/failures/")
    assert words in page.text
    assert "you come back to where you were" in page.text
    assert browser.get("/api/console/summary").status_code == 401


def test_who_signs_in_again_is_not_told_again(browser, person, change):
    give_password(browser, person)
    change(ended_at=A_MOMENT_AGO)
    browser.get("/console/")
    give_password(browser, person)

    browser.post("/logout")

    assert "You were signed out" not in browser.get("/login").text


def test_what_is_wrong_with_a_sign_in_is_said_in_the_place_of_why_the_last_one_ended(browser, person, change):
    give_password(browser, person)
    change(ended_at=A_MOMENT_AGO)
    browser.get("/console/")

    refused = browser.post("/login", {"email": person.email, "password": "not this one"})

    assert "E-mail or password is wrong." in refused.text
    assert "You were signed out" not in refused.text
    assert "You were signed out" in browser.get("/login").text


@pytest.mark.parametrize("named", ["0b5e55ed-0000-4000-8000-000000000000", "no id", 7, None])
def test_a_cookie_that_names_no_sign_in_opens_nothing(sign_in, named):
    browser = sign_in(Role.ADMIN)
    with browser.client.session_transaction() as session:
        session["sign_in"] = named

    assert browser.get("/console/").status_code == 302


def test_a_sign_in_of_somebody_else_opens_nothing(sign_in, make):
    browser = sign_in(Role.MEMBER)
    with browser.client.session_transaction() as session:
        session["sign_in"] = str(make.sign_in(make.user(role=Role.ADMIN)).id)

    assert browser.get("/console/").status_code == 302


def test_a_page_prolongs_it_and_what_renews_itself_does_not(sign_in, change, db):
    browser, used = sign_in(Role.VIEWER), ago(minutes=30)
    change(last_used_at=used, expires_at=used + timedelta(hours=1))

    browser.get("/console/widgets/funnel", headers={"Sec-Fetch-Mode": "cors"})
    assert db.scalar(select(SignIn.last_used_at)) == used

    browser.get("/console/", headers={"Sec-Fetch-Mode": "navigate"})
    db.expire_all()
    sign_in = db.scalars(select(SignIn)).one()
    assert sign_in.last_used_at > ago(minutes=1)
    assert sign_in.expires_at == sign_in.last_used_at + timedelta(hours=1)


def test_signing_out_ends_it_and_it_is_recorded(browser, person, db):
    give_password(browser, person)

    browser.client.post("/logout", data={"csrf_token": token_of(browser.get("/console/"))})

    assert db.scalar(select(SignIn.ended_at)) is not None
    assert db.scalar(select(func.count()).where(AuditEvent.tag == "user:end_sign_in")) == 1


def test_the_cookie_outlives_the_window_only_where_that_was_asked_for(browser, person):
    page = browser.client.get("/login")
    form = {"email": person.email, "password": PASSWORD, "csrf_token": token_of(page)}

    assert "Expires" not in cookie_of(browser.client.post("/login", data=form))
    browser.post("/logout")
    form["csrf_token"] = token_of(browser.client.get("/login"))
    kept = browser.client.post("/login", data=form | {"remember": "y"})
    assert "Expires" in cookie_of(kept)
    assert not any("remember_token" in cookie for cookie in kept.headers.getlist("Set-Cookie"))


def cookie_of(answer):
    return next(cookie for cookie in answer.headers.getlist("Set-Cookie") if cookie.startswith("session="))


def test_a_new_role_ends_all_of_a_person(sign_in, db):
    member, admin = sign_in(Role.MEMBER), actor_of(sign_in(Role.ADMIN).user)

    users.edit(db, member.user.id, {"role": "viewer"}, actor=admin)
    db.commit()

    assert member.get("/console/").status_code == 302
    assert db.scalars(select(SignIn.ended_at).where(SignIn.user_id == member.user.id)).one() is not None


@pytest.mark.parametrize(
    ("minutes", "words"), [(1, "a minute"), (59, "59 minutes"), (60, "an hour"), (90, "90 minutes"), (1440, "24 hours")]
)
def test_a_time_is_said_in_words(minutes, words):
    assert duration(timedelta(minutes=minutes)) == words


def test_the_sign_in_page_has_browsers_forget_what_pages_kept_but_neither_the_device_nor_the_message(sign_in, change):
    ended = sign_in(Role.OPERATOR)
    signed_in = ended.get("/console/")
    change(expires_at=A_MOMENT_AGO)

    page = ended.get("/login")

    assert page.headers["Clear-Site-Data"] == '"storage"'
    assert "because nothing was done for an hour" in page.text
    assert "Clear-Site-Data" not in signed_in.headers
