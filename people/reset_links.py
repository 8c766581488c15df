"""Links by which people choose a new password: signed, good for an hour, and for one use.

How long they are good for is Flask-Security's SECURITY_RESET_PASSWORD_WITHIN; see people/accounts.py."""

from types import SimpleNamespace
from typing import Any

from flask import current_app, has_request_context, request, url_for
from flask_security.recoverable import generate_reset_password_token, reset_password_token_status

from config import Settings
from people.accounts import Account


def link_for(account: Any) -> str:
    """A link for a person, whole; it is a credential, and ends with their password or their sign-ins.

    Args:
        account: with `fs_uniquifier`, which all that ends a link renews.
    """
    named = SimpleNamespace(fs_uniquifier=account.fs_uniquifier, password=None)  # its hash would be hashed, for nothing
    return address_of("password_resets.form", token=generate_reset_password_token(named))


def find_account(token: str) -> Account | None:
    """The person whom a link lets choose a password; None where it is not ours, used or too old."""
    is_expired, is_invalid, account = reset_password_token_status(token)
    found: Account | None = None if is_expired or is_invalid or account is None else account
    return found if found is not None and found.active else None


def address_of(endpoint: str, **values: Any) -> str:
    """A page's whole address, at the place where people reach the console.

    Where the settings don't say, it is where this request found it, and on a terminal where web listens.
    """
    settings: Settings = current_app.extensions["console_settings"]
    if has_request_context():
        path = url_for(endpoint, **values)
        base = settings.public_url or request.host_url.rstrip("/")
    else:
        with current_app.test_request_context():
            path = url_for(endpoint, **values)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        base = settings.public_url or f"http://{host}:{settings.port}"
    return base + path
