"""The pages of bulk jobs: preview and confirm one, follow it, cancel it, retry what failed, undo what was done."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID, uuid4

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin_views.access import PermittedView, needs
from admin_views.list_filters import OF_ONE_PAGE
from admin_views.positions import asked_after, asked_position, asked_status, small_number
from admin_views.refusals import status_of
from admin_views.results import parse_id
from admin_views.row_actions import PermittedActions
from extensions import db_session, transaction
from models import BulkItemStatus, BulkJob
from people.accounts import current_actor
from services import bulk
from services.bulk import Act, ActContext
from services.bulk.acts import ACTS, find_act
from services.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError, ServiceError
from services.permissions import Permission

PARTS = {"progress": "console/bulk/_progress.html", "items": "console/bulk/_items.html"}
"""What a job's page renews of itself, each part for itself."""
Start = Callable[..., BulkJob]


class BulkView(PermittedView, BaseView):
    """Bulk jobs: the list, the preview, a page for each, and the acts on it."""

    permission: ClassVar[Permission] = Permission.SEE_BULK_JOBS

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The newest jobs, page by page."""
        rows = bulk.recent(db_session(), actor=current_actor(), after=asked_after())
        return self.render("console/bulk/index.html", rows=rows, page_length=bulk.PAGE, act_of=find_act)

    @expose("/new/<view>/<action>")
    def new(self, view: str, action: str) -> ResponseReturnValue:
        """What the act would do to all rows that the list of the address selects."""
        return self._preview(_list_of(view, action), action)

    @expose("/new/<view>/<action>", methods=["POST"])
    @needs(*(act.permission for act in ACTS.values()))
    def start(self, view: str, action: str) -> ResponseReturnValue:
        """Start what was previewed; the same form again leads to the same job."""
        listed = _list_of(view, action)
        ids = _selected_ids(listed)
        try:
            with transaction(current_actor()) as db:
                job = bulk.start(
                    db,
                    listed.bulk_acts[action],
                    ids,
                    job_id=parse_id(request.form.get("job", ""), field="job"),
                    list_name=str(listed.name),
                    list_url=_list_url(listed),
                    actor=current_actor(),
                    now=datetime.now(UTC),
                    confirmed=_typed_count(),
                )
                job_id, total = job.id, job.total
        except (ConflictError, InvalidInputError) as error:
            return self._preview(listed, action, refusal=error), status_of(error)
        flash(*_begun(total, request.form.get("expected", "")))
        return redirect(url_for(".job", id=job_id), 303)

    @expose("/<id>")
    def job(self, id: str) -> ResponseReturnValue:
        """A job, how far it has come, and what became of each record."""
        return self._job(parse_id(id))

    @expose("/<id>/live")
    def job_live(self, id: str) -> ResponseReturnValue:
        """A part of a job's page, which renews itself until the job has ended."""
        part = request.args.get("part")
        if part not in PARTS:
            raise InvalidInputError(f"A part is one of {', '.join(PARTS)}.", field="part")
        return self._job(parse_id(id), template=PARTS[part])

    @expose("/<id>/cancel", methods=["POST"])
    @needs(*(act.permission for act in ACTS.values()))
    def cancel(self, id: str) -> ResponseReturnValue:
        job_id = parse_id(id)
        try:
            with transaction(current_actor()) as db:
                bulk.cancel(db, job_id, actor=current_actor(), now=datetime.now(UTC))
        except ConflictError as error:
            return self._job(job_id, refusal=error.message), 409
        flash("It is cancelled: what is done stays done, the rest is left as it is.", "success")
        return redirect(url_for(".job", id=job_id), 303)

    @expose("/<id>/retry", methods=["POST"])
    @needs(*(act.permission for act in ACTS.values()))
    def retry(self, id: str) -> ResponseReturnValue:
        return self._go_on(parse_id(id), bulk.retry_failed, done="What failed runs again, as a job of its own.")

    @expose("/<id>/undo", methods=["POST"])
    @needs(*(act.permission for act in ACTS.values()))
    def undo(self, id: str) -> ResponseReturnValue:
        return self._go_on(parse_id(id), bulk.undo_done, done="What was done is being undone, the last first.")

    def _go_on(self, job_id: UUID, start: Start, *, done: str) -> ResponseReturnValue:
        """Start another job from this one; the same form again leads to the same one."""
        new_id = parse_id(request.form.get("job", ""), field="job")
        try:
            with transaction(current_actor()) as db:
                start(db, job_id, new_id=new_id, actor=current_actor(), now=datetime.now(UTC))
        except ConflictError as error:
            return self._job(job_id, refusal=error.message), 409
        flash(done, "success")
        return redirect(url_for(".job", id=new_id), 303)

    def _preview(self, view: Any, action: str, refusal: ServiceError | None = None) -> str:
        act: Act = view.bulk_acts[action]
        preview = bulk.preview(db_session(), act, _selected_ids(view), actor=current_actor(), context=_context())
        return self.render(
            "console/bulk/new.html",
            preview=preview,
            job_id=uuid4(),
            list_view=view,
            list_url=_list_url(view),
            refusal=refusal,
            limit=bulk.LIMIT,
        )

    def _job(self, job_id: UUID, template: str = "console/bulk/job.html", **more: Any) -> str:
        db, actor, status, cursor = db_session(), current_actor(), asked_status(BulkItemStatus), asked_position()
        progress = bulk.get_progress(db, job_id, actor=actor, now=datetime.now(UTC))
        page = bulk.items(db, job_id, actor=actor, status=status, cursor=cursor)
        return self.render(template, progress=progress, page=page, status=status, cursor=cursor, new_id=uuid4(), **more)


def _list_of(endpoint: str, action: str) -> Any:
    """The list on which an action can be used on all rows.

    Raises:
        NotFoundError: there is no such list, or no such action for all its rows.
        ForbiddenError: the person's role does not open it, or does not permit the action.
    """
    views = (view for admin in current_app.extensions["admin"] for view in admin._views)
    view = next((view for view in views if view.endpoint == endpoint and isinstance(view, PermittedActions)), None)
    if view is None or action not in view.bulk_acts:
        raise NotFoundError("There is no such list, or no such act on all its rows.")
    if not view.is_accessible() or not view.is_action_allowed(action):
        missing = view.action_permissions.get(action)
        raise ForbiddenError("Your role does not permit this action.", permission=missing)
    return view


def _selected_ids(view: Any) -> Any:
    """
    Raises:
        InvalidInputError: an argument of the list can't be used.
    """
    asked = view.asked()
    if not view.can_select(asked.search, asked.filters):
        raise InvalidInputError("The search or a filter can’t be used, so nothing is selected.")
    return view.matching_ids(asked)


def _list_url(view: Any) -> str:
    """The address of the list as it is filtered, from its first page on."""
    pairs = [pair for pair in request.args.items(multi=True) if pair[0] not in OF_ONE_PAGE]
    address = url_for(f"{view.endpoint}.index_view")
    return f"{address}?{urlencode(pairs)}" if pairs else address


def _context() -> ActContext:
    return ActContext(default_hook_url=current_app.extensions["console_settings"].default_hook_url)


def _typed_count() -> int | None:
    """The count that was typed, however its thousands are parted; None where that is no number."""
    typed = request.form.get("confirmed", "").strip().translate(dict.fromkeys(map(ord, ",. '’\u00a0\u202f")))
    return small_number(typed)


def _begun(total: int, expected: str) -> tuple[str, str]:
    """What to say of a job that was started, and how: whether all that was previewed goes."""
    previewed = small_number(expected)
    if previewed is not None and previewed != total:
        return f"{total:,} records go; the preview had {previewed:,}, so some changed meanwhile.", "warning"
    return f"It has begun, with {total:,} records. You may leave this page; the job goes on.", "success"
