"""Scrubbing: what is written down for people to read loses every secret that this process knows.

Two kinds are known: a few that last as long as the process (its keys, its database's password), and those parts of
hooks that it sealed or opened last. What else looks like a secret is taken out of logs by its shape.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable
from urllib.parse import unquote

from services.credentials import without_credentials
from services.deploys import hooks

HOOKS_KEPT = 4_096
"""Parts of hooks that are remembered, the newest; a worker has at most 1,000 hooks in work."""
LEAST = 6
"""Characters of a secret that is worth taking out; a shorter one stands in too many words."""
_PART = re.compile(r"[\w%~-]{16,}")
"""What a secret part of a hook's URL is made of. Shorter ones, and words, stay: other answers need them."""
_URL = re.compile(r"https?://[^\s\"'<>\\^`{|}]+", re.IGNORECASE)
_SHAPES = (
    (re.compile(r"\b(Bearer|Basic|Token)\s+[\w.~+/=-]{6,}", re.IGNORECASE), r"\1 …"),
    (re.compile(r"\bwhsec_[\w+/=-]+"), "…"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*|[\w-]{20,}\.[\w-]{5,}\.[\w-]{20,}"), "…"),
    (re.compile(r"\bgAAAAA[\w=-]{40,}"), "…"),
    (re.compile(r"((?:passw(?:or)?d|secret|token|api_?key)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;)]{6,}", re.I), r"\1…"),
)
"""Credentials of requests, secrets of signatures, signed tokens, sealed hooks, and what is named a secret."""

_lasting: set[str] = set()
_parts: OrderedDict[str, None] = OrderedDict()


def learn(secrets: Iterable[str | None]) -> None:
    """Remember secrets for as long as the process lives."""
    _lasting.update(secret for secret in secrets if secret and len(secret) >= LEAST)


def learn_hook(url: str) -> None:
    """Remember what is secret of a hook's URL, until many others came after it."""
    for part in _secret_parts(url):
        _parts[part] = None
        _parts.move_to_end(part)
    while len(_parts) > HOOKS_KEPT:
        _parts.popitem(last=False)


def without_known(text: str) -> str:
    """The text without the secrets that this process knows, nor credentials in addresses."""
    for secret in _lasting:
        text = text.replace(secret, "…")
    if _parts:
        text = _PART.sub(lambda match: "…" if match[0] in _parts else match[0], text)
    return without_credentials(text)


def without_secrets(text: str) -> str:
    """As `without_known`, and without all that looks like a secret: what a log may hold.

    Of an address scheme and host are left, and the last four characters, as wherever hooks are shown.
    """
    text = _URL.sub(lambda match: hooks.mask(match[0]), without_known(text))
    for shape, instead in _SHAPES:
        text = shape.sub(instead, text)
    return text


def _secret_parts(url: str) -> set[str]:
    _, _, rest = url.partition("://")
    _, _, target = rest.partition("/")
    found = set(_PART.findall(target)) | set(_PART.findall(unquote(target)))
    return {part for part in found if not (part.isalpha() and part.islower())}
