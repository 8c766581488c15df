"""A list as a file: in scope, as filtered and sorted, streamed in bounded memory, without live formulas or secrets."""

import io
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from itertools import chain, islice
from threading import BoundedSemaphore
from typing import Any, cast

from flask import Response, redirect, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.model import BaseModelView
from werkzeug.utils import secure_filename

from admin_views import formatters
from admin_views.export_asked import Asked, asked_fields, asked_zone
from admin_views.list_arguments import refuse
from extensions import database, db_session, transaction
from people.accounts import current_actor
from services import audit, stored_json
from services.database import DbSession
from services.errors import ConflictError, NotFoundError
from services.exports import copying, selecting, xlsx
from services.exports.columns import Column, Kind
from services.exports.formats import Format, parse_format
from services.exports.screen import Screen
from services.exports.statement import Statement, statement_for
from services.exports.values import csv_lines, defused, json_line, plain_of, text_of

BATCH = 500
"""Rows that are in memory at a time where Python writes them."""
AT_ONCE = 8
"""Exports under way in one process: each holds one of its connections."""
WORKBOOK_ROWS = 10_000
"""Rows of a workbook that is made while somebody waits."""

_places = BoundedSemaphore(AT_ONCE)


class StreamedExport:
    """Mixed into a model view: its rows as a file, in the order and with the filters of the list.

    PostgreSQL writes the lines where each column is a mapped one, possibly reached through many-to-one relations, and
    the view formats none itself (`column_formatters_export`, `column_choices`, `get_export_value`); Python does where
    not. Both write the same.
    """

    can_export = True
    export_types = [format.value for format in Format]
    export_max_rows: int
    column_details_list: Any
    column_export_list: Any
    column_list: Any
    model: Any
    name: Any
    endpoint: Any
    _export_columns: Any

    def get_export_columns(self) -> Any:
        """What the details page shows, unless the view says otherwise."""
        names = self.column_export_list or self.column_details_list or self.column_list or self.scaffold_list_columns()
        return self.get_column_names(only_columns=names, excluded_columns=self.column_export_exclude_list)

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> ResponseReturnValue:
        """All rows that the list's arguments select, whatever the page; `fields` and `zone` choose columns and times.

        Raises:
            NotFoundError: the format is unknown.
            InvalidInputError: an argument can't be used; a file with other rows than asked for would mislead.
            ConflictError: too many exports are under way.
        """
        file_format = self.export_format(export_type)
        asked = self.asked_export()
        self._record_export(file_format, asked)
        if file_format is Format.XLSX:
            return self._workbook(asked)
        blocks = self._blocks(asked, file_format)
        first = next(blocks, b"")  # what the database refuses is answered with an error, not with half a file
        response = self._file(stream_with_context(chain((first,), blocks)), file_format)
        response.call_on_close(blocks.close)
        return response

    def export_format(self, name: str) -> Format:
        """
        Raises:
            NotFoundError: this list has no such files.
        """
        if name not in self.export_types:
            raise NotFoundError(f"There is no export as “{name[:20]}”; there is {', '.join(self.export_types)}.")
        return parse_format(name)

    def asked_export(self) -> Asked:
        """What the request's address asks of the export.

        Raises:
            InvalidInputError: an argument can't be used.
        """
        return Asked(self.asked(refuse), asked_fields(self._export_columns), *asked_zone())

    def get_export_name(self, export_type: str = "csv") -> str:
        return f"{self.name} {datetime.now(UTC):%Y-%m-%d %H-%M-%S}Z.{export_type}"

    def copied_columns(self, asked: Asked) -> tuple[Column, ...] | None:
        """The columns where PostgreSQL can write the lines; None where it can't."""
        if type(self).get_export_value is not BaseModelView.get_export_value:
            return None
        found = [self._copied_column(name, str(label)) for name, label in asked.fields]
        return tuple(column for column in found if column) if all(found) else None

    def compiled(self, asked: Asked, columns: tuple[Column, ...], file_format: Format, db: DbSession) -> Statement:
        """The statement that has PostgreSQL write the file's lines."""
        return self._statement(self._exported(asked).with_session(db), asked, columns, file_format)

    def _exported(self, asked: Asked) -> Any:
        """The rows that the list's arguments select, up to `export_max_rows` where the view sets some."""
        query = self.selected(asked.arguments)
        return query.limit(self.export_max_rows) if self.export_max_rows else query

    def _statement(self, query: Any, asked: Asked, columns: tuple[Column, ...], file_format: Format) -> Statement:
        selection = selecting.selection(query, self.model, columns, _driver(query.session))
        return statement_for(selection, columns, file_format, asked.zone_name)

    def _copied_column(self, name: str, label: str) -> Column | None:
        return None if self._formats(name) else selecting.column_for(self.model, name, label, self.closed_fields())

    def _formats(self, name: str) -> bool:
        """Whether the view itself says how a column is written."""
        return (
            name in self.column_formatters_export
            or bool(self._column_choices_map.get(name))
            or self.column_type_formatters_export is not formatters.EXPORT
            or type(self).get_export_value is not BaseModelView.get_export_value
        )

    def _record_export(self, file_format: Format, asked: Asked) -> None:
        """In a transaction of its own: that somebody asked stays known whatever becomes of the file."""
        with transaction(current_actor()) as db:
            audit.record(
                db,
                current_actor(),
                f"export:{file_format}",
                None,
                after={
                    "list": str(self.name),
                    "address": self.get_url(".index_view") + f"?{request.query_string.decode(errors='replace')[:2000]}",
                    "fields": [name for name, _ in asked.fields],
                    "zone": asked.zone_name,
                },
            )

    def _blocks(self, asked: Asked, file_format: Format) -> Iterator[bytes]:
        """The file, piece by piece, from a connection of its own, which its end or its closing gives back."""
        columns = self.copied_columns(asked)
        with _place():
            query = self._exported(asked)  # which may ask the database, of a search
            db_session().rollback()  # hands its connection back: the request's session ends before the download begins
            with closing(cast(DbSession, database.session.session_factory())) as db:
                if columns:
                    yield from self._copied(query.with_session(db), asked, columns, file_format)
                else:
                    yield from self._written(query.with_session(db), asked, file_format)

    def _copied(self, query: Any, asked: Asked, columns: tuple[Column, ...], file_format: Format) -> Iterator[bytes]:
        db = query.session
        statement = self._statement(query, asked, columns, file_format)
        copying.prepare(_driver(db), asked.zone_name, whole=asked.is_whole)
        screen, head = Screen(statement), _head(asked, file_format)
        with closing(copying.rows_of(_driver(db), statement.sql)) as blocks:
            for rows in blocks:
                yield head + screen.block(rows)
                head = b""
        if head:
            yield head

    def _written(self, query: Any, asked: Asked, file_format: Format) -> Iterator[bytes]:
        rows, head = iter(query.yield_per(BATCH)), _head(asked, file_format)
        while batch := list(islice(rows, BATCH)):
            yield head + self._lines(batch, asked, file_format)
            head = b""
        if head:
            yield head

    def _lines(self, rows: list[Any], asked: Asked, file_format: Format) -> bytes:
        if file_format is Format.CSV:
            return csv_lines([self._cell(row, name, asked) for name, _ in asked.fields] for row in rows)
        return b"".join(json_line({name: self._value(row, name, asked) for name, _ in asked.fields}) for row in rows)

    def _cell(self, row: Any, name: str, asked: Asked) -> Any:
        if self._formats(name):
            return defused(self.get_export_value(row, name))
        column = selecting.column_for(self.model, name, name)
        value = self._get_field_value(row, name)
        return text_of(value, asked.zone, is_json=column is not None and column.kind is Kind.JSON)

    def _value(self, row: Any, name: str, asked: Asked) -> Any:
        if self._formats(name):
            return plain_of(self.get_export_value(row, name), asked.zone)
        return plain_of(self._get_field_value(row, name), asked.zone)

    def _workbook(self, asked: Asked) -> ResponseReturnValue:
        """The workbook; or, where it has many rows, the page that offers to have it made in the background."""
        with closing(self._blocks(asked, Format.XLSX)) as blocks:
            lines = (line for block in blocks for line in block.splitlines())
            rows = [list(stored_json.read(line).values()) for line in islice(lines, WORKBOOK_ROWS + 1)]
        if len(rows) > WORKBOOK_ROWS:
            return redirect(self.get_url(".export_later", **later_arguments(Format.XLSX)))
        file = io.BytesIO()
        xlsx.write(file, [str(label) for _, label in asked.fields], rows)
        return self._file(iter((file.getvalue(),)), Format.XLSX)

    def _file(self, content: Iterator[bytes], file_format: Format) -> Response:
        name = secure_filename(self.get_export_name(file_format))
        headers = {"Content-Disposition": f"attachment; filename={name}"}
        return Response(content, headers=headers, content_type=file_format.content_type)


def later_arguments(file_format: Format) -> Mapping[str, Any]:
    """The arguments of the request's address, for the page that has the file made in the background."""
    return {**request.args.to_dict(flat=False), "format": file_format.value}


def _head(asked: Asked, file_format: Format) -> bytes:
    return csv_lines([[defused(str(label)) for _, label in asked.fields]]) if file_format is Format.CSV else b""


def _driver(db: DbSession) -> Any:
    """psycopg's connection under the session's."""
    return db.connection().connection.dbapi_connection


class _place:  # noqa: N801 - it is used as a function
    """One of the places for exports.

    Raises:
        ConflictError: all are taken.
    """

    def __enter__(self) -> None:
        if not _places.acquire(blocking=False):
            raise ConflictError(
                f"{AT_ONCE} exports are under way already. Try again in a moment, or in the background."
            )

    def __exit__(self, *error: object) -> None:
        _places.release()
