"""The settings that are keys: what signs, what seals, and what the console makes for itself where nobody sets any."""

import os
import secrets
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path

from settings.items import items

FERNET_BYTES = 32
"""What a key of Fernet has."""
WEBHOOK_SECRET_BYTES = range(24, 65)
"""What the Standard Webhooks specification asks for."""


def webhook_secrets(environ: Mapping[str, str]) -> tuple[str, ...]:
    """`WEBHOOK_SECRETS`: what each POST is signed with.

    Raises:
        ValueError: one is no such secret.
    """
    given = items(environ, "WEBHOOK_SECRETS")
    for place, secret in enumerate(given, start=1):
        if not _is_webhook_secret(secret):
            raise ValueError(
                "WEBHOOK_SECRETS must be secrets with commas between them, each whsec_ and then "
                f"{WEBHOOK_SECRET_BYTES.start} to {WEBHOOK_SECRET_BYTES.stop - 1} bytes in base64; "
                f"number {place} is not."
            )
    return given


def _is_webhook_secret(text: str) -> bool:
    try:
        bare = text.removeprefix("whsec_").rstrip("=")
        key = b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except ValueError:
        return False
    return text.startswith("whsec_") and len(key) in WEBHOOK_SECRET_BYTES


def secret_key(environ: Mapping[str, str], data_dir: Path, *, needed: bool) -> str:
    """`SECRET_KEY`; where none is `needed`, the one that is kept in `data_dir`.

    Raises:
        ValueError: it is missing or too short, or the kept one can't be used.
    """
    if key := environ.get("SECRET_KEY"):
        if len(key) < 32:
            raise ValueError("SECRET_KEY must have at least 32 characters.")
        return key
    if needed:
        raise ValueError("SECRET_KEY must be set where DATABASE_URL is.")
    return _kept_key(data_dir / "secret_key", lambda: secrets.token_urlsafe(48))


def older_secret_keys(environ: Mapping[str, str]) -> tuple[str, ...]:
    """`SECRET_KEY_FALLBACKS`, the newest first.

    Raises:
        ValueError: one is too short, or there is no SECRET_KEY beside them.
    """
    keys = items(environ, "SECRET_KEY_FALLBACKS")
    if keys and not environ.get("SECRET_KEY"):
        raise ValueError("SECRET_KEY must be set where SECRET_KEY_FALLBACKS is.")
    if any(len(key) < 32 for key in keys):
        raise ValueError(
            "SECRET_KEY_FALLBACKS must be earlier values of SECRET_KEY with commas between them, the newest first, "
            "each at least 32 characters."
        )
    return keys


def hook_keys(environ: Mapping[str, str], data_dir: Path, *, needed: bool) -> tuple[str, ...]:
    """`HOOK_KEYS`, the newest first; where none are `needed`, the one that is kept in `data_dir`.

    Raises:
        ValueError: they are missing, one is no key, or the kept one can't be used.
    """
    named = environ.get("HOOK_KEYS")
    if needed and not named:
        raise ValueError("HOOK_KEYS must be set where DATABASE_URL is; `openssl rand -base64 32 | tr +/ -_` makes one.")
    text = named or _kept_key(data_dir / "hook_keys", lambda: urlsafe_b64encode(os.urandom(FERNET_BYTES)).decode())
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    for place, key in enumerate(keys, start=1):
        if not _is_fernet_key(key):
            raise ValueError(
                f"HOOK_KEYS must be keys with commas between them, the newest first, each {FERNET_BYTES} bytes in "
                f"URL-safe base64; number {place} is not."
            )
    return keys


def _is_fernet_key(text: str) -> bool:
    try:
        return len(urlsafe_b64decode(text)) == FERNET_BYTES
    except ValueError:
        return False


def _kept_key(path: Path, make: Callable[[], str]) -> str:
    """The key in the file, made at first use and readable by its owner only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip() or _refuse_empty(path)
        with os.fdopen(descriptor, "w") as file:
            key = make()
            file.write(key)
            return key
    except OSError as error:
        raise ValueError(f"{path} can't be used: {error.strerror}.") from error


def _refuse_empty(path: Path) -> str:
    raise ValueError(f"{path} is empty; delete it and a new key is made.")
