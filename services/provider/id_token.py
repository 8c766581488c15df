"""The token by which the provider says who somebody is: whether all of it is right (OpenID Connect Core, 3.1.3.7)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError

from services.provider.errors import NotLetInError
from services.provider.metadata import ASKED_ANEW_AFTER, Directory
from services.text import is_storable

SKEW_S = 60
"""Seconds by which the provider's clock and ours may differ."""
SUBJECT_LIMIT = 255
"""Characters that a subject may have, as the standard says."""


def check(
    token: str, directory: Directory, *, nonce: str, access_token: str | None, now: datetime
) -> Mapping[str, Any]:
    """What the token claims, once it is known that the provider claims it, to this console, just now, and in this flow.

    Raises:
        NotLetInError: it is forged, for somebody else, of another flow, too old, or not valid yet.
        ProviderAwayError: the provider's keys could not be had.
    """
    provider = directory.provider
    try:
        read = _read(token, directory, now)
        claims = CodeIDToken(
            read.claims,
            read.header,
            {
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
                "sub": {"essential": True},
            },
            {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token},
        )
        claims.validate(now=int(now.timestamp()), leeway=SKEW_S)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _refused(provider.name, error) from error
    if not _is_subject(claims["sub"]):
        raise NotLetInError(_words(provider.name), reason="The token names its person in a way that can't be kept.")
    return dict(claims)


def _read(token: str, directory: Directory, now: datetime) -> jwt.Token:
    algorithms = directory.metadata(now=now).algorithms
    try:
        return jwt.decode(token, directory.keys(now=now), algorithms)
    except InvalidKeyIdError:  # the provider may have a new one
        return jwt.decode(token, directory.keys(now=now, older_than=ASKED_ANEW_AFTER), algorithms)


def _refused(name: str, error: Exception) -> NotLetInError:
    """The class of the error says what was wrong, and its claim which; both are the library's own words."""
    claim = getattr(error, "claim", None)
    about = f", {claim}" if isinstance(claim, str) else ""
    return NotLetInError(_words(name), reason=f"The provider’s token is not good: {type(error).__name__}{about}.")


def _words(name: str) -> str:
    return f"What {name} said of you can’t be trusted, so that nobody was signed in. Try again."


def _is_subject(subject: Any) -> bool:
    return isinstance(subject, str) and 0 < len(subject) <= SUBJECT_LIMIT and is_storable(subject)
