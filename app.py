"""create_app(settings): the one place where the parts meet."""

from collections.abc import Sequence
from typing import Any

from flask import Flask

import admin_views
import api
import assets
import audit_signals
import cli
import content_security
import error_handlers
import guards
import log_scrubbing
import logins
from commands import audit, views
from config import Settings
from embedded_database import ensure_database_url
from extensions import compress, csrf, database, migrate
from people import (
    accounts,
    acting_guard,
    api_tokens,
    cookies,
    made_for,
    password_tries,
    refused,
    second_step,
    sign_in_provider,
    sign_ins,
)
from services import vault
from services.database_logins import Process
from services.deploys.limits import Limits
from services.engine import ENGINE_OPTIONS
from services.vault import Vault

BEFORE_PEOPLE: Sequence[Any] = (error_handlers, cookies, guards, made_for, csrf, compress, assets)
"""What a request passes first, in this order."""
AFTER_PEOPLE: Sequence[Any] = (
    sign_ins,
    password_tries,
    api_tokens,
    acting_guard,
    second_step,
    sign_in_provider,
    audit_signals,
    refused,
    content_security,
    admin_views,
    api,
    cli,
    audit,
    views,
)
"""What asks who somebody is, in the order in which a request meets it."""


def create_web() -> Flask:
    """The console as it is served: connected by a login of its own, where there is one.

    Raises:
        ConfigError: as of `create_app`.
    """
    settings = Settings.from_environment()
    return create_app(settings, database_url=logins.url_of(settings, Process.WEB))


def create_app(settings: Settings | None = None, *, database_url: str | None = None) -> Flask:
    """The console as a WSGI application.

    Args:
        database_url: None connects as the settings' owner of the database does, as migrations and commands need.

    Raises:
        ConfigError: a setting can't be used, or no database can be started.
    """
    settings = settings or Settings.from_environment()
    log_scrubbing.install(settings)
    app = Flask(__name__, static_folder=None)
    app.config.from_mapping(_flask_settings(settings, database_url or ensure_database_url(settings)))
    app.extensions["console_settings"] = settings
    app.extensions["console_limits"] = Limits.of(settings)
    database.init_app(app)
    migrate.init_app(app, database)
    for part in BEFORE_PEOPLE:
        part.init_app(app)
    accounts.init_security(app)
    for part in AFTER_PEOPLE:
        part.init_app(app)
    return app


def _flask_settings(settings: Settings, database_url: str) -> dict[str, Any]:
    keeper = Vault(settings.hook_keys, secret=settings.secret_key)
    return {
        "DEBUG": False,  # whatever FLASK_DEBUG says, which would have errors tell more
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.older_secret_keys),
        "WTF_CSRF_SECRET_KEY": settings.signing_keys,
        "SQLALCHEMY_DATABASE_URI": database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": ENGINE_OPTIONS | vault.engine_options(keeper),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,  # a token lives as long as its session, so that a form left open still saves
        "COMPRESS_MIMETYPES": ["text/html"],  # files are compressed already, and an ETag of the API must stay as it is
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_STREAMS": False,
        **accounts.SECURITY_CONFIG,
    }
