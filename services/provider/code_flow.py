"""The authorization code flow, with PKCE: where browsers are sent, and what their codes are worth."""

import secrets
from collections.abc import Generator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.client import OAuth2Client

from services.provider import claims, id_token, wire
from services.provider.errors import NotLetInError, ProviderAwayError
from services.provider.metadata import Directory, Metadata
from services.provider.terms import Person

CODE_LIMIT = 4_000
"""Characters that a code may have."""


@dataclass(frozen=True)
class Flow:
    """What is remembered of a flow that has begun, and must fit what comes back."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Flow":
        """One that nobody can guess."""
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Flow":
        """As it was kept by `asdict`."""
        return cls(str(kept["state"]), str(kept["nonce"]), str(kept["verifier"]))

    def kept(self) -> dict[str, str]:
        return asdict(self)


class _HttpxAuth(httpx.Auth, ClientAuth):  # type: ignore[misc]  # Authlib has no types
    """How the console proves to the provider who it is, as Authlib writes it and as httpx asks for it."""

    requires_request_body = True

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        url, headers, body = self.prepare(request.method, str(request.url), request.headers, request.content)
        headers.pop("Content-Length", None)
        yield httpx.Request(request.method, url, headers=headers, content=body)


class _Client(OAuth2Client):  # type: ignore[misc]
    """Authlib's client on an httpx session; its own for that wants another httpx, and is being given up."""

    client_auth_class = _HttpxAuth


def address(directory: Directory, flow: Flow, *, redirect_uri: str, asks_anew: bool, now: datetime) -> str:
    """Where the browser is sent.

    Args:
        asks_anew: have the provider ask who it is, whoever it knows the browser's person to be.

    Raises:
        ProviderAwayError: it does not say where.
    """
    metadata = directory.metadata(now=now)
    anew = {"prompt": "login", "max_age": "0"} if asks_anew else {}
    url, _ = _client(None, directory, metadata, redirect_uri).create_authorization_url(
        metadata.authorization_endpoint, state=flow.state, code_verifier=flow.verifier, nonce=flow.nonce, **anew
    )
    return str(url)


def finish(
    directory: Directory, flow: Flow, code: str, *, named: str | None, redirect_uri: str, now: datetime
) -> Person:
    """Who it is that comes back with a code.

    Args:
        named: who the provider says that it is, as it sends the browser back.

    Raises:
        NotLetInError: the code is not good, or what the provider says for it.
        ProviderAwayError: it does not answer.
    """
    provider, metadata = directory.provider, directory.metadata(now=now)
    if named != provider.issuer and (named is not None or metadata.names_itself):
        raise NotLetInError(_refusal(provider.name), reason="The answer came from another provider.")
    with wire.client(limit_s=directory.limit_s) as session:
        answer = _exchange(_client(session, directory, metadata, redirect_uri), directory, metadata, flow, code)
        access_token = answer.get("access_token")
        access_token = access_token if isinstance(access_token, str) else None
        said = id_token.check(
            str(answer.get("id_token", "")), directory, nonce=flow.nonce, access_token=access_token, now=now
        )
        if access_token and metadata.userinfo_endpoint and claims.lacks(said, provider):
            said = _more(session, metadata.userinfo_endpoint, access_token, said)
    return claims.person(said, provider)


def _client(session: httpx.Client | None, directory: Directory, metadata: Metadata, redirect_uri: str) -> _Client:
    provider = directory.provider
    return _Client(
        session,
        provider.client_id,
        provider.client_secret or None,
        token_endpoint_auth_method=metadata.auth_method,
        scope=provider.scopes,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
    )


def _exchange(client: _Client, directory: Directory, metadata: Metadata, flow: Flow, code: str) -> Mapping[str, Any]:
    name = directory.provider.name
    if not (code.isascii() and code.isprintable() and 0 < len(code) <= CODE_LIMIT):
        raise NotLetInError(_refusal(name), reason="The code that came back is no code.")
    try:
        answer = client.fetch_token(
            metadata.token_endpoint, grant_type="authorization_code", code=code, code_verifier=flow.verifier
        )
    except AuthlibBaseError as error:
        raise NotLetInError(_refusal(name), reason="The provider did not take the code.") from error
    except (httpx.HTTPError, ValueError, TypeError, RecursionError) as error:
        raise ProviderAwayError(name, f"It gave no answer for the code: {type(error).__name__}.") from error
    return dict(answer)


def _more(session: httpx.Client, url: str, access_token: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """The claims, with those that the provider says on another question: about the same person, or they don't count."""
    try:
        more = wire.json_of(session.get(url, headers={"Authorization": f"Bearer {access_token}"}))
    except (httpx.HTTPError, ValueError):
        return said
    return {**more, **said} if more.get("sub") == said["sub"] else said


def _refusal(name: str) -> str:
    return f"{name} did not confirm who you are, so that nobody was signed in. Try again."
