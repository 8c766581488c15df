"""What is believed of the claims of a token that is good."""

from collections.abc import Mapping
from typing import Any

from services import text
from services.provider.terms import Person, Provider

_ORDER = "member", "viewer", "operator", "admin"
EMAIL_LIMIT = 254


def person(claims: Mapping[str, Any], provider: Provider) -> Person:
    """Who it is."""
    said = _find(claims, provider.roles_claim)
    given = [provider.roles[value] for value in _values(said) if value in provider.roles]
    proved_at = claims.get("auth_time")
    return Person(
        issuer=provider.issuer,
        subject=claims["sub"],
        email=_email(claims),
        name=_name(claims.get("name")),
        role=max(given, key=_ORDER.index, default=None),
        gave_second_factor=_gave_second_factor(claims, provider),
        proved_at=float(proved_at) if isinstance(proved_at, int | float) else None,
    )


def lacks(claims: Mapping[str, Any], provider: Provider) -> bool:
    """Whether something is missing that the provider may say where it is asked once more."""
    return "email" not in claims or (bool(provider.roles_claim) and _find(claims, provider.roles_claim) is None)


def _find(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, or, as in `realm_access.roles`, one within others."""
    if not name or name in claims:
        return claims.get(name)
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _values(said: Any) -> list[str]:
    return [one for one in (said if isinstance(said, list) else [said]) if isinstance(one, str)]


def _email(claims: Mapping[str, Any]) -> str | None:
    said = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(said, str):
        return None
    name, _, domain = said.partition("@")
    is_one = name and domain and len(said) <= EMAIL_LIMIT and said.isprintable() and not set(said) & set(' <>,;"')
    return said.lower() if is_one and text.is_storable(said) else None


def _name(said: Any) -> str | None:
    name = said.strip()[: text.SHORT] if isinstance(said, str) else ""
    return name if name and name.isprintable() and text.is_storable(name) else None


def _gave_second_factor(claims: Mapping[str, Any], provider: Provider) -> bool:
    said = claims.get(provider.second_factor_claim) if provider.second_factor_claim else None
    return any(value in provider.second_factor_values for value in _values(said))
