"""Scrubbing: what is written down for people to read loses every secret that this process knows.

Two kinds are known: a few that last as long as the process (its keys, its database's password), and those parts of
hooks that it sealed or opened last.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable

from services import url_secrets
from services.credentials import without_credentials

KEPT = 4_096
"""URLs of hooks, and parts of them, that are remembered, the newest; a worker has at most 1,000 hooks in work."""
LEAST = 6
"""Characters of a secret that is worth taking out; a shorter one stands in too many words."""
_PART = re.compile(r"[\w%~-]{16,}")
"""What a part of a hook's URL is made of. Shorter ones stay outside the hook's own answers: whoever writes a hook's URL
could else choose words that logs and others' answers lose."""
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\^`{|}]*[^\s\"'<>\\^`{|}.,;:!?)\]]", re.IGNORECASE)
_lasting: set[str] = set()
_parts: OrderedDict[str, None] = OrderedDict()


def learn(secrets: Iterable[str | None]) -> None:
    """Remember secrets for as long as the process lives."""
    _lasting.update(secret for secret in secrets if secret and len(secret) >= LEAST)


def learn_hook(url: str) -> None:
    """Remember what is secret of a hook's URL, until many others came after it."""
    for part in (url, *_unmistakable_parts(url)):
        _parts[part] = None
        _parts.move_to_end(part)
    while len(_parts) > KEPT:
        _parts.popitem(last=False)


def without_known(text: str) -> str:
    """The text without the secrets that this process knows, nor credentials in addresses."""
    for secret in _lasting:
        text = text.replace(secret, "…")
    if _parts:
        for pattern in (_ADDRESS, _PART):
            text = pattern.sub(lambda match: "…" if match[0] in _parts else match[0], text)
    return without_credentials(text)


def _unmistakable_parts(url: str) -> set[str]:
    target = url_secrets.target_of(url)
    return set() if target is None else set(filter(_PART.fullmatch, url_secrets.parts_of(target)))
