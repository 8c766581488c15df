"""What the console signs for itself: by SECRET_KEY, and read though an earlier one signed it."""

from typing import cast

from flask import current_app
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

from config import Settings
from services import signatures

signatures.register()


def keys() -> tuple[str, ...]:
    """The keys, as itsdangerous takes them: by the last one it signs."""
    return cast(Settings, current_app.extensions["console_settings"]).signing_keys


def signer(purpose: str) -> URLSafeSerializer:
    """Signs for a purpose, for good.

    Args:
        purpose: what is signed for one is good for no other.
    """
    return URLSafeSerializer(keys(), salt=purpose)


def timed_signer(purpose: str) -> URLSafeTimedSerializer:
    """As `signer`, with the time at which it was."""
    return URLSafeTimedSerializer(keys(), salt=purpose)
