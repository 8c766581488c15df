"""The console: the first page, on which operators see what is wrong and put it right."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import AdminIndexView, expose

from admin_views import widgets
from admin_views.access import PermittedView, needs
from admin_views.flashes import flash_done
from admin_views.results import parse_id
from admin_views.ways_back import way_back
from extensions import transaction
from models import Base, DeployTrigger, OnboardingSession, Project
from people.accounts import current_actor
from services import deploys, projects
from services.database import DbSession
from services.errors import ConflictError, InvalidInputError
from services.lookups import get_visible
from services.periods import Period
from services.permissions import Permission, require


class ConsoleView(PermittedView, AdminIndexView):
    """The dashboard, its widgets one by one, and the acts that it offers."""

    permission = Permission.SEE_RECORDS

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The whole dashboard, complete without any script."""
        shown = {name: widgets.load_or_say(name) for name in widgets.WIDGETS}
        return self.render("console/index.html", period=widgets.chosen_period(), periods=list(Period), **shown)

    @expose("/widgets/<widget>")
    def widget(self, widget: str) -> ResponseReturnValue:
        """One widget, for the page to put in the place of the older one."""
        if widget not in widgets.WIDGETS:
            abort(404, "There is no such widget.")
        return self.render(f"console/_{widget}.html", **{widget: widgets.load(widget)})

    @expose("/sessions/<session_id>/retry", methods=["POST"])
    @needs(Permission.RETRY_DEPLOY)
    def retry(self, session_id: str) -> ResponseReturnValue:
        """Deploy a session again; those who may override hooks can name another one, for this deploy alone.

        Raises:
            ForbiddenError: the form names a hook, and the person may not.
        """
        if "hook_url" not in request.form:
            return _retry(parse_id(session_id))
        require(current_actor(), Permission.OVERRIDE_HOOK)
        return _retry(parse_id(session_id), _redeploy_to, hook_url=request.form["hook_url"])

    @expose("/retry", methods=["POST"])
    @needs(Permission.RETRY_DEPLOY)
    def retry_chosen(self) -> ResponseReturnValue:
        """Retry the session that was chosen from a list."""
        return _retry(parse_id(request.form.get("session", ""), field="session"))

    @expose("/projects/<project_id>/configure", methods=["POST"])
    @needs(Permission.ADVANCE_PROJECT)
    def configure(self, project_id: str) -> ResponseReturnValue:
        done = "The project is marked as configured."
        return _act(projects.mark_configured, Project, parse_id(project_id), done=done)

    @expose("/open-room")
    def open_room(self) -> ResponseReturnValue:
        """Lead to the room that was chosen from a list."""
        room_id = parse_id(request.args.get("room", ""), field="room")
        return redirect(url_for("records.room", id=room_id), 303)


def _retry(session_id: UUID, redeploy: Callable[..., Any] = deploys.redeploy, **arguments: str) -> ResponseReturnValue:
    return _act(
        redeploy,
        OnboardingSession,
        session_id,
        done="The deploy is queued; its attempt appears here in a moment.",
        trigger=DeployTrigger.OPERATOR,
        default_hook_url=widgets.settings().default_hook_url,
        **arguments,
    )


def _redeploy_to(db: DbSession, session_id: UUID, *, hook_url: str, **arguments: Any) -> None:
    """
    Raises:
        InvalidInputError: no hook is named, so that the session's own would be called instead.
    """
    if not hook_url.strip():
        raise InvalidInputError("Name the hook to deploy to.", field="hook_url")
    deploys.redeploy(db, session_id, hook_url=hook_url, **arguments)


def _act(
    act: Callable[..., Any], model: type[Base], record_id: UUID, *, done: str, **arguments: Any
) -> ResponseReturnValue:
    """Do it, say what came of it, and go back; what is not permitted or not there is an error page instead."""
    actor = current_actor()
    try:
        with transaction(actor) as db:
            get_visible(db, model, record_id, actor)  # what is another's is not found, rather than refused
            act(db, record_id, actor=actor, now=datetime.now(UTC), **arguments)
    except (ConflictError, InvalidInputError) as error:
        flash(error.message, "error")
    else:
        flash_done(done)
    return redirect(way_back(), 303)
