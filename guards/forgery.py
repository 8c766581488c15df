"""The second lock against other sites, beside the tokens of forms: what browsers say of where a request comes from."""

from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request

from config import Settings
from people import refused
from people.accounts import has_bearer

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""What changes nothing."""
FROM_HERE = frozenset({"same-origin", "none"})
"""Fetch Metadata's words for a page of ours, and for a person who asks by hand."""


def init_app(app: Flask) -> None:
    app.before_request(_refuse_foreign)


def _refuse_foreign() -> None:
    """
    Raises:
        Forbidden: a page of another site sends it.
    """
    if request.method in SAFE or has_bearer() or is_from_here():
        return
    refused.note(refused.OTHER_SITE)
    abort(403, "This was sent by a page of another site, so nothing was done. Open the console and do it there.")


def is_from_here() -> bool:
    """Whether the browser says that a page of ours sends the request, or says nothing.

    `Sec-Fetch-Site` is believed first: browsers send it to secure origins alone, and no page can set it. Without it,
    `Origin` has to name this host. Programs and old browsers send neither, and have to know the form's token anyway.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in FROM_HERE
    origin = request.headers.get("Origin")
    return origin is None or _is_ours(origin)


def _is_ours(origin: str) -> bool:
    settings: Settings = current_app.extensions["console_settings"]
    if origin == settings.public_url:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    # Not the scheme: behind a proxy that says nothing of it, the console takes https for http.
    return parts.scheme in ("http", "https") and parts.netloc.lower() == request.host.lower()
