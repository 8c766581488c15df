"""Signing in by an OpenID provider: a real one, and one that lies in each way that the standard tells of."""

import base64
import hmac
import json
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask_security import hash_password
from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey
from joserfc.registry import HeaderParameter
from sqlalchemy import select

from app import create_app
from extensions import database
from models import AuditEvent, Identity, Role, SecondFactorRole, SignIn, User
from people import sign_in_provider
from settings.provider import ClaimValues, ProviderSettings
from tests import openid_provider
from tests.client import Browser
from tests.conftest import disconnect, settings_for
from tests.openid_provider import BACK, CLIENT_ID, CLIENT_SECRET
from tests.people.test_accounts import PASSWORD
from tests.people.test_accounts import sign_in as give_password

BEN = {"sub": "ben", "email": "ben@example.com", "email_verified": True, "groups": ["ops"]}
KEY = ECKey.generate_key("P-256", {"kid": "first", "use": "sig"})
ROLES = (("ops", "operator"), ("ops-admins", "admin"))


@pytest.fixture(scope="module")
def lying():
    with openid_provider.lying() as provider:
        yield provider


@pytest.fixture(scope="module", autouse=True)
def honest():
    """The address of a real provider, which starts while all else is tested: `honest()` waits for it."""
    with openid_provider.honest(BEN) as wait_for_address:
        yield wait_for_address


@pytest.fixture(scope="module")
def app(database_url):
    """The console, which sends people back to where the test's browsers are."""
    app = create_app(settings_for(database_url, public_url="http://localhost"))
    app.config["TESTING"] = False
    database.session.session_factory.configure(join_transaction_mode="create_savepoint")
    yield app
    disconnect(app)


@pytest.fixture
def agree(app, lying):
    """Have the console and the lying provider agree on terms: `agree(links_by_email=True)`."""

    def agree(issuer=lying.url, **terms):
        known = {"issuer": issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "name": "Example ID"}
        sign_in_provider.agree(app, ProviderSettings(**known | terms))

    return agree


@pytest.fixture(autouse=True)
def provider(lying, agree):
    """The lying one, honest until the test has it lie, and unknown to the console."""
    vars(lying).update(vars(openid_provider.LyingProvider(url=lying.url, key=KEY)))
    agree()
    return lying


@pytest.fixture
def ana(make):
    """Somebody whom the provider knows, and who has no password."""
    return make.user(role=Role.OPERATOR, email="ana@example.com")


def come_back(browser, provider, **changes):
    """Go to the provider, sign in there, and come back."""
    return browser.get(provider.let(browser.get("/login/provider").location, **changes))


def is_in(browser):
    return browser.get("/console/account/sign-ins").status_code == 200


def refusal(browser, answer):
    """What the page says to which an answer leads that lets nobody in."""
    assert answer.status_code == 303, answer.text
    page = browser.get(answer.location)
    return re.search(r'class="alert alert-danger"[^>]*>.*?<span class="alert-text">([^<]*)', page.text, re.DOTALL)[1]


def make_fresh(browser):
    with browser.client.session_transaction() as session:
        session["fs_paa"] = time.time()


# As it should be.


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


# Forged tokens.

NOW = int(time.time())


def _named(value: Any) -> str:
    """What a case is called: the same in each process, whatever second it begins in."""
    return re.sub(r"\b1[0-9]{9}\b", "then", str(value))[:60]


OTHER = ECKey.generate_key("P-256", {"kid": "first", "use": "sig"})
RSA = RSAKey.generate_key(2048, {"kid": "second"})


def signed_by(key, **header):
    lax = jws.JWSRegistry({"later": HeaderParameter("", "int")}, strict_check_header=False)
    return lambda claims: jwt.encode({"alg": "ES256", "kid": "first"} | header, claims, key, registry=lax)


def keyed(claims, secret):
    """With a secret: joserfc itself refuses to take a public key for one."""
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()) for part in (KEYED, claims))
    content = head.rstrip(b"=") + b"." + body.rstrip(b"=")
    mark = base64.urlsafe_b64encode(hmac.digest(secret, content, "sha256"))
    return (content + b"." + mark.rstrip(b"=")).decode()


KEYED = {"alg": "HS256", "kid": "first"}


def unsigned(claims):
    _, body, _ = keyed(claims, b"any").split(".")
    return f"eyJhbGciOiJub25lIn0.{body}."


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another flow's"},
        {"nonce": None},
        {"nonce": ["x"]},
        {"aud": "another console"},
        {"aud": "another console", "azp": CLIENT_ID},
        {"aud": ["another", "yet another"]},
        {"aud": [CLIENT_ID, "another"]},
        {"aud": None},
        {"azp": "another console"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"sub": "a\x00"},
        {"exp": NOW - 120},
        {"exp": None},
        {"exp": "never"},
        {"iat": NOW + 86_400},
        {"iat": None},
        {"nbf": NOW + 86_400},
        {"at_hash": "of another token"},
        {"at_hash": 7},
        {"auth_time": "x"},
        {"amr": "mfa"},
    ],
    ids=_named,
)
def test_a_token_with_a_wrong_claim_lets_nobody_in(browser, provider, ana, db, claims):
    provider.said = claims

    assert refusal(browser, come_back(browser, provider)).startswith("What Example ID said of you can")
    assert not is_in(browser)
    event = db.scalar(select(AuditEvent).where(AuditEvent.tag == "user:fail_sign_in"))
    assert event.after["by"] == "oidc"


FORGERIES = {
    "another key": lambda provider: signed_by(OTHER),
    "no algorithm": lambda provider: unsigned,
    "the public key as a secret": lambda provider: lambda claims: keyed(claims, provider.key.as_pem(private=False)),
    "the client's secret": lambda provider: lambda claims: keyed(claims, CLIENT_SECRET.encode()),
    "an algorithm that is not the key's": lambda provider: (
        lambda claims: jwt.encode({"alg": "RS256", "kid": "first"}, claims, RSA)
    ),
    "a key that it brings along": lambda provider: signed_by(OTHER, kid="mine", jwk=OTHER.as_dict(private=False)),
    "an extension that nobody knows": lambda provider: signed_by(provider.key, crit=["later"], later=1),
    "no token": lambda provider: lambda claims: "",
    "no three parts": lambda provider: lambda claims: "a.b",
    "no base64": lambda provider: lambda claims: "é.é.é",
    "no object": lambda provider: lambda claims: ["x"],
    "an array for claims": lambda provider: lambda claims: "eyJhbGciOiJFUzI1NiJ9.W10.eA",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_token_that_the_provider_has_not_signed_lets_nobody_in(browser, provider, ana, forgery):
    provider.sign = FORGERIES[forgery](provider)

    assert refusal(browser, come_back(browser, provider)).startswith("What Example ID said of you can")
    assert not is_in(browser)


def test_a_clock_that_differs_a_little_keeps_nobody_out(browser, provider, ana):
    provider.said = {"iat": int(time.time()) + 30, "exp": int(time.time()) - 30}

    assert come_back(browser, provider).location == "/console/"


def test_a_new_key_of_the_provider_is_asked_for_once_a_minute(browser, provider, ana):
    come_back(browser, provider)
    provider.sign = signed_by(OTHER, kid="new")

    for _ in range(3):
        come_back(Browser(browser.app), provider)

    assert provider.asked.count("/keys") == 1


def test_a_key_that_the_provider_has_made_since_is_taken(browser, provider, ana, app):
    app.extensions["console_provider"].keys(now=datetime.now(UTC) - timedelta(minutes=2))
    provider.key = ECKey.generate_key("P-256", {"kid": "new"})
    provider.sign = signed_by(provider.key, kid="new")

    assert come_back(browser, provider).location == "/console/"


# Codes and states.


@pytest.mark.parametrize(
    "changes",
    [{"state": "another"}, {"state": None}, {"state": "é"}],
    ids=_named,
)
def test_an_answer_of_another_flow_lets_nobody_in(browser, provider, ana, changes):
    assert refusal(browser, come_back(browser, provider, **changes)).startswith("That took too long, was done already")
    assert not is_in(browser)
    assert "/token" not in provider.asked


@pytest.mark.parametrize("code", [None, "", "another", "x" * 5_000, "é", "a\nb"], ids=str)
def test_a_code_that_is_none_lets_nobody_in(browser, provider, ana, code):
    assert refusal(browser, come_back(browser, provider, code=code)).startswith("Example ID did not confirm who you")
    assert not is_in(browser)


def test_an_answer_lets_in_once_though_the_cookie_be_copied(browser, provider, ana):
    back = provider.let(browser.get("/login/provider").location)
    thief = Browser(browser.app)
    with browser.client.session_transaction() as mine, thief.client.session_transaction() as theirs:
        theirs.update(mine)
    assert browser.get(back).location == "/console/"
    provider.codes["any"] = {}

    assert refusal(thief, thief.get(back)).startswith("That took too long, was done already")
    assert not is_in(thief)


def test_an_answer_in_another_browser_lets_nobody_in(browser, provider, ana):
    back = provider.let(browser.get("/login/provider").location)
    victim = Browser(browser.app)

    assert victim.get(back).location == "/login"
    assert not is_in(victim)


def test_who_is_away_for_too_long_begins_anew(browser, provider, ana):
    back = provider.let(browser.get("/login/provider").location)
    with browser.client.session_transaction() as session:
        session["at_provider"] = session["at_provider"] | {"at": time.time() - 541}

    assert refusal(browser, browser.get(back)).startswith("That took too long")


def test_a_code_with_another_verifier_is_worth_nothing(browser, provider, ana):
    back = provider.let(browser.get("/login/provider").location)
    with browser.client.session_transaction() as session:
        session["at_provider"] = session["at_provider"] | {"verifier": "x" * 43}

    assert refusal(browser, browser.get(back)).startswith("Example ID did not confirm")


def test_an_answer_of_another_provider_is_refused(browser, provider, ana):
    assert refusal(browser, come_back(browser, provider, iss="https://evil.example")).startswith("Example ID did not")
    assert "/token" not in provider.asked


def test_a_provider_that_names_itself_must(browser, provider, ana):
    provider.metadata = {"authorization_response_iss_parameter_supported": True}

    assert refusal(browser, come_back(browser, provider)).startswith("Example ID did not")
    assert come_back(browser, provider, iss=provider.url).location == "/console/"


def test_too_many_answers_that_let_nobody_in_wait(browser, provider, ana):
    for _ in range(20):
        come_back(browser, provider, code="wrong")

    assert come_back(browser, provider).status_code == 429


# A provider that says no, or nothing.


def test_what_the_provider_says_of_an_error_is_not_repeated(browser, provider, ana):
    asked = browser.get("/login/provider").location
    words = "<script>alert(1)</script>"
    answer = browser.get(provider.let(asked, code=None, error=words, error_description=words))

    assert refusal(browser, answer) == "Example ID did not let you in."


METADATA = "/.well-known/openid-configuration"


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"<h1>Away</h1>"),
        (200, b"not JSON"),
        (200, b"[]"),
        (200, b"[" * 100_000),
        (200, b" " * 600_000),
        (301, b""),
        (200, b"{}"),
        (200, b'{"keys": 7}'),
    ],
    ids=["500", "no JSON", "no object", "deep", "large", "moved", "empty", "odd"],
)
@pytest.mark.parametrize("path", [METADATA, "/keys", "/token"])
def test_a_provider_that_answers_badly_is_a_message_and_passwords_go_on(app, browser, provider, make, path, answer):
    with app.app_context():
        ana = make.user(role=Role.VIEWER, email="ana@example.com", password=hash_password(PASSWORD))
    provider.answers[path] = answer

    asked = browser.get("/login/provider")
    answer = browser.get(provider.let(asked.location)) if path != METADATA else asked

    assert "Example ID" in refusal(browser, answer)
    assert not is_in(browser)
    give_password(browser, ana)
    assert is_in(browser)


def test_a_provider_that_is_gone_is_a_message(browser, agree):
    agree(issuer="http://127.0.0.1:9")

    assert refusal(browser, browser.get("/login/provider")).startswith("Example ID can")


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "http://evil.example/token"},
        {"token_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "https://[x"},
        {"jwks_uri": "https://a b"},
        {"id_token_signing_alg_values_supported": ["HS256", "none"]},
    ],
    ids=_named,
)
def test_a_provider_that_says_of_itself_what_can_not_be_is_not_used(browser, provider, metadata):
    provider.metadata = metadata

    assert refusal(browser, browser.get("/login/provider")).startswith("Example ID can")


# Whom the provider's people are here.


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


# Second factors.


def test_who_has_a_second_factor_here_is_asked_for_it(browser, provider, make, agree):
    make.user(role=Role.VIEWER, email="ana@example.com", second_factor_since=make.now)
    agree(links_by_email=True)

    assert come_back(browser, provider).location == "/login/second-step"
    assert not is_in(browser)


@pytest.mark.parametrize(("amr", "leads_to"), [(["pwd", "mfa"], 200), (["pwd"], 302), (None, 302)])
def test_the_providers_second_factor_counts_where_it_is_set_to(browser, provider, ana, agree, db, amr, leads_to):
    db.add(SecondFactorRole(role=Role.OPERATOR))
    db.commit()
    agree(second_factor=ClaimValues("amr", ("mfa",)))
    provider.said = {"amr": amr}

    come_back(browser, provider)

    assert browser.get("/console/").status_code in (leads_to, 303 if leads_to == 302 else 200)


def test_it_does_not_count_unless_it_is_set_to(browser, provider, ana, db):
    db.add(SecondFactorRole(role=Role.OPERATOR))
    db.commit()
    provider.said = {"amr": ["mfa"]}

    come_back(browser, provider)

    assert browser.get("/console/").location == "/console/account/second-factors/"


# Confirming, linking and unlinking.


def test_who_has_no_password_confirms_by_the_provider_which_asks_again(browser, provider, ana):
    come_back(browser, provider)
    with browser.client.session_transaction() as session:
        session["fs_paa"] = 0
    assert "Confirm with Example ID" in browser.get("/verify?next=/console/account/password").text

    page = browser.post("/verify/provider", {"next": "/console/account/password"})
    address = page.headers["Refresh"].removeprefix("0; url=")
    answer = browser.get(provider.let(address))

    assert "prompt=login" in address
    assert answer.location == "/console/account/password"
    with browser.client.session_transaction() as session:
        assert session["fs_paa"] > time.time() - 60


@pytest.mark.parametrize(("seconds_ago", "status"), [(60, 200), (3_600, 303), (None, 200)])
def test_who_proved_it_to_the_provider_long_ago_confirms_before_what_asks_for_a_fresh_sign_in(
    browser, provider, ana, seconds_ago, status
):
    provider.said = {"auth_time": seconds_ago and int(time.time()) - seconds_ago}

    come_back(browser, provider)

    assert browser.get("/console/account/second-factors/app").status_code == status


@pytest.mark.parametrize(("said", "words"), [({"sub": "ben"}, "not your account"), ({"auth_time": 1}, "not ask you")])
def test_the_answer_for_another_or_from_long_ago_confirms_nothing(browser, provider, ana, said, words):
    come_back(browser, provider)
    with browser.client.session_transaction() as session:
        session["fs_paa"] = 0
    provider.said = said

    address = browser.post("/verify/provider").headers["Refresh"].removeprefix("0; url=")

    assert words in refusal(browser, browser.get(provider.let(address)))
    with browser.client.session_transaction() as session:
        assert session["fs_paa"] == 0


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
