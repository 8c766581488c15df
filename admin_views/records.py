"""The pages of single records: everything about one session, project, deploy or room, and what can be done with it."""

from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin_views import copies, record_facts
from admin_views.access import PermittedView, needs
from admin_views.attempt_pages import LIMIT_MS, AttemptPages
from admin_views.flashes import flash_done
from admin_views.form_converter import choices_of
from admin_views.frames import BARE
from admin_views.record_forms import MoveForm, RoomPageForm
from admin_views.refusals import carry_out, refusal_of, status_of
from admin_views.results import parse_id
from admin_views.studio import StudioPages
from extensions import db_session
from models import Deploy, Project
from people.accounts import current_actor
from services import deploys, projects, records, rooms
from services.database import DbSession
from services.deploys import gone, holds
from services.errors import InvalidInputError, StaleError
from services.lookups import get_visible
from services.permissions import Actor, Permission, can
from services.record_details import RoomDetails
from services.timeline import Show
from services.transitions import words


class RecordsView(PermittedView, AttemptPages, StudioPages, BaseView):
    """A page for each session, project, deploy, attempt and room, found through the lists and the console."""

    permission: ClassVar[Permission] = Permission.SEE_RECORDS

    def is_visible(self) -> bool:
        """Pages of single records have no place in the navigation."""
        return False

    @expose("/sessions/<id>")
    def session(self, id: str) -> ResponseReturnValue:
        """A session, its answers, and all that came of it."""
        return self._session(parse_id(id))

    @expose("/sessions/<id>/live")
    def session_live(self, id: str) -> ResponseReturnValue:
        """What a session's page renews of itself."""
        return self._session(parse_id(id), frame=BARE)

    def _session(self, session_id: UUID, **more: Any) -> str:
        show = _shown()
        details = records.get_session(
            db_session(),
            session_id,
            actor=current_actor(),
            default_hook_url=current_app.extensions["console_settings"].default_hook_url,
            show=show,
        )
        return self.render(
            "console/records/session.html",
            details=details,
            answers=record_facts.answers(details.session),
            chosen_template=record_facts.template_of(details.session),
            survey=record_facts.survey(details.session),
            response=record_facts.newest_response(details.session),
            why_gone=details.gone and gone.why_not(details.gone),
            **_about("session", session_id, show, "session deploy attempt project"),
            **more,
        )

    @expose("/projects/<id>")
    def project(self, id: str) -> ResponseReturnValue:
        """A project, its configuration, its rooms, and the moves that are open."""
        return self._project(parse_id(id), MoveForm())

    @expose("/projects/<id>/live")
    def project_live(self, id: str) -> ResponseReturnValue:
        """What a project's page renews of itself."""
        return self._project(parse_id(id), MoveForm(), frame=BARE)

    @expose("/projects/<id>/move", methods=["POST"])
    @needs(Permission.ADVANCE_PROJECT)
    def move_project(self, id: str) -> ResponseReturnValue:
        """Take a project to another status."""
        project_id, form = parse_id(id), MoveForm(request.form)

        def move(db: DbSession, actor: Actor) -> None:
            get_visible(db, Project, project_id, actor)
            reason = form.reason.data
            projects.move(db, project_id, form.status, actor=actor, now=datetime.now(UTC), reason=reason)

        if refusal := refusal_of(move):
            form.refuse(refusal)
            return self._project(project_id, form), status_of(refusal)
        flash_done(f"The project is {words(form.status)} now.")
        return redirect(url_for(".project", id=project_id), 303)

    @expose("/deploys/<id>")
    def deploy(self, id: str) -> ResponseReturnValue:
        """A deploy and each of its attempts."""
        return self._deploy(parse_id(id))

    @expose("/deploys/<id>/live")
    def deploy_live(self, id: str) -> ResponseReturnValue:
        """What a deploy's page renews of itself."""
        return self._deploy(parse_id(id), frame=BARE)

    @expose("/deploys/<id>/retry", methods=["POST"])
    @needs(Permission.RETRY_DEPLOY)
    def retry_deploy(self, id: str) -> ResponseReturnValue:
        """Queue a dead-lettered deploy again."""
        return self._act_on_deploy(parse_id(id), deploys.retry, done="The deploy is queued again.")

    @expose("/deploys/<id>/cancel", methods=["POST"])
    @needs(Permission.CANCEL_DEPLOY)
    def cancel_deploy(self, id: str) -> ResponseReturnValue:
        """Give up a deploy that waits."""
        return self._act_on_deploy(parse_id(id), deploys.cancel, done="The deploy is cancelled.")

    @expose("/rooms/<id>")
    def room(self, id: str) -> ResponseReturnValue:
        """A room, what it shows, and who is in it."""
        details = records.get_room(db_session(), parse_id(id), actor=current_actor())
        state = details.room.state
        return self._room(
            details,
            RoomPageForm(
                name=details.room.name,
                current_prompt_text=state and state.current_prompt_text,
                selected_combo_type=(state and state.selected_combo_type) or "",
                seen=rooms.version(details.room),
            ),
        )

    @expose("/rooms/<id>/live")
    def room_live(self, id: str) -> ResponseReturnValue:
        """What a room's page renews of itself: all but the form, in which somebody may write."""
        details = records.get_room(db_session(), parse_id(id), actor=current_actor())
        return self._room(details, RoomPageForm(seen=request.args.get("seen")), frame=BARE)

    @expose("/rooms/<id>", methods=["POST"])
    @needs(Permission.EDIT_ROOM)
    def save_room(self, id: str) -> ResponseReturnValue:
        """Change a room's name, prompt or combo."""
        room_id, form = parse_id(id), RoomPageForm(request.form)

        def save(db: DbSession, actor: Actor) -> None:
            rooms.get_room(db, room_id, actor=actor)
            rooms.edit(db, room_id, form.fields, actor=actor, seen_version=form.seen_version)

        if refusal := refusal_of(save):
            form.refuse(refusal)
            details = records.get_room(db_session(), room_id, actor=current_actor())
            theirs = details.room if isinstance(refusal, StaleError) else None
            if theirs:
                form.seen.data = rooms.version(theirs)
            return self._room(details, form, theirs=theirs), status_of(refusal)
        flash_done("The room is saved.")
        return redirect(url_for(".room", id=room_id), 303)

    def _project(self, project_id: UUID, form: MoveForm, **more: Any) -> str:
        show = _shown()
        details = records.get_project(db_session(), project_id, actor=current_actor(), show=show)
        form.to.choices = choices_of(details.jumps)
        config = details.project.config
        return self.render(
            "console/records/project.html",
            details=details,
            form=form,
            configuration=record_facts.configuration(config) if config else [],
            variables=record_facts.environment(config) if config else [],
            edit_config_url=_edit_config_url(details.project),
            **_about("project", project_id, show, "project session deploy attempt room"),
            **more,
        )

    def _act_on_deploy(self, deploy_id: UUID, act: Any, *, done: str) -> ResponseReturnValue:
        def run(db: DbSession, actor: Actor) -> None:
            get_visible(db, Deploy, deploy_id, actor)
            act(db, deploy_id, actor=actor, now=datetime.now(UTC))

        to = url_for(".deploy", id=deploy_id)
        return carry_out(run, done=done, to=to, show=lambda refusal: self._deploy(deploy_id, refusal=refusal.message))

    def _deploy(self, deploy_id: UUID, **more: Any) -> str:
        show = _shown()
        details = records.get_deploy(db_session(), deploy_id, actor=current_actor(), show=show)
        limits = current_app.extensions["console_limits"]
        held_by = holds.of_deploy(db_session(), details.deploy, limits=limits, now=datetime.now(UTC))
        return self.render(
            "console/records/deploy.html",
            details=details,
            held_by=held_by,
            why_gone=details.gone and gone.why_not(details.gone),
            limit_ms=LIMIT_MS,
            **_about("deploy", deploy_id, show, "deploy attempt session recovery"),
            **more,
        )

    def _room(self, details: RoomDetails, form: RoomPageForm, **more: Any) -> str:
        return self.render(
            "console/records/room.html",
            details=details,
            form=form,
            is_stale=bool(form.seen.data) and form.seen.data != rooms.version(details.room),
            live_url=url_for(".room_live", id=details.room.id, seen=form.seen.data),
            live_kinds="room room_state project",
            copies=copies.of_record("room", details.room.id),
            **more,
        )


def _shown() -> Show:
    """Which part of the timeline the page's address asks for.

    Raises:
        InvalidInputError: there is no such part.
    """
    try:
        return Show(request.args.get("timeline", Show.ALL))
    except ValueError:
        raise InvalidInputError(f"The timeline shows {', '.join(Show)}.", field="timeline") from None


def _about(kind: str, record_id: UUID, show: Show, kinds: str) -> dict[str, Any]:
    """From where a page renews itself, whenever records of which kinds change, and what can be copied of it."""
    chosen = {} if show is Show.ALL else {"timeline": show}
    return {
        "live_url": url_for(f".{kind}_live", id=record_id, **chosen),
        "live_kinds": kinds,
        "show": show,
        "copies": copies.of_record(kind, record_id),
    }


def _edit_config_url(project: Project) -> str | None:
    """The form for its configuration, which leads back here; None where there is none, or not for this person."""
    if project.config is None or not can(current_actor(), Permission.EDIT_CONFIG, owner_id=project.owner_id):
        return None
    back = url_for("records.project", id=project.id)
    return url_for("project_config.edit_view", id=project.config.id, url=back)


RecordsView._default_view = "studio"
"""Flask-Admin asks each view for a first page; all others need an id."""
