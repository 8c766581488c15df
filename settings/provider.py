"""The settings of signing in by an OpenID provider, such as the one that a company has for all that its people use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

ROLES = ("member", "viewer", "operator", "admin")
"""From the least to the most."""
SCOPES = "openid email profile"
NAME_LIMIT = 40
"""Letters that the provider's name may have, so that a button holds it."""


@dataclass(frozen=True)
class ClaimValues:
    """A claim of the provider's, and some of its values."""

    claim: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class ProviderSettings:
    """The provider, what the console is to it, and what is believed of what it says."""

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    """Empty where the console is a public client, which PKCE alone protects."""
    name: str = ""
    """What the button says."""
    scopes: str = SCOPES
    roles_claim: str = ""
    """The claim from which roles come; empty where admins of the console give them."""
    roles: tuple[tuple[str, str], ...] = ()
    """Values of that claim, each with its role."""
    creates_people: bool = False
    """Whether who is not known here is let in, where the claim gives a role."""
    links_by_email: bool = False
    """Whether a verified address is enough to be somebody who has a password here."""
    second_factor: ClaimValues | None = None
    """What says that the provider asked for a second factor; without it the console asks for its own."""


def provider(environ: Mapping[str, str]) -> ProviderSettings | None:
    """`OIDC_…`, checked; None where people sign in without a provider.

    Raises:
        ValueError: one of them can't be used, or what it needs is missing.
    """
    issuer = environ.get("OIDC_ISSUER", "").strip()
    if not issuer:
        _refuse_rest(environ)
        return None
    if not environ.get("PUBLIC_URL"):
        raise ValueError("PUBLIC_URL must be set where OIDC_ISSUER is: the provider sends people back there.")
    claim, roles = _roles(environ)
    return ProviderSettings(
        issuer=_issuer(issuer),
        client_id=_credential(environ, "OIDC_CLIENT_ID") or _missing("OIDC_CLIENT_ID"),
        client_secret=_credential(environ, "OIDC_CLIENT_SECRET"),
        name=_name(environ) or str(urlsplit(issuer).hostname),
        scopes=_scopes(environ),
        roles_claim=claim,
        roles=roles,
        creates_people=_yes(environ, "OIDC_CREATE_PEOPLE") and bool(roles or _missing("OIDC_ROLES")),
        links_by_email=_yes(environ, "OIDC_LINK_BY_EMAIL"),
        second_factor=_second_factor(environ),
    )


def _refuse_rest(environ: Mapping[str, str]) -> None:
    """A console whose provider is forgotten is better not started than open in another way than was meant."""
    for name in environ:
        if name.startswith("OIDC_") and environ[name].strip():
            raise ValueError(f"OIDC_ISSUER must be set where {name} is.")


def _missing(name: str) -> str:
    needed_by = "OIDC_CREATE_PEOPLE" if name == "OIDC_ROLES" else "OIDC_ISSUER"
    raise ValueError(f"{name} must be set where {needed_by} is.")


def _issuer(text: str) -> str:
    parts = None
    try:
        parts = urlsplit(text) if text.isascii() and text.isprintable() and " " not in text else None
        is_safe = parts is not None and (parts.scheme == "https" or is_loopback_http(text))
        is_whole = parts is not None and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_whole = is_safe = False
    if not (is_safe and is_whole) or parts is None or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(
            "OIDC_ISSUER must be where the provider says it is, such as https://id.example.com/realms/ops; "
            "http:// does on loopback only."
        )
    return text


def is_loopback_http(url: str) -> bool:
    """Whether it is plain HTTP that leaves this machine at no time."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts.scheme == "http" and (host == "localhost" or ip_address(host).is_loopback)
    except ValueError:
        return False


def _credential(environ: Mapping[str, str], name: str) -> str:
    text = environ.get(name, "").strip()
    if not (text.isascii() and text.isprintable()) or len(text) > 1_000:
        raise ValueError(f"{name} must be printable ASCII, as the provider shows it.")
    return text


def _name(environ: Mapping[str, str]) -> str:
    name = environ.get("OIDC_NAME", "").strip()
    if len(name) > NAME_LIMIT or not name.isprintable():
        raise ValueError(f"OIDC_NAME must be a name of at most {NAME_LIMIT} letters, such as Example ID.")
    return name


def _scopes(environ: Mapping[str, str]) -> str:
    scopes = environ.get("OIDC_SCOPES", "").split() or SCOPES.split()
    if "openid" not in scopes or not all(scope.isascii() and scope.isprintable() for scope in scopes):
        raise ValueError("OIDC_SCOPES must be words with spaces between them, openid among them.")
    return " ".join(scopes)


def _roles(environ: Mapping[str, str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    text = environ.get("OIDC_ROLES", "").strip()
    if not text:
        return "", ()
    claim, items = _claim(text)
    pairs = [(value.strip(), role.strip()) for value, _, role in (item.rpartition("=") for item in items)]
    if not claim or not pairs or not all(value and role in ROLES for value, role in pairs):
        raise ValueError(
            "OIDC_ROLES must be a claim, a colon, and values with their roles, such as "
            f"groups: ops-admins=admin, ops=operator; roles are {', '.join(ROLES)}."
        )
    return claim, tuple(pairs)


def _second_factor(environ: Mapping[str, str]) -> ClaimValues | None:
    text = environ.get("OIDC_SECOND_FACTOR", "").strip()
    if not text:
        return None
    claim, values = _claim(text)
    if claim not in ("amr", "acr") or not values:
        raise ValueError("OIDC_SECOND_FACTOR must be amr or acr, a colon, and values, such as amr: mfa, otp.")
    return ClaimValues(claim, tuple(values))


def _claim(text: str) -> tuple[str, list[str]]:
    """A claim, whose name may be an address with a colon of its own, and what follows the colon and a space."""
    claim, _, rest = text.partition(": ")
    return claim.strip(), [item.strip() for item in rest.split(",") if item.strip()]


def _yes(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name, "").strip().lower() or "no"
    if value not in ("yes", "no"):
        raise ValueError(f"{name} must be yes or no, not {value!r}.")
    return value == "yes"
