"""What the hand-written forms share."""

from typing import Any
from uuid import uuid4

from wtforms import Form, HiddenField


class RecordForm(Form):
    """What the hand-written forms extend; it gives a new record its id."""

    new_id = HiddenField(default=lambda: str(uuid4()))
    """The id of the record to create, so that a form which is sent twice makes one record."""

    @property
    def fields(self) -> dict[str, Any]:
        """The fields that the person filled in."""
        return {field.name: field.data for field in self if not isinstance(field, HiddenField)}


def tidy(value: str | None) -> str | None:
    """A filter for text fields: browsers send CRLF, which the records don't hold, and an empty field is no value."""
    return value.replace("\r\n", "\n") or None if value else None
