"""The names that the console answers to: a made-up `Host` is refused before any link is made of it."""

import re
from functools import lru_cache

from flask import Flask, abort, current_app, request

from config import Settings
from people import refused

OPEN = frozenset({"/healthz", "/readyz"})
"""What supervisors ask for by address, and what says nothing of where it is."""
_HOST = re.compile(r"(?P<name>[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?|\[[0-9a-f:.]+\])(:\d{1,5})?", re.I | re.ASCII)


def init_app(app: Flask) -> None:
    app.before_request(_refuse_foreign)


def _refuse_foreign() -> None:
    """
    Raises:
        BadRequest: the request asks for a host that this is not.
    """
    host = request.environ.get("HTTP_HOST", "")
    settings: Settings = current_app.extensions["console_settings"]
    if request.path not in OPEN and not is_ours(host, settings.trusted_hosts):
        refused.note(refused.OTHER_HOST)
        abort(400, "The console has another name. Whoever runs it sets PUBLIC_URL or TRUSTED_HOSTS.")


@lru_cache(maxsize=64)
def is_ours(host: str, trusted: tuple[str, ...]) -> bool:
    """Whether it can be a host at all, and is one of the trusted ones, whatever its port; all are where none is."""
    match = _HOST.fullmatch(host)
    if match is None or not trusted:
        return match is not None
    name = "." + match["name"].lower().removesuffix(".")
    return any(name.endswith(one.lower()) if one[0] == "." else name == f".{one.lower()}" for one in trusted)
