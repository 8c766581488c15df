"""Linking and unlinking the provider, from a person's own page."""

import time

from sqlalchemy import select

from models import Identity, Role
from tests.people.provider.conftest import come_back, refusal


def make_fresh(browser):
    with browser.client.session_transaction() as session:
        session["fs_paa"] = time.time()


def link(browser, provider):
    address = browser.post("/console/account/identities/link").headers["Refresh"].removeprefix("0; url=")
    return browser.get(provider.let(address))


def test_one_links_the_provider_after_a_fresh_sign_in_and_signs_in_by_it_then(browser, provider, make, sign_in):
    person = make.user(role=Role.VIEWER, password="a hash")
    here = sign_in(user=person)
    assert here.post("/console/account/identities/link").location.startswith("/verify")
    make_fresh(here)

    answer = link(here, provider)

    assert "You can sign in with Example ID now." in here.get(answer.location).text
    come_back(browser, provider)
    assert person.email in browser.get("/console/").text


def test_an_account_of_the_provider_is_linked_to_one_person(browser, provider, ana, sign_in):
    come_back(browser, provider)
    other = sign_in(Role.MEMBER)
    make_fresh(other)

    assert "linked already" in refusal(other, link(other, provider))


def test_a_link_that_somebody_else_began_in_this_browser_is_not_made(provider, make, sign_in, db):
    here = sign_in(Role.MEMBER)
    make_fresh(here)
    address = here.post("/console/account/identities/link").headers["Refresh"].removeprefix("0; url=")
    with here.client.session_transaction() as session:
        session["_user_id"] = "somebody else's"

    assert here.get(provider.let(address)).location == "/login"
    assert db.scalars(select(Identity)).all() == []


def test_linking_is_asked_for_with_the_forms_token_only(sign_in):
    assert sign_in(Role.MEMBER).client.post("/console/account/identities/link").status_code == 400
    assert sign_in(Role.MEMBER).client.post("/verify/provider").status_code == 400


def test_the_last_way_in_is_not_unlinked(browser, provider, ana, db, make):
    come_back(browser, provider)
    identity = db.scalars(select(Identity)).one()
    page = f"/console/account/identities/{identity.id}/unlink"
    assert "could not sign in any more" in refusal(browser, browser.post(page))
    ana.password = "a hash"
    make.save()

    assert browser.post(page).status_code == 303
    assert db.scalars(select(Identity)).all() == []


def test_nobody_unlinks_what_is_anothers(browser, provider, ana, db, sign_in):
    come_back(browser, provider)
    identity = db.scalars(select(Identity)).one()
    other = sign_in(Role.ADMIN)
    make_fresh(other)

    assert other.post(f"/console/account/identities/{identity.id}/unlink").status_code == 404
