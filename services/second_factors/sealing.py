"""What lies in the database, or goes to a browser and back, and must be read and written by the console alone."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"console: second factors"


def seal_of(*secret_keys: str) -> MultiFernet:
    """What the setting `SECRET_KEY` gives for second factors, and for nothing else (RFC 5869).

    Args:
        secret_keys: what it is, which seals, and what it was before, which still opens.
    """
    return MultiFernet([_key_of(secret_key) for secret_key in secret_keys])


def _key_of(secret_key: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(key))


def write(seal: MultiFernet, content: Mapping[str, Any], *, now: datetime) -> str:
    """The content, encrypted and signed, with the time at which it was."""
    return seal.encrypt_at_time(json.dumps(content).encode(), int(now.timestamp())).decode()


def read(seal: MultiFernet, sealed: str, *, now: datetime, for_s: int | None = None) -> dict[str, Any] | None:
    """What was sealed; None where it was not by this key, or, with `for_s`, longer ago than so many seconds."""
    token = sealed.encode("utf-8", "replace")
    try:
        content = seal.decrypt(token) if for_s is None else seal.decrypt_at_time(token, for_s, int(now.timestamp()))
    except InvalidToken:
        return None
    read: dict[str, Any] = json.loads(content)
    return read
