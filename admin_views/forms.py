"""What the hand-written forms share."""

import hashlib
import json
from typing import Any
from uuid import uuid4

from wtforms import Form, HiddenField

from services.errors import StaleError

STALE = "This record changed since you opened it; nothing was saved. Open it anew to see the newer version."


class RecordForm(Form):
    """What the hand-written forms extend; it remembers the version of the record that the person saw."""

    seen = HiddenField()
    """A digest of the fields as they were when the form was opened."""
    new_id = HiddenField(default=lambda: str(uuid4()))
    """The id of the record to create, so that a form which is sent twice makes one record."""

    def __init__(self, formdata: Any = None, obj: Any = None, prefix: str = "", **values: Any) -> None:
        super().__init__(formdata, obj, prefix, **values)
        self._stored = {field.name: field.object_data for field in self if not isinstance(field, HiddenField)}
        if formdata is None:
            self.seen.data = self.version

    @property
    def version(self) -> str:
        """A digest of the stored fields as they are now."""
        return hashlib.sha256(json.dumps(self._stored, default=str, sort_keys=True).encode()).hexdigest()

    @property
    def fields(self) -> dict[str, Any]:
        """The fields that the person filled in."""
        return {name: self.data[name] for name in self._stored}

    def check_version(self) -> None:
        """
        Raises:
            StaleError: the record is newer than the one that the person saw, and differs from what they sent.
        """
        if self.seen.data != self.version and self.fields != self._stored:
            raise StaleError(STALE)


def tidy(value: str | None) -> str | None:
    """A filter for text fields: browsers send CRLF, which the records don't hold, and an empty field is no value."""
    return value.replace("\r\n", "\n") or None if value else None
