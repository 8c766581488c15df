"""What programs see: JSON resources under /api, described by OpenAPI."""

from flask import Flask, Response

from api import deliveries, deploys, docs, events, failure_groups, health, projects, recoveries, sessions, summary
from api.operations import blueprint
from api.paths import RecoveryConverter
from extensions import csrf

__all__ = [
    "deliveries",
    "deploys",
    "docs",
    "events",
    "failure_groups",
    "health",
    "init_app",
    "projects",
    "recoveries",
    "sessions",
    "summary",
]


def init_app(app: Flask) -> None:
    """Register the API and the health endpoints."""
    csrf.exempt(blueprint)  # api.access checks it, where the sender is known by a cookie
    app.url_map.converters["recovery"] = RecoveryConverter
    app.register_blueprint(blueprint)
    events.init_app(app)


@blueprint.after_request
def _keep_private(response: Response) -> Response:
    """An answer is for the one who asked: no cache may keep it."""
    response.headers["Cache-Control"] = "no-store"
    return response
