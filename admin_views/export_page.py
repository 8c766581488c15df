"""The page on which an export is chosen, and that on which it is left to the worker."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.access import needs_sight
from admin_views.export import later_arguments
from admin_views.export_asked import Asked, zones
from admin_views.list_filters import arguments as pairs_of
from extensions import db_session, transaction
from models import Export
from people import signing
from people.accounts import current_actor
from services.errors import InvalidInputError
from services.exports import jobs, specs
from services.exports.formats import Format
from services.exports.specs import Spec

_OWN = ("fields", "zone", "format", "later")


class ExportPages:
    """Mixed into a model view beside its export."""

    can_export: bool
    name: Any

    @expose("/export/")
    def export_page(self) -> str:
        """How many rows the file would have, its columns, its format and its time zone."""
        return self._export_page("console/exports/options.html", self.asked_export())

    @expose("/export/file/")
    def export_file(self) -> ResponseReturnValue:
        """Lead the page's form on: to the file, or to having it made in the background."""
        file_format = self.export_format(request.args.get("format", ""))
        kept = {
            name: values for name, values in later_arguments(file_format).items() if name not in ("format", "later")
        }
        if request.args.get("later"):
            return redirect(self.get_url(".export_later", format=file_format.value, **kept))
        return redirect(self.get_url(".export", export_type=file_format.value, **kept))

    @expose("/export/later/")
    def export_later(self) -> str:
        """Ask whether the worker is to make the file."""
        file_format = self.export_format(request.args.get("format", ""))
        asked = self.asked_export()
        return self._export_page(
            "console/exports/later.html", asked, format=file_format, can_be_made=bool(self.copied_columns(asked))
        )

    @expose("/export/later/", methods=["POST"])
    @needs_sight
    def export_by_job(self) -> ResponseReturnValue:
        """Leave it to the worker.

        Raises:
            InvalidInputError: an argument can't be used, or the worker can't write such a list.
            ConflictError: the person has too many under way.
        """
        file_format = self.export_format(request.args.get("format", ""))
        asked = self.asked_export()
        spec = self._export_spec(asked, file_format)
        count = self.count_rows(asked.arguments.search, asked.arguments.filters)
        actor = current_actor()
        with transaction(actor) as db:
            export = Export(
                owner_id=actor.id,
                title=str(self.name),
                address=self._get_list_url(asked.arguments),
                format=file_format.value,
                zone=asked.zone_name,
                fields=[name for name, _ in asked.fields],
                spec=specs.signed(spec, secret_key=signing.keys()),
                estimate=count and count.number,
            )
            jobs.ask(db, export, actor=actor)
        flash("The file is being made. You may leave this page.", "success")
        return redirect(url_for("exports.index"), 303)

    def _export_spec(self, asked: Asked, file_format: Format) -> Spec:
        columns = self.copied_columns(asked)
        if not columns:
            raise InvalidInputError("This list formats its columns itself, which can't be done in the background.")
        statement = self.compiled(asked, columns, file_format, db_session())
        return Spec(statement, file_format, asked.zone_name, asked.is_whole)

    def _export_page(self, template: str, asked: Asked, **more: Any) -> str:
        address = self._get_list_url(asked.arguments)
        return self.render(
            template,
            asked=asked,
            chosen={name for name, _ in asked.fields},
            columns=self._export_columns,
            formats=[Format(name) for name in self.export_types],
            carried=pairs_of(address, *_OWN),
            list_url=address,
            row_count=self.count_rows(asked.arguments.search, asked.arguments.filters),
            zones=zones(),
            query=request.query_string.decode(errors="replace"),
            **more,
        )
