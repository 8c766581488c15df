"""New passwords as Flask-Security's forms check them: by services.password_rules."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flask import current_app
from flask_security import PasswordUtil, hash_password

from config import Settings
from services import password_rules
from services.errors import InvalidInputError


class Passwords(PasswordUtil):
    """The rules, as Flask-Security asks for them."""

    def normalize(self, password: str) -> str:
        return password_rules.normalize(password)

    def validate(self, password: str, is_register: bool, **known: Any) -> tuple[list[str] | None, str]:
        """What is wrong with a new password, as a list or None, and the password as it is hashed."""
        normalized, user = self.normalize(password), known.get("user")
        names = [getattr(user, name, None) for name in ("email", "name")]
        wrong = password_rules.complaint(normalized, known=names, breached=_breached())
        return [wrong] if wrong else None, normalized


def hash_new(password: str, *, known: Iterable[str | None] = ()) -> str:
    """The hash to keep of a password that somebody chose.

    Args:
        known: what others know of the person: name, address.

    Raises:
        InvalidInputError: it is too short or too easily guessed.
    """
    normalized = password_rules.normalize(password)
    if wrong := password_rules.complaint(normalized, known=known, breached=_breached()):
        raise InvalidInputError(wrong, field="password")
    return str(hash_password(normalized))


def hash_known(password: str) -> str:
    """The hash of a password that everybody may know: the demo's, which no rule is for."""
    return str(hash_password(password_rules.normalize(password)))


def _breached() -> Path | None:
    settings: Settings = current_app.extensions["console_settings"]
    return settings.breached_passwords
