"""What the provider says of itself, and its keys (OpenID Connect Discovery 1.0); both are kept for an hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, RSAKey

from services.provider import wire
from services.provider.errors import ProviderAwayError
from services.provider.terms import Provider

KEPT_FOR = timedelta(hours=1)
KEPT_WITHOUT_ANSWER_FOR = timedelta(hours=24)
"""How long what it said last still holds where it does not answer."""
ASKED_ANEW_AFTER = timedelta(minutes=1)
"""How soon its keys are asked for again because one is missing, so that nobody makes the console ask all the time."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""By which tokens may be signed: with a key that the provider alone has, so not by `none`, nor with a shared secret."""
RSA_BITS = 2_048
"""What a key of RSA must have (RFC 7518, 3.3)."""
_WELL_KNOWN = "/.well-known/openid-configuration"
_AUTH_METHODS = ("client_secret_basic", "client_secret_post")


@dataclass(frozen=True)
class Metadata:
    """Where the provider is asked what, and how."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    auth_method: str
    """How the console proves to it who it is."""
    names_itself: bool
    """Whether it says who it is as it sends people back (RFC 9207)."""
    algorithms: tuple[str, ...]


class Directory:
    """Asks the provider about itself, and remembers it for this process."""

    def __init__(self, provider: Provider, *, limit_s: float = wire.LIMIT_S) -> None:
        self.provider = provider
        self.limit_s = limit_s
        self._metadata: tuple[datetime, Metadata] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    def metadata(self, *, now: datetime) -> Metadata:
        """
        Raises:
            ProviderAwayError: it does not say, or nothing that can be used.
        """
        known = self._metadata
        if known is None or now - known[0] > KEPT_FOR:
            try:
                self._metadata = known = now, self._read_metadata()
            except ProviderAwayError:
                if known is None or now - known[0] > KEPT_WITHOUT_ANSWER_FOR:
                    raise
        return known[1]

    def keys(self, *, now: datetime, older_than: timedelta = KEPT_FOR) -> KeySet:
        """The keys that it signs with, asked for again where they are older than that.

        Raises:
            ProviderAwayError: it does not say, or none that can be used.
        """
        known = self._keys
        if known is None or now - known[0] > older_than:
            try:
                self._keys = known = now, self._read_keys(now)
            except ProviderAwayError:
                if known is None or now - known[0] > KEPT_WITHOUT_ANSWER_FOR:
                    raise
        return known[1]

    def _read_metadata(self) -> Metadata:
        said = self._get(self.provider.issuer.rstrip("/") + _WELL_KNOWN)
        try:
            return parse(said, self.provider)
        except ValueError as error:
            raise ProviderAwayError(self.provider.name, f"What it says of itself can't be used: {error}.") from error

    def _read_keys(self, now: datetime) -> KeySet:
        said = self._get(self.metadata(now=now).jwks_uri).get("keys")
        keys: list[Key] = [key for one in said if (key := _key(one))] if isinstance(said, list) else []
        if not keys:
            raise ProviderAwayError(self.provider.name, "It names no key that can be used.")
        return KeySet(keys)

    def _get(self, url: str) -> Mapping[str, Any]:
        try:
            with wire.client(limit_s=self.limit_s) as client:
                return wire.json_of(client.get(url))
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderAwayError(self.provider.name, f"It gave no answer: {type(error).__name__}.") from error


def parse(said: Mapping[str, Any], provider: Provider) -> Metadata:
    """What it says of itself, checked.

    Raises:
        ValueError: it is another provider, or what is needed is missing.
    """
    if said.get("issuer") != provider.issuer:
        raise ValueError("it calls itself something else than OIDC_ISSUER does")
    offered = _texts(said.get("id_token_signing_alg_values_supported")) or ["RS256"]
    algorithms = tuple(algorithm for algorithm in ALGORITHMS if algorithm in offered)
    if not algorithms:
        raise ValueError("it signs by no algorithm that is taken")
    methods = _texts(said.get("token_endpoint_auth_methods_supported")) or [_AUTH_METHODS[0]]
    auth_method = next((method for method in _AUTH_METHODS if method in methods), _AUTH_METHODS[0])
    userinfo = said.get("userinfo_endpoint")
    return Metadata(
        authorization_endpoint=_endpoint(said.get("authorization_endpoint"), provider),
        token_endpoint=_endpoint(said.get("token_endpoint"), provider),
        jwks_uri=_endpoint(said.get("jwks_uri"), provider),
        userinfo_endpoint=_endpoint(userinfo, provider) if userinfo else None,
        auth_method=auth_method if provider.client_secret else "none",
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
        algorithms=algorithms,
    )


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _endpoint(url: Any, provider: Provider) -> str:
    """An address of its own: over TLS, unless the issuer itself is on loopback without."""
    if not (isinstance(url, str) and url.isascii() and url.isprintable() and " " not in url):
        raise ValueError("an address is missing or malformed")
    parts, issuer = urlsplit(url), urlsplit(provider.issuer)
    is_beside = parts.scheme == issuer.scheme == "http" and parts.hostname == issuer.hostname
    if not (parts.hostname and (parts.scheme == "https" or is_beside)) or "@" in parts.netloc or not _port(url):
        raise ValueError("an address is not https")
    return url


def _port(url: str) -> bool:
    """Whether the address can be asked at all; httpx's reading of it is what counts."""
    try:
        return httpx.URL(url).port != 0
    except httpx.InvalidURL:
        return False


def _key(data: Any) -> RSAKey | ECKey | None:
    """A public key that may sign; what can't be read is passed over, since providers name keys of many kinds."""
    kinds: dict[Any, type[RSAKey] | type[ECKey]] = {"RSA": RSAKey, "EC": ECKey}
    if not isinstance(data, dict) or data.get("use", "sig") != "sig" or not isinstance(data.get("kty"), str):
        return None
    kind = kinds.get(data["kty"])
    if kind is None or (kind is RSAKey and not _is_long(data)):
        return None
    try:
        return kind.import_key({name: value for name, value in data.items() if isinstance(value, str)})
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _is_long(data: Mapping[str, Any]) -> bool:
    modulus = data.get("n")
    return isinstance(modulus, str) and len(modulus.rstrip("=")) * 6 >= RSA_BITS
