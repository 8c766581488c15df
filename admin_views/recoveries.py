"""The pages of recoveries: preview and start one, follow it, and control it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin_views.access import PermittedView, needs
from admin_views.positions import asked_after, asked_position, asked_status, small_number
from admin_views.refusals import carry_out, status_of
from admin_views.results import parse_id
from extensions import db_session, transaction
from models import RecoveryItemStatus
from people.accounts import current_actor
from services.database import DbSession
from services.deploys import recovery
from services.deploys.limits import Limits
from services.deploys.recovery.parsing import FIELDS
from services.deploys.recovery.selection import words
from services.deploys.recovery.titles import titles
from services.errors import ConflictError, InvalidInputError, ServiceError
from services.permissions import Actor, Permission, can

PARTS = {"progress": "console/recoveries/_progress.html", "items": "console/recoveries/_items.html"}
"""What a recovery's page renews of itself, each part for itself."""


class RecoveriesView(PermittedView, BaseView):
    """Recoveries: the list, the preview, a page for each, and the acts on it."""

    permission: ClassVar[Permission] = Permission.SEE_FAILURES

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The newest recoveries, page by page."""
        rows = recovery.recent(db_session(), actor=current_actor(), after=asked_after())
        words_of = _words_of(row.selection for row in rows)
        return self.render("console/recoveries/index.html", rows=rows, page_length=recovery.PAGE, words_of=words_of)

    @expose("/new", methods=["GET", "POST"])
    @needs(Permission.RECOVER_DEPLOYS)
    def new(self) -> ResponseReturnValue:
        """The criteria, and what they come to now; a list's bulk action POSTs the deploys that were chosen."""
        page, refusal = self._new(_fields(request.values))
        return page, status_of(refusal) if refusal else 200

    @expose("/", methods=["POST"])
    @needs(Permission.RECOVER_DEPLOYS)
    def start(self) -> ResponseReturnValue:
        """Start what was previewed."""
        fields, form = _fields(request.form), request.form
        try:
            with transaction(current_actor()) as db:
                now = datetime.now(UTC)
                started = recovery.start(
                    db,
                    actor=current_actor(),
                    selection=recovery.parse(db, fields, now=now),
                    as_of=recovery.parse_as_of(form.get("as_of", "")),
                    halt_share=recovery.parse_share(form.get("halt_share", "")),
                    limits=_limits(),
                    now=now,
                )
                recovery_id, total = started.id, started.total
        except (ConflictError, InvalidInputError) as error:
            return self._new(fields, refusal=error)[0], status_of(error)
        flash(*_begun(total, form.get("expected", "")))
        return redirect(url_for(".recovery", id=recovery_id), 303)

    @expose("/<id>")
    def recovery(self, id: str) -> ResponseReturnValue:
        """A recovery, how far it has come, and what became of each deploy."""
        return self._recovery(parse_id(id))

    @expose("/<id>/live")
    def recovery_live(self, id: str) -> ResponseReturnValue:
        """A part of a recovery's page, which renews itself until the recovery has ended."""
        part = request.args.get("part")
        if part not in PARTS:
            raise InvalidInputError(f"A part is one of {', '.join(PARTS)}.", field="part")
        return self._recovery(parse_id(id), template=PARTS[part])

    @expose("/<id>/pause", methods=["POST"])
    @needs(Permission.RECOVER_DEPLOYS)
    def pause(self, id: str) -> ResponseReturnValue:
        return self._act(parse_id(id), recovery.pause, done="It is paused: nothing more is sent until it is resumed.")

    @expose("/<id>/resume", methods=["POST"])
    @needs(Permission.RECOVER_DEPLOYS)
    def resume(self, id: str) -> ResponseReturnValue:
        anyway = bool(request.form.get("anyway"))
        return self._act(parse_id(id), recovery.resume, done="It goes on.", anyway=anyway)

    @expose("/<id>/abort", methods=["POST"])
    @needs(Permission.RECOVER_DEPLOYS)
    def abort(self, id: str) -> ResponseReturnValue:
        return self._act(parse_id(id), recovery.abort, done="It is aborted: what was not sent stays dead-lettered.")

    def _act(self, recovery_id: UUID, act: Callable[..., Any], *, done: str, **more: Any) -> ResponseReturnValue:

        def run(db: DbSession, actor: Actor) -> None:
            act(db, recovery_id, actor=actor, now=datetime.now(UTC), reason=request.form.get("reason"), **more)

        return carry_out(
            run,
            done=done,
            to=url_for(".recovery", id=recovery_id),
            show=lambda refusal: self._recovery(recovery_id, refusal=refusal.message),
        )

    def _new(self, fields: dict[str, str], refusal: ServiceError | None = None) -> tuple[str, ServiceError | None]:
        """The page, with a preview where the criteria can be used, else with what is wrong with them."""
        preview = None
        if any(fields.values()):
            try:
                preview = _preview(fields)
            except InvalidInputError as error:
                refusal = refusal or error
        page = self.render(
            "console/recoveries/new.html",
            fields=fields,
            preview=preview,
            refusal=refusal,
            halt_share=request.form.get("halt_share") or f"{recovery.HALT_SHARE:.0%}",
            words_of=_words_of([preview.selection.as_json()] if preview else []),
        )
        return page, refusal

    def _recovery(self, recovery_id: UUID, template: str = "console/recoveries/recovery.html", **more: Any) -> str:
        db, actor = db_session(), current_actor()
        progress = recovery.get_progress(db, recovery_id, actor=actor)
        status = asked_status(RecoveryItemStatus)
        page = recovery.items(db, recovery_id, actor=actor, status=status, cursor=asked_position())
        return self.render(
            template,
            progress=progress,
            page=page,
            status=status,
            cursor=asked_position(),
            may_recover=can(actor, Permission.RECOVER_DEPLOYS),
            words_of=_words_of([progress.recovery.selection]),
            **more,
        )


def _limits() -> Limits:
    limits: Limits = current_app.extensions["console_limits"]
    return limits


def _words_of(selections: Iterable[dict[str, Any]]) -> Callable[[dict[str, Any]], str]:
    """Tells each of the selections in words, their failure groups by what these are called."""
    names = titles(db_session(), {selection["group"] for selection in selections if "group" in selection})
    return lambda selection: words(selection, names)


def _fields(values: Any) -> dict[str, str]:
    """The criteria as they were given; a list's selection comes as one `rowid` for each deploy."""
    fields = {name: values.get(name, "").strip() for name in FIELDS}
    if chosen := values.getlist("rowid"):
        fields["deploys"] = ",".join(chosen)
    return fields


def _preview(fields: Mapping[str, str]) -> recovery.Preview:
    now, db = datetime.now(UTC), db_session()
    selection = recovery.parse(db, fields, now=now)
    return recovery.preview(db, actor=current_actor(), selection=selection, limits=_limits(), now=now)


def _begun(total: int, expected: str) -> tuple[str, str]:
    """What to say of a recovery that was started, and how: whether all that was previewed goes."""
    previewed = expected[:9] if (number := small_number(expected)) is None else f"{number:,}"
    if previewed and previewed != f"{total:,}":
        return f"{total:,} deploys go; the preview had {previewed}, so some changed meanwhile.", "warning"
    return f"The recovery has begun: one deploy of {total:,} goes first.", "success"
