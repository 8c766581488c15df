"""What may be shown of values that hold secrets: one rule for pages, exports, the API and the audit trail."""

import re
from itertools import islice
from typing import Any

from services.credentials import without_credentials as without_credentials
from services.deploys.hooks import mask

HIDDEN = "•••"
"""What stands in the place of a secret."""
DEPTH = 50
"""Levels of one JSON value that are shown; other programs may have stored any number."""

_SECRET_KEY = re.compile(
    r"hook|secret|passw|passphrase|token|credential|authorization|env_?config"
    r"|(api|private|access|deploy|signing|encryption)[ _-]?keys?$",
    re.IGNORECASE,
)
_MASKED_HOOK = re.compile(r"https?://[^\s/@]+/….{0,4}")


def without_secrets(value: Any, key: str = "", *, depth: int = DEPTH, entries: int | None = None) -> Any:
    """JSON as it may be shown: nothing under a key that speaks of hooks, tokens or passwords, at any level below it.

    Args:
        key: the name under which the value is kept.
        depth: levels that are shown; what lies deeper is cut.
        entries: how many entries of one list or object are shown; null for all.
    """
    return _shown(value, is_secret_key(key), depth, entries)


def without_values(environment: Any) -> Any:
    """An environment's names, each with a hidden value; what is stored as another shape is hidden whole."""
    return dict.fromkeys(environment, HIDDEN) if isinstance(environment, dict) else hidden(environment)


def hidden(value: Any) -> str | None:
    """That there is a value, and nothing of it."""
    return None if value is None else HIDDEN


def key_ending(last_four: str | None) -> str | None:
    """An API key as its owner knows it again: the four characters that are kept of it, after dots for the rest."""
    return f"•••• {last_four}" if last_four else None


def is_secret_key(key: Any) -> bool:
    """Whether what JSON keeps under this key, and below it, is hidden."""
    return _SECRET_KEY.search(str(key)) is not None


def _shown(value: Any, is_secret: bool, depth: int, entries: int | None) -> Any:
    if isinstance(value, dict | list) and depth <= 0:
        return "…"
    if isinstance(value, dict):
        return {
            name: _shown(entry, is_secret or is_secret_key(name), depth - 1, entries)
            for name, entry in islice(value.items(), entries)
        }
    if isinstance(value, list):
        return [_shown(entry, is_secret, depth - 1, entries) for entry in islice(value, entries)]
    if is_secret:
        return _hidden_secret(value)
    return without_credentials(value) if isinstance(value, str) else value


def _hidden_secret(value: Any) -> Any:
    """A hook's URL keeps what tells it apart; that something is or is not there is no secret."""
    if value is None or isinstance(value, bool):
        return value
    if not isinstance(value, str) or "://" not in value:
        return HIDDEN
    return value if _MASKED_HOOK.fullmatch(value) else mask(value)
