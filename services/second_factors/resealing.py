"""Sealing the keys of authenticator apps anew: under the present SECRET_KEY, so that the earlier one may go."""

from dataclasses import dataclass

from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy import select

from models import AuthenticatorApp
from services.database import DbSession
from services.second_factors import sealing


@dataclass(frozen=True)
class Count:
    """How many authenticator apps there are, by what opens their keys."""

    present: int
    """SECRET_KEY."""
    earlier: int
    """One of SECRET_KEY_FALLBACKS."""
    lost: int
    """Neither: these people need their second factor reset."""


def seal_apps(db: DbSession, *secret_keys: str) -> int:
    """Seal what an earlier key sealed anew, and leave what none opens; how many these were.

    Args:
        secret_keys: as `sealing.seal_of` takes them.
    """
    newest, all_keys, sealed = sealing.seal_of(secret_keys[0]), sealing.seal_of(*secret_keys), 0
    for app in db.scalars(select(AuthenticatorApp).with_for_update()):
        if not _opens(newest, app.secret) and _opens(all_keys, app.secret):
            app.secret = all_keys.rotate(app.secret).decode()
            sealed += 1
    db.flush()
    return sealed


def count(db: DbSession, *secret_keys: str) -> Count:
    """How it stands."""
    newest, all_keys = sealing.seal_of(secret_keys[0]), sealing.seal_of(*secret_keys)
    opened = [
        (_opens(newest, secret), _opens(all_keys, secret)) for secret in db.scalars(select(AuthenticatorApp.secret))
    ]
    present, known = (sum(column) for column in zip(*opened, strict=True)) if opened else (0, 0)
    return Count(present, known - present, len(opened) - known)


def _opens(seal: MultiFernet, sealed: str) -> bool:
    try:
        seal.decrypt(sealed)
    except InvalidToken:
        return False
    return True
