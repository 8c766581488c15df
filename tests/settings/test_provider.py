"""The settings of signing in by a provider."""

import pytest

from config import ConfigError, Settings
from settings.provider import ClaimValues, ProviderSettings
from tests.vaults import HOOK_KEY

NEEDED = {
    "OIDC_ISSUER": "https://id.example.com/realms/ops",
    "OIDC_CLIENT_ID": "console",
    "PUBLIC_URL": "https://console.example.com",
}


def read(**environ: str) -> ProviderSettings | None:
    return Settings.from_environment({"SECRET_KEY": "k" * 32, "HOOK_KEYS": HOOK_KEY, **environ}).provider


def test_without_an_issuer_there_is_no_provider():
    assert read() is None
    assert read(OIDC_ISSUER=" ", OIDC_NAME="") is None


def test_a_public_client_of_a_provider_needs_no_more_than_an_issuer_and_an_id():
    assert read(**NEEDED) == ProviderSettings(NEEDED["OIDC_ISSUER"], "console", name="id.example.com")


def test_all_of_them_are_read():
    said = read(
        **NEEDED,
        OIDC_CLIENT_SECRET="a secret",
        OIDC_NAME="Example ID",
        OIDC_SCOPES="openid groups",
        OIDC_ROLES="https://example.com/roles: urn:ops-admins=admin, a=b=operator,",
        OIDC_CREATE_PEOPLE="yes",
        OIDC_LINK_BY_EMAIL="Yes",
        OIDC_SECOND_FACTOR="amr: mfa, otp",
    )

    assert said == ProviderSettings(
        issuer=NEEDED["OIDC_ISSUER"],
        client_id="console",
        client_secret="a secret",
        name="Example ID",
        scopes="openid groups",
        roles_claim="https://example.com/roles",
        roles=(("urn:ops-admins", "admin"), ("a=b", "operator")),
        creates_people=True,
        links_by_email=True,
        second_factor=ClaimValues("amr", ("mfa", "otp")),
    )
    assert "a secret" not in repr(said)


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:9400", "http://localhost", "http://[::1]:80/x"])
def test_an_issuer_on_loopback_needs_no_tls(issuer):
    assert read(**NEEDED | {"OIDC_ISSUER": issuer}).issuer == issuer


@pytest.mark.parametrize(
    "issuer",
    [
        "http://id.example.com",
        "http://127.0.0.1.example.com",
        "id.example.com",
        "https://",
        "https://[x",
        "https://x:0",
        "https://x:99999",
        "https://u@x",
        "https://x/?a",
        "https://x/#a",
        "https://a b",
        "https://é.example",
    ],
)
def test_what_is_no_issuer_is_refused(issuer):
    with pytest.raises(ConfigError, match=r"^OIDC_ISSUER must be where the provider"):
        read(**NEEDED | {"OIDC_ISSUER": issuer})


@pytest.mark.parametrize("missing", NEEDED)
def test_none_of_what_is_needed_may_be_missing(missing):
    with pytest.raises(ConfigError, match=f"{missing} must be set where OIDC_"):
        read(**{name: value for name, value in NEEDED.items() if name != missing})


def test_nobody_is_made_without_roles():
    with pytest.raises(ConfigError, match="OIDC_ROLES must be set where OIDC_CREATE_PEOPLE is"):
        read(**NEEDED, OIDC_CREATE_PEOPLE="yes")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OIDC_CLIENT_ID", "é"),
        ("OIDC_CLIENT_SECRET", "a\nb"),
        ("OIDC_NAME", "x" * 41),
        ("OIDC_SCOPES", "email"),
        ("OIDC_ROLES", "groups"),
        ("OIDC_ROLES", "groups: "),
        ("OIDC_ROLES", "groups: ops"),
        ("OIDC_ROLES", "groups: ops=king"),
        ("OIDC_ROLES", "groups: =admin"),
        ("OIDC_ROLES", ": ops=admin"),
        ("OIDC_CREATE_PEOPLE", "1"),
        ("OIDC_LINK_BY_EMAIL", "maybe"),
        ("OIDC_SECOND_FACTOR", "mfa"),
        ("OIDC_SECOND_FACTOR", "groups: mfa"),
        ("OIDC_SECOND_FACTOR", "acr: "),
    ],
)
def test_what_can_not_be_used_is_refused(name, value):
    with pytest.raises(ConfigError, match=f"^{name} must be"):
        read(**NEEDED | {name: value})
