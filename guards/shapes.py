"""How much one request may be: bytes, fields, arguments; and that no files are taken where no form asks for one."""

from collections.abc import Iterator
from typing import Any

from flask import Flask, abort, current_app, request
from flask_admin.form import FileUploadField
from wtforms import FileField  # type: ignore[import-untyped]

BODY = 1_000_000
"""Bytes of one request's body; the longest prompt fits several times."""
FIELDS = 2_000
"""Fields of one form; the largest selection, 500 deploys, fits four times."""
ARGUMENTS = 1_000
"""Arguments after an address' question mark; the address itself ends at 8,190 bytes."""


def init_app(app: Flask) -> None:
    app.config.from_mapping(MAX_CONTENT_LENGTH=BODY, MAX_FORM_MEMORY_SIZE=BODY, MAX_FORM_PARTS=FIELDS)
    app.before_request(_refuse_oversized)


def _refuse_oversized() -> None:
    """
    Raises:
        RequestEntityTooLarge: it has too many fields or arguments.
        UnsupportedMediaType: it has a file.
    """
    if request.query_string.count(b"&") >= ARGUMENTS:
        abort(413, f"That is more than {ARGUMENTS:,} arguments.")
    if request.mimetype == "application/x-www-form-urlencoded":
        _refuse_many_fields()
    elif request.mimetype == "multipart/form-data" and not request.path.startswith("/api/"):
        _refuse_files()


def _refuse_many_fields() -> None:
    """Counted before they are taken apart, which costs more than to receive them."""
    if request.get_data().count(b"&") >= FIELDS:
        abort(413, f"That is more than {FIELDS:,} fields.")


def _refuse_files() -> None:
    """A field for a file that was left empty is sent too, with no name."""
    if any(file.filename for file in request.files.values()) and not any(_file_fields()):
        abort(415, "Files are not taken here.")


def _file_fields() -> Iterator[Any]:
    """Those of the view that is asked: the console has none, views of a developer's own may."""
    views = [view for admin in current_app.extensions["admin"] for view in admin._views]
    for view in views:
        if view.endpoint == request.blueprint:
            for form in (getattr(view, "_create_form_class", None), getattr(view, "_edit_form_class", None)):
                fields = (getattr(getattr(form, name), "field_class", None) for name in dir(form) if form is not None)
                yield from (kind for kind in fields if kind and issubclass(kind, FileField | FileUploadField))
