"""Deploy hook URLs: which one a session calls, what is a usable one, and how it may be shown."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from services import url_secrets
from services.errors import InvalidInputError

URL_LIMIT = 2048
"""Characters; browsers and proxies rarely carry more (RFC 9110 asks recipients for at least 8,000 octets)."""
HOST_LIMIT = 253
"""Characters that a name has in the DNS at most (RFC 1035, section 2.3.4, as text); an index holds no endless one."""
SHOWN_TAIL = 4
SHOWN_OF = 8
"""Characters that the last part of a URL needs for its last four to be shown."""
STRENGTH = 12
"""Characters that all its secret parts need together for that."""

_HOST = re.compile(r"[^:]*://([^/?#\\]*)")
_SIGNS = re.compile(r"[/?#&=;:.,]")
_USUAL_PORT = re.compile(r"\.?(:(80|443))?\Z")


def resolve(
    requested: str | None, survey: Mapping[str, Any], session_url: str | None, default: str | None
) -> str | None:
    """The first of the four that is set: with the request, the survey's override, the session's, the setting's.

    Raises:
        InvalidInputError: the one that counts is no usable URL.
    """
    override = survey.get("vercelHookOverride") if isinstance(survey, Mapping) else None  # others write it too
    for candidate in (requested, override if isinstance(override, str) else None, session_url, default):
        if candidate and candidate.strip():
            return parse(candidate)
    return None


@lru_cache(maxsize=1_000)
def parse(url: str) -> str:
    """The URL, trimmed, if it can be POSTed to. What was parsed is kept: a list asks for each of its rows' hooks.

    Raises:
        InvalidInputError: it or its host is too long, it is not http(s), has no host, a bad port, credentials or
            control characters.
    """
    url = url.strip()
    if len(url) > URL_LIMIT:
        raise InvalidInputError(f"A hook URL has at most {URL_LIMIT:,} characters.", field="hookUrl")
    if any(character <= " " or character == "\x7f" for character in url):
        raise InvalidInputError("A hook URL has no spaces or control characters.", field="hookUrl")
    parts = _split(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidInputError("A hook URL begins with https:// or http:// and names a host.", field="hookUrl")
    if len(parts.hostname.rstrip(".")) > HOST_LIMIT:
        raise InvalidInputError(f"The name of a host has at most {HOST_LIMIT} characters.", field="hookUrl")
    if parts.username is not None or parts.password is not None:
        raise InvalidInputError("A hook URL carries no user name or password.", field="hookUrl")
    return url


def mask(url: str) -> str:
    """Scheme and host, and the last four characters where the secret is long enough to keep its strength."""
    url = url.translate(dict.fromkeys(map(ord, "\t\r\n")))  # as urlsplit does, or its host is not found again
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, f":{parts.port}" if parts.port else ""
    except ValueError:
        return "…"
    if not host:
        return "…"
    secret = url.partition("://")[2].partition(parts.netloc)[2].lstrip("/")
    if not secret:
        return f"{parts.scheme}://{host}{port}"
    return f"{parts.scheme}://{host}{port}/…{_tail(secret)}"


def _tail(secret: str) -> str:
    """The last four characters; none where what is left of the parts that may be secret would be too little."""
    parts = _SIGNS.split(secret)
    strength = sum(len(part) for part in parts if url_secrets.may_be_secret(part))
    return secret[-SHOWN_TAIL:] if len(parts[-1]) >= SHOWN_OF and strength >= STRENGTH else ""


def host_of(url: str) -> str:
    """What limits, pauses and the circuit breaker go by: the host, with its port where that is no usual one."""
    named = _HOST.match(url)
    return _USUAL_PORT.sub("", named[1].lower(), count=1) if named else ""


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for a port that is no number or out of range
    except ValueError as error:
        raise InvalidInputError("This is not a URL.", field="hookUrl") from error
    return parts
