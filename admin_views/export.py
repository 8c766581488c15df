"""CSV exports: streamed in bounded memory, in scope, without live formulas and without secrets."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any, cast

from flask import Response, stream_with_context
from flask_admin import expose
from werkzeug.utils import secure_filename

from admin_views.list_arguments import refuse
from extensions import database, db_session
from services.database import DbSession
from services.errors import NotFoundError

BATCH = 500
"""Rows that are in memory at a time."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet read a cell as a formula (OWASP, CSV Injection), full-width forms included."""


def defused(cell: Any) -> Any:
    """The cell, quoted where a spreadsheet would run it; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


class StreamedExport:
    """Mixed into a model view: its rows as CSV, in the order and with the filters of the list."""

    can_export = True
    column_details_list: Any
    column_export_list: Any
    column_list: Any
    _export_columns: Any

    def get_export_columns(self) -> Any:
        """What the details page shows, unless the view says otherwise."""
        names = self.column_export_list or self.column_details_list or self.column_list or self.scaffold_list_columns()
        return self.get_column_names(only_columns=names, excluded_columns=self.column_export_exclude_list)

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Response:
        """All rows that the list's arguments select, whatever the page.

        Raises:
            NotFoundError: the format is unknown.
            InvalidInputError: an argument can't be used; a file with other rows than asked for would mislead.
        """
        if export_type not in self.export_types:
            raise NotFoundError(f"There is no export as “{export_type[:20]}”; there is {', '.join(self.export_types)}.")
        query = self._export_query()
        db_session().rollback()  # hands its connection back: the request's session ends before the download begins
        db = cast(DbSession, database.session.session_factory())
        rows = iter(query.with_session(db).yield_per(BATCH))
        first = list(islice(rows, 1))  # what the database refuses is answered with an error, not with half a file
        response = Response(
            stream_with_context(self._export_batches(chain(first, rows))),
            headers={"Content-Disposition": f"attachment; filename={secure_filename(self.get_export_name())}"},
            content_type="text/csv; charset=utf-8",
        )
        response.call_on_close(db.close)
        return response

    def get_export_name(self, export_type: str = "csv") -> str:
        return f"{self.name} {datetime.now(UTC):%Y-%m-%d %H-%M-%S}Z.{export_type}"

    def _export_query(self) -> Any:
        return self.selected(self.asked())

    def _export_batches(self, rows: Iterable[Any]) -> Iterator[str]:
        yield _csv([[defused(label) for _, label in self._export_columns]])
        rows = iter(rows)
        while batch := list(islice(rows, BATCH)):
            yield _csv([self._export_cells(row) for row in batch])

    def _export_cells(self, row: Any) -> list[Any]:
        return [defused(self.get_export_value(row, name)) for name, _ in self._export_columns]


def _csv(lines: Iterable[Iterable[Any]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(lines)
    return buffer.getvalue()
