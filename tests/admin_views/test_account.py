"""One's own account, and what admins do about the sign-ins of others."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from admin_views.chips import time_of
from models import AuditEvent, Role, SignIn
from people.passwords import hash_known
from tests.people.test_accounts import sign_in as give_password

OLD, NEW = "the password of before", "vault teapot umbrella"


@pytest.fixture
def person(app, make):
    with app.app_context():
        return make.user(role=Role.MEMBER, password=hash_known(OLD))


def make_fresh(browser):
    with browser.client.session_transaction() as session:
        session["fs_paa"] = time.time()
    return browser


def change(browser, old=OLD, new=NEW, again=NEW):
    form = {"password": old, "new_password": new, "new_password_confirm": again}
    return browser.post("/console/account/password", form)


def live(db, user):
    query = select(func.count()).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
    return db.scalar(query)


def test_a_changed_password_keeps_this_browser_and_ends_all_others(app, browser, sign_in, person, db):
    here, elsewhere = sign_in(user=person), sign_in(user=person)

    answer = change(here)

    assert answer.status_code == 303
    assert here.get("/console/").status_code == 200
    assert elsewhere.get("/console/").status_code == 302
    assert live(db, person) == 1
    assert give_password(browser, person, NEW).status_code == 302


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"old": "wrong"}, "This is not your password."),
        ({"new": "short", "again": "short"}, "at least 15"),
        ({"new": "passwordpassword", "again": "passwordpassword"}, "attackers try"),
        ({"again": "another"}, "This is another password than the one above."),
    ],
)
def test_a_change_that_is_refused_says_why_at_its_field(sign_in, person, form, words):
    here, elsewhere = sign_in(user=person), sign_in(user=person)

    answer = change(here, **form)

    assert answer.status_code == 422
    assert words in answer.text
    assert elsewhere.get("/console/").status_code == 200


def test_the_old_password_is_not_guessed_at_from_a_stolen_cookie(sign_in, person):
    here = sign_in(user=person)

    assert [change(here, old="wrong").status_code for _ in range(11)] == [422] * 10 + [429]


def test_the_page_lists_where_one_is_signed_in_and_which_is_this_browser(sign_in, make):
    here, last_used_at = sign_in(Role.VIEWER), datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=7)
    make.sign_in(here.user, user_agent="Firefox/1 (Windows)", origin="192.0.2.9", last_used_at=last_used_at)

    page = here.get("/console/account/sign-ins").text

    assert page.count("This browser") == 1
    assert "Firefox on Windows" in page
    assert "192.0.2.9" in page
    assert f"used {time_of(last_used_at)}" in page
    assert 'href="/console/account/sign-ins" aria-current="page"' in page


def test_one_is_ended_from_the_list_and_all_others_at_once(sign_in, person, db):
    here, phone, office = make_fresh(sign_in(user=person)), sign_in(user=person), sign_in(user=person)
    with phone.client.session_transaction() as session:
        named = session["sign_in"]

    assert here.post(f"/console/account/sign-ins/{named}/end").status_code == 303
    assert phone.get("/console/").status_code == 302
    assert office.get("/console/").status_code == 200
    here.post("/console/account/sign-ins/end-others")
    assert office.get("/console/").status_code == 302
    assert here.get("/console/").status_code == 200


def test_signing_out_everywhere_ends_this_one_too(sign_in, person):
    here, elsewhere = make_fresh(sign_in(user=person)), sign_in(user=person)

    assert here.post("/console/account/sign-ins/end-all").headers["Location"] == "/login"

    assert here.get("/console/").status_code == elsewhere.get("/console/").status_code == 302


@pytest.mark.parametrize("act", ["{named}/end", "end-others", "end-all"])
def test_ending_them_takes_a_fresh_sign_in(sign_in, person, db, act):
    here, elsewhere = sign_in(user=person), sign_in(user=person)
    with elsewhere.client.session_transaction() as session:
        path = f"/console/account/sign-ins/{act.format(named=session['sign_in'])}"

    assert here.post(path).location.startswith("/verify")

    assert live(db, person) == 2


def test_nobody_ends_a_sign_in_of_somebody_else(sign_in, make, db):
    owner = make.user()
    theirs = make.sign_in(owner)

    for path in (f"/console/account/sign-ins/{theirs.id}/end", f"/console/people/sign-ins/{theirs.id}/end"):
        assert make_fresh(sign_in(Role.OPERATOR)).post(path).status_code in (403, 404)
    assert live(db, owner) == 1


def test_an_admin_ends_one_or_all_of_a_person_from_their_page(sign_in, person, db):
    admin, one, other = sign_in(Role.ADMIN), sign_in(user=person), sign_in(user=person)
    with one.client.session_transaction() as session:
        named = session["sign_in"]

    assert "End all sign-ins and API tokens of" in admin.get(f"/admin/user/details/?id={person.id}").text
    admin.post(f"/console/people/sign-ins/{named}/end")
    assert (one.get("/console/").status_code, other.get("/console/").status_code) == (302, 200)
    admin.post(f"/console/people/{person.id}/end-sign-ins")
    assert other.get("/console/").status_code == 302
    assert "and so is each API token" in admin.get("/console/").text
    assert db.scalar(select(func.count()).where(AuditEvent.tag == "user:end_sign_in")) == 2


def test_an_admin_hands_over_a_link_that_is_shown_once(browser, sign_in, person, db):
    admin = make_fresh(sign_in(Role.ADMIN))

    answer = admin.post(f"/console/people/{person.id}/reset-link")
    link = re.search(r'made-link">http://localhost(/reset/[^<]+)<', answer.text)[1]

    assert answer.headers["Cache-Control"] == "no-store"
    assert person.email in browser.get(link).text
    event = db.scalars(select(AuditEvent).where(AuditEvent.tag == "user:make_reset_link")).one()
    assert (event.actor_id, event.subject_id) == (admin.user.id, person.id)
    assert link not in str(event.after)


def test_making_a_link_takes_a_fresh_sign_in(sign_in, person):
    answer = sign_in(Role.ADMIN).post(f"/console/people/{person.id}/reset-link")

    assert answer.headers["Location"].startswith("/verify")


@pytest.mark.parametrize(
    ("path", "tab"),
    [
        ("/console/account/second-factors/app", "/console/account/second-factors/"),
        ("/console/account/second-factors/passkeys/new", "/console/account/second-factors/"),
        ("/console/account/tokens/new", "/console/account/tokens/"),
        ("/console/account/password", "/console/account/password"),
    ],
)
def test_a_page_that_a_tab_leads_to_stands_under_that_tab(sign_in, path, tab):
    page = make_fresh(sign_in(Role.OPERATOR)).get(path).text

    assert re.findall(r'<a href="([^"]+)" aria-current="page"><svg[^>]*>.*?</svg>', page)[-1:] == [tab]
    assert page.count(f'href="{tab}" aria-current="page"') == 1
