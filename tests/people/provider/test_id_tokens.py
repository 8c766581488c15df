"""ID tokens that are forged, or say what can not be, let nobody in."""

import base64
import hmac
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey
from joserfc.registry import HeaderParameter
from sqlalchemy import select

from models import AuditEvent
from tests.client import Browser
from tests.openid_provider import CLIENT_ID, CLIENT_SECRET
from tests.people.provider.conftest import come_back, is_in, named, refusal

NOW = int(time.time())

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
    ids=named,
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
