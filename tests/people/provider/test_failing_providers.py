"""A provider that says no, or nothing, or of itself what can not be, is a message."""

import pytest
from flask_security import hash_password

from models import Role
from tests.people.provider.conftest import is_in, named, refusal
from tests.people.test_accounts import PASSWORD
from tests.people.test_accounts import sign_in as give_password


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
    ids=named,
)
def test_a_provider_that_says_of_itself_what_can_not_be_is_not_used(browser, provider, metadata):
    provider.metadata = metadata

    assert refusal(browser, browser.get("/login/provider")).startswith("Example ID can")
