"""The console's widgets: what each shows, read in the scope of who asks and as the address has it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app, g, request
from sqlalchemy.exc import DBAPIError

from config import Settings
from extensions import db_session
from people.accounts import current_actor
from services import attention, console, funnel, periods, project_health, trends
from services.console import DeployTab
from services.errors import InvalidInputError
from services.periods import Period

log = logging.getLogger("console.web")


@dataclass(frozen=True)
class Broken:
    """In the place of what a widget shows, where it could not be read."""

    request_id: str


def init_app(app: Flask) -> None:
    """Make known to the templates what the widgets' own use."""
    app.jinja_env.tests["part_broken"] = lambda part: isinstance(part, Broken)
    app.jinja_env.filters["span_label"] = periods.label


def settings() -> Settings:
    """The application's settings."""
    found: Settings = current_app.extensions["console_settings"]
    return found


def load(name: str) -> Any:
    """What a widget shows.

    Raises:
        InvalidInputError: the address names a tab or period that does not exist.
    """
    return WIDGETS[name]()


def load_or_say(name: str) -> Any:
    """What a widget shows, or `Broken`: one that takes too long, say, leaves the others as they are.

    Raises:
        InvalidInputError: the address names a tab or period that does not exist.
        DBAPIError: the database is away, so that the others would have nothing to show either.
    """
    try:
        with db_session().begin_nested():
            return load(name)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        log.exception("Request %s: the widget %s could not be read.", g.request_id, name)
        return Broken(g.request_id)


def chosen_period() -> Period:
    """The period that the address names.

    Raises:
        InvalidInputError: there is no such period.
    """
    return periods.parse(request.args.get("period", Period.DAY))


def _attention() -> attention.Attention:
    asked = request.args.get("attention", "")
    if asked not in ("", "all"):
        raise InvalidInputError("What needs attention is shown in short, or all.", field="attention")
    return attention.attention(db_session(), current_actor(), now=datetime.now(UTC), shows_all=asked == "all")


def _funnel() -> funnel.Funnel:
    return funnel.funnel(db_session(), current_actor(), chosen_period(), now=datetime.now(UTC))


def _trends() -> trends.Trends:
    return trends.trends(db_session(), current_actor(), chosen_period(), now=datetime.now(UTC))


def _quick() -> console.QuickActions:
    return console.quick_actions(db_session(), current_actor())


def _onboarding() -> console.LatestSessions:
    return console.latest_sessions(db_session(), current_actor(), default_hook_url=settings().default_hook_url)


def _projects() -> project_health.ProjectHealth:
    return project_health.project_health(db_session(), current_actor(), now=datetime.now(UTC))


def _deploys() -> console.DeployLog:
    return console.deploy_log(db_session(), current_actor(), request.args.get("deploys", DeployTab.ALL))


WIDGETS: dict[str, Callable[[], Any]] = {
    "attention": _attention,
    "funnel": _funnel,
    "trends": _trends,
    "projects": _projects,
    "onboarding": _onboarding,
    "deploys": _deploys,
    "quick": _quick,
}
"""What each widget shows, by its name; its template is console/_<name>.html and knows it under that name."""
