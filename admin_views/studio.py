"""The Studio: where one project's prompt is written."""

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.access import needs
from admin_views.flashes import flash_done
from admin_views.frames import BARE
from admin_views.record_forms import PromptForm
from admin_views.refusals import refusal_of, status_of
from admin_views.results import parse_id
from extensions import db_session
from models import Project
from people.accounts import current_actor
from services import projects, records
from services.database import DbSession
from services.errors import InvalidInputError, StaleError
from services.lookups import get_visible
from services.permissions import Actor, Permission
from services.record_details import StudioDetails


class StudioPages:
    """Mixed into the view of the records' pages."""

    render: Any

    @expose("/studio")
    @expose("/studio/<id>")
    def studio(self, id: str | None = None) -> ResponseReturnValue:
        """The projects that changed last, or those that a title names; with an id, the one project's prompt."""
        if id is None:
            return self._studio_list()
        details = records.get_studio(db_session(), parse_id(id), actor=current_actor())
        project = details.project
        form = PromptForm(prompt_text=project.prompt_text, seen=project.updated_at.isoformat())
        return self._studio(details, form)

    @expose("/studio/<id>/live")
    def studio_live(self, id: str) -> ResponseReturnValue:
        """What the Studio renews of itself: all but the form, in which somebody may write."""
        details = records.get_studio(db_session(), parse_id(id), actor=current_actor())
        return self._studio(details, PromptForm(seen=request.args.get("seen")), frame=BARE)

    @expose("/studio/<id>", methods=["POST"])
    @needs(Permission.EDIT_PROJECT)
    def save_prompt(self, id: str) -> ResponseReturnValue:
        """Replace a project's prompt; where somebody else was faster, show both texts and save neither."""
        project_id, form = parse_id(id), PromptForm(request.form)

        def save(db: DbSession, actor: Actor) -> None:
            get_visible(db, Project, project_id, actor)
            text, seen_at = form.prompt_text.data, form.seen_at
            projects.edit(db, project_id, actor=actor, prompt_text=text, unless_changed_since=seen_at)

        if refusal := refusal_of(save):
            form.refuse(refusal)
            return self._refused(project_id, form, stale=isinstance(refusal, StaleError)), status_of(refusal)
        flash_done("The prompt is saved.")
        return redirect(url_for(".studio", id=project_id), 303)

    def _refused(self, project_id: UUID, form: PromptForm, *, stale: bool) -> str:
        details = records.get_studio(db_session(), project_id, actor=current_actor())
        theirs = details.project if stale else None
        if theirs:
            form.seen.data = theirs.updated_at.isoformat()  # who saves again has seen the newer version
        return self._studio(details, form, theirs=theirs)

    def _studio(self, details: StudioDetails, form: PromptForm, **more: Any) -> str:
        return self.render(
            "console/records/studio.html",
            details=details,
            form=form,
            is_stale=bool(form.seen.data) and form.seen.data != details.project.updated_at.isoformat(),
            live_url=url_for(".studio_live", id=details.project.id, seen=form.seen.data),
            live_kinds="project room",
            **more,
        )

    def _studio_list(self) -> ResponseReturnValue:
        title = request.args.get("q", "")
        try:
            found = records.newest_projects(db_session(), actor=current_actor(), title=title)
        except InvalidInputError as error:
            return self.render("console/records/projects.html", projects=[], q=title, refusal=error.message), 422
        return self.render("console/records/projects.html", projects=found, q=title.strip())
