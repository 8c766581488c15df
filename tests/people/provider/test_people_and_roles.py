"""Whom the provider's people are here, and with which roles."""

import pytest
from sqlalchemy import select

from models import AuditEvent, Role, User
from tests.client import Browser
from tests.people.provider.conftest import ROLES, come_back, is_in, refusal


def test_who_has_a_password_links_the_provider_first(browser, provider, make, agree):
    make.user(role=Role.VIEWER, email="ana@example.com", password="a hash")

    assert refusal(browser, come_back(browser, provider)).startswith("You have another way to sign in here.")
    agree(links_by_email=True)
    assert come_back(browser, provider).location == "/console/"


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_is_nobodys(browser, provider, ana, verified):
    provider.said = {"email_verified": verified}

    assert refusal(browser, come_back(browser, provider)).startswith("Example ID gives no e-mail address")


def test_an_address_that_is_somebody_elses_at_the_provider_now_lets_nobody_in(browser, provider, ana, agree):
    agree(links_by_email=True)
    come_back(browser, provider)
    provider.said = {"sub": "whoever got the address next"}

    stranger = Browser(browser.app)

    assert "knew as another person" in refusal(stranger, come_back(stranger, provider))


def test_who_is_linked_stays_so_though_the_address_changes(browser, provider, ana):
    come_back(browser, provider)
    provider.said = {"email": "ana@elsewhere.example", "email_verified": False}

    assert come_back(Browser(browser.app), provider).location == "/console/"


def test_nobody_is_made_unless_that_is_set_and_a_role_is_given(browser, provider, agree, db):
    assert refusal(browser, come_back(browser, provider)).startswith("Nobody here has your e-mail address")
    agree(creates_people=True, roles_claim="groups", roles=ROLES)
    assert refusal(browser, come_back(browser, provider)).startswith("Example ID gives you no role here")
    provider.said = {"groups": ["staff", "ops", "ops-admins"]}

    assert come_back(browser, provider).location == "/console/"

    person = db.scalar(select(User).where(User.email == "ana@example.com"))
    assert (person.name, person.role, person.password, person.active) == ("Ana", Role.ADMIN, None, True)


def test_who_may_not_sign_in_here_is_not_let_in_by_the_provider(browser, provider, make, agree):
    agree(creates_people=True, roles_claim="groups", roles=ROLES, links_by_email=True)
    provider.said = {"groups": "ops"}
    make.user(role=Role.VIEWER, email="ana@example.com", active=False)

    assert refusal(browser, come_back(browser, provider)) == "Your account here may not sign in."


def test_the_role_of_today_is_the_providers_and_ends_what_was_signed_in_with_another(
    app, browser, provider, ana, agree, sign_in, db
):
    elsewhere = sign_in(user=ana)
    agree(roles_claim="realm.groups", roles=ROLES)
    provider.said = {"realm": {"groups": ["ops-admins"]}}

    assert come_back(browser, provider).location == "/console/"

    assert browser.get("/console/sign-in-rules/").status_code == 200
    assert not is_in(elsewhere)
    event = db.scalar(select(AuditEvent).where(AuditEvent.tag == "user:edit"))
    assert (event.actor, event.after) == ("provider Example ID", {"role": "admin"})


def test_who_has_no_role_there_any_more_has_none_here(browser, provider, ana, agree, db):
    agree(roles_claim="groups", roles=ROLES)

    assert refusal(browser, come_back(browser, provider)).startswith("Example ID gives you no role here any more")
    db.refresh(ana)
    assert ana.role is None


def test_what_the_token_lacks_is_asked_for_and_counts_of_the_same_person_only(browser, provider, ana, agree):
    provider.said = {"email": None, "email_verified": None}
    provider.more = {"sub": "somebody else", "email": "ana@example.com", "email_verified": True}
    assert refusal(browser, come_back(browser, provider)).startswith("Example ID gives no e-mail address")
    provider.more |= {"sub": "ana"}

    assert come_back(browser, provider).location == "/console/"
