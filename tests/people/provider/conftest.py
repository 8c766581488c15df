"""A console and a provider that lies as a test has it, and what people do at both."""

import re
from typing import Any

import pytest
from joserfc.jwk import ECKey

from app import create_app
from extensions import database
from models import Role
from people import sign_in_provider
from settings.provider import ProviderSettings
from tests import openid_provider
from tests.conftest import disconnect, settings_for
from tests.openid_provider import CLIENT_ID, CLIENT_SECRET

KEY = ECKey.generate_key("P-256", {"kid": "first", "use": "sig"})
ROLES = (("ops", "operator"), ("ops-admins", "admin"))


@pytest.fixture(scope="module")
def lying():
    with openid_provider.lying() as provider:
        yield provider


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


def named(value: Any) -> str:
    """What a case is called: the same in each process, whatever second it begins in."""
    return re.sub(r"\b1[0-9]{9}\b", "then", str(value))[:60]
