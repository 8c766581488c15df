"""The page of one's own exports that the worker makes."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import ClassVar, cast
from uuid import UUID

from flask import Response, flash, redirect, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose
from werkzeug.utils import secure_filename

from admin_views.access import PermittedView, needs_sight
from admin_views.results import parse_id
from extensions import database, db_session, transaction
from models import UNFINISHED_EXPORTS, ExportStatus
from people.accounts import current_actor
from services.database import DbSession
from services.errors import ConflictError
from services.exports import jobs
from services.exports.formats import Format
from services.permissions import Permission


class ExportsView(PermittedView, BaseView):
    """One's own exports: how far they have come, and the files."""

    permission: ClassVar[Permission] = Permission.SEE_RECORDS

    @expose("/")
    def index(self) -> str:
        return self._page("console/exports/index.html")

    @expose("/live")
    def live(self) -> str:
        """What the page renews of itself while any is under way."""
        return self._page("console/exports/_list.html")

    @expose("/<id>/file")
    def file(self, id: str) -> Response:
        """The file, read from the database part by part.

        Raises:
            NotFoundError: there is no such export of this person's.
            ConflictError: it is not made.
        """
        export = jobs.get(db_session(), parse_id(id), actor=current_actor())
        if export.status is not ExportStatus.READY:
            raise ConflictError("There is no file: the export is not made.")
        file_format = Format(export.format)
        name = secure_filename(f"{export.title} {export.created_at:%Y-%m-%d %H-%M-%S}Z.{file_format}")
        headers = {"Content-Disposition": f"attachment; filename={name}", "Content-Length": str(export.size)}
        db_session().rollback()
        return Response(
            stream_with_context(_content(export.id)), headers=headers, content_type=file_format.content_type
        )

    @expose("/<id>/cancel", methods=["POST"])
    @needs_sight
    def cancel(self, id: str) -> ResponseReturnValue:
        with transaction(current_actor()) as db:
            jobs.cancel(db, parse_id(id), actor=current_actor(), now=datetime.now(UTC))
        flash("The export is cancelled.", "success")
        return redirect(url_for(".index"), 303)

    @expose("/<id>/delete", methods=["POST"])
    @needs_sight
    def delete(self, id: str) -> ResponseReturnValue:
        with transaction(current_actor()) as db:
            jobs.remove(db, parse_id(id), actor=current_actor())
        flash("The export is deleted.", "success")
        return redirect(url_for(".index"), 303)

    def _page(self, template: str) -> str:
        exports = jobs.recent(db_session(), actor=current_actor())
        is_busy = any(export.status in UNFINISHED_EXPORTS for export in exports)
        return self.render(template, exports=exports, is_busy=is_busy, unfinished=UNFINISHED_EXPORTS, format_of=Format)


def _content(export_id: UUID) -> Iterator[bytes]:
    with closing(cast(DbSession, database.session.session_factory())) as db:
        yield from jobs.chunks(db, export_id)
