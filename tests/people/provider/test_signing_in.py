"""Signing in by an OpenID provider as it should be, a real one's too."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from models import AuditEvent, Identity, Role, SignIn, User
from people import sign_in_provider
from tests import openid_provider
from tests.client import Browser
from tests.openid_provider import BACK, CLIENT_ID
from tests.people.provider.conftest import ROLES, come_back, is_in, refusal

BEN = {"sub": "ben", "email": "ben@example.com", "email_verified": True, "groups": ["ops"]}


@pytest.fixture(scope="module", autouse=True)
def honest():
    """The address of a real provider, which starts while all else is tested: `honest()` waits for it."""
    with openid_provider.honest(BEN) as wait_for_address:
        yield wait_for_address


def test_the_provider_is_asked_by_pkce_with_a_state_and_a_nonce_that_nobody_can_guess(browser, provider):
    first, second = (parse_qs(urlsplit(browser.get("/login/provider").location).query) for _ in range(2))

    assert first["code_challenge_method"] == ["S256"]
    assert (first["response_type"], first["client_id"]) == (["code"], [CLIENT_ID])
    assert first["redirect_uri"] == [f"http://localhost{BACK}"]
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name][0]) >= 43


def test_after_a_sign_out_the_provider_asks_who_it_is_rather_than_let_the_next_one_in(browser, provider, ana):
    assert "prompt=login" not in browser.get("/login/provider").location
    come_back(browser, provider)
    browser.post("/logout")

    asked = [parse_qs(urlsplit(browser.get("/login/provider").location).query) for _ in range(2)]

    assert [(one["prompt"], one["max_age"]) for one in asked] == [(["login"], ["0"])] * 2
    come_back(browser, provider)
    with browser.client.session_transaction() as session:
        assert "left" not in session


def test_what_the_provider_says_of_itself_is_asked_once(browser, provider, ana):
    come_back(browser, provider)
    come_back(Browser(browser.app), provider)

    assert provider.asked.count("/.well-known/openid-configuration") == 1
    assert provider.asked.count("/keys") == 1


def test_an_address_elsewhere_is_forgotten(browser, provider, ana):
    asked = browser.get("/login/provider?next=https://evil.example/").location

    assert browser.get(provider.let(asked)).location == "/console/"


def test_the_sign_in_page_offers_it_by_its_name(browser, app):
    assert "Sign in with Example ID" in browser.get("/login").text
    sign_in_provider.agree(app, None)
    assert "/login/provider" not in browser.get("/login").text
    assert browser.get("/login/provider").status_code == 404
    assert browser.get(BACK).status_code == 404


def test_who_has_signed_in_is_sent_nowhere(sign_in):
    assert sign_in(Role.MEMBER).get("/login/provider?next=/console/views/").location == "/console/views/"


@pytest.mark.parametrize(
    ("says", "leads_to"),
    [("cross-site", "login"), ("same-site", "login"), ("same-origin", "authorize"), ("none", "authorize")],
)
def test_a_page_of_another_site_signs_nobody_in_whom_the_provider_knows(browser, provider, says, leads_to):
    answer = browser.get("/login/provider?next=/console/views/", headers={"Sec-Fetch-Site": says})

    assert urlsplit(answer.location).path == f"/{leads_to}"
    assert ("next=/console/views/" in answer.location) == (leads_to == "login")


def test_the_providers_tokens_are_neither_kept_nor_handed_on(browser, provider, ana):
    answer = come_back(browser, provider)

    with browser.client.session_transaction() as session:
        kept = str(dict(session))
    assert "at_provider" not in kept
    for text in (kept, answer.text, browser.get("/console/").text):
        assert "an access token" not in text
        assert "eyJ" not in text  # with which a JSON Web Token begins


# A real one, which the package of another makes; it takes a while to start, and so is asked last.


def test_somebody_signs_in_by_a_real_provider_and_comes_back_to_where_they_were(browser, agree, make, db, honest):
    make.user(role=Role.VIEWER, email=BEN["email"])
    url = honest()
    agree(issuer=url, roles_claim="groups", roles=ROLES)

    back = openid_provider.sign_in_at(browser.get("/login/provider?next=/console/views/").location, "ben")
    answer = browser.get(back)

    assert (answer.status_code, answer.location) == (303, "/console/views/")
    assert is_in(browser)
    thief = Browser(browser.app)
    assert refusal(thief, thief.get(back)).startswith("That took too long")
    person = db.scalar(select(User).where(User.email == BEN["email"]))
    assert person.role is Role.OPERATOR
    identity = db.scalars(select(Identity)).one()
    assert (identity.user_id, identity.issuer, identity.subject) == (person.id, url, "ben")
    event = db.scalar(select(AuditEvent).where(AuditEvent.tag == "user:sign_in"))
    assert (event.actor_id, event.after) == (person.id, {"by": ["oidc"]})
    assert db.scalars(select(SignIn.user_id)).all() == [person.id]
