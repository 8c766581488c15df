"""Cookies: over TLS they are sent over TLS alone, and can't be set by a neighbour (`__Host-`)."""

from hashlib import sha256
from typing import Any

from flask import Flask, current_app, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_security import user_authenticated

from config import Settings

PREFIX = "__Host-"
"""What browsers take only with Secure, from this very host, for all of it (RFC 6265bis, 4.1.3.2)."""


class Sessions(SecureCookieSessionInterface):
    """The signed cookie, named and guarded as the connection lets."""

    digest_method = staticmethod(sha256)

    def get_cookie_name(self, app: Flask) -> str:
        return name_of("session")

    def get_cookie_secure(self, app: Flask) -> bool:
        return is_over_tls()


def init_app(app: Flask) -> None:
    app.session_interface = Sessions()
    user_authenticated.connect(_forget_forms, app)


def is_over_tls() -> bool:
    """Whether people reach the console over TLS: PUBLIC_URL says so, or the proxy does of this request."""
    settings: Settings = current_app.extensions["console_settings"]
    return (settings.public_url or "").startswith("https://") or request.is_secure


def name_of(name: str) -> str:
    """What the cookie is called on this connection."""
    return PREFIX + name if is_over_tls() else name


def keep(response: Any, name: str, value: str, *, max_age_s: int, for_scripts: bool = False) -> None:
    """Have the browser keep a value, hidden from scripts unless they need it."""
    response.set_cookie(
        name_of(name),
        value,
        max_age=max_age_s,
        httponly=not for_scripts,
        secure=is_over_tls(),
        samesite="Lax",
    )


def _forget_forms(sender: Flask, **known: Any) -> None:
    """Who signs in gets tokens for forms that nobody knew before: whoever planted the cookie knew the old ones."""
    session.pop(sender.config["WTF_CSRF_FIELD_NAME"], None)
