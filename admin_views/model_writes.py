"""Writes of a view that names no service: what its form says is set on the record, as Flask-Admin does, and audited."""

import logging
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import flash, g
from psycopg import errors
from sqlalchemy import inspect
from sqlalchemy.exc import DataError, IntegrityError
from wtforms.validators import ValidationError

from admin_views.formatters import masked
from admin_views.forms import RecordForm
from services import audit
from services.database import DbSession
from services.errors import ConflictError, InvalidInputError
from services.permissions import Actor

AFTERWARDS = "It is saved, but what should follow did not work. Whoever runs the console finds why in its log."
REFUSED: Mapping[type[Exception], str] = {
    errors.UniqueViolation: "Another record has this already.",
    errors.NotNullViolation: "This is needed.",
    errors.ForeignKeyViolation: "A record that this refers to is gone, or others refer to this one.",
    errors.CheckViolation: "The table does not permit this value.",
    errors.ExclusionViolation: "This overlaps with another record.",
    errors.StringDataRightTruncation: "This is longer than fits.",
    errors.NumericValueOutOfRange: "This number is beyond what can be stored.",
}
_log = logging.getLogger("console.web")


class ModelWrites:
    """Mixed into a model view: writes in Flask-Admin's way, in the console's transaction, with an audit event.

    The hooks `on_model_change` and `on_model_delete` run in the transaction, `after_model_change` and
    `after_model_delete` when it is committed. A `ValidationError` of the former is shown, and nothing is saved.
    """

    model: Any

    def populate(self, db: DbSession, form: Any, record: Any, *, actor: Actor, is_created: bool) -> Any:
        """Set the form's fields on a record, and record what changed.

        Raises:
            InvalidInputError: a hook, or the database, refuses a value.
            ConflictError: it is at odds with another record.
        """
        try:
            with db.no_autoflush:
                _populate(form, record)
                if is_created:
                    db.add(record)
                self._on_model_change(form, record, is_created)
                before, after = changes_of(record, is_created=is_created)
            db.flush()
        except ValidationError as error:
            raise InvalidInputError(str(error)) from error
        except (DataError, IntegrityError) as error:
            raise refusal_of(error, self.model) from error
        if before or after or is_created:
            audit.record(
                db, actor, self.tag("create" if is_created else "update"), _id_of(record), before=before, after=after
            )
        return record

    def before_delete(self, db: DbSession, record_id: Any) -> None:
        """Call the view's hook for a record that is about to be deleted.

        Raises:
            InvalidInputError: the hook refuses it.
        """
        record = db.get(self.model, record_id)
        if record is None:
            return
        try:
            self.on_model_delete(record)
        except ValidationError as error:
            raise InvalidInputError(str(error)) from error
        g.setdefault("deleted_records", []).append(record)

    def after_deletes(self) -> None:
        """Call the view's hook for each record that was deleted since."""
        for record in g.pop("deleted_records", ()):
            self.afterwards(self.after_model_delete, record)

    def tag(self, act: str) -> str:
        """The audit trail's word for an act on this model."""
        return f"{self.model.__tablename__}:{act}"

    def afterwards(self, hook: Callable[..., None], *arguments: Any) -> None:
        """Call a hook when all is saved; what goes wrong then is told, and no longer in anybody's way."""
        try:
            hook(*arguments)
        except Exception:
            _log.exception("A hook failed after a record was saved.")
            flash(AFTERWARDS, "error")


def _populate(form: Any, record: Any) -> None:
    if not isinstance(form, RecordForm):
        form.populate_obj(record)
        return
    for name, value in form.fields.items():
        setattr(record, name, value)


def changes_of(record: Any, *, is_created: bool) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """The columns that are about to change, as they are and as they will be; secrets masked."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for attribute in inspect(record).attrs:
        history = attribute.history
        if not history.has_changes() or attribute.key in inspect(record).mapper.relationships:
            continue
        before[attribute.key] = _told(attribute.key, history.deleted)
        after[attribute.key] = _told(attribute.key, history.added)
    return (None if is_created else before), after


def _told(name: str, values: Any) -> Any:
    value = masked(name, values[0]) if values else None
    return value if value is None or isinstance(value, bool | int | str | list | dict) else str(value)


def _id_of(record: Any) -> UUID | None:
    identity = inspect(record).identity or inspect(record).mapper.primary_key_from_instance(record)
    return identity[0] if len(identity) == 1 and isinstance(identity[0], UUID) else None


def refusal_of(error: DataError | IntegrityError, model: Any) -> InvalidInputError | ConflictError:
    """What the database refused, in words, with the field at fault where it names one."""
    original: Any = error.orig
    words = next((words for kind, words in REFUSED.items() if isinstance(original, kind)), "This can’t be stored.")
    field = _field_at_fault(original, model)
    if isinstance(original, errors.ForeignKeyViolation):
        return ConflictError(words, field=field)
    return InvalidInputError(words if field else f"Nothing was saved. {words}", field=field)


def _field_at_fault(original: Any, model: Any) -> str | None:
    diagnosis = getattr(original, "diag", None)
    if diagnosis is None:
        return None
    if diagnosis.column_name:
        return str(diagnosis.column_name)
    table = model.__table__
    parts = [one for one in (*table.constraints, *table.indexes) if one.name == diagnosis.constraint_name]
    names = [column.key for one in parts for column in getattr(one, "columns", ())]
    if not names and diagnosis.constraint_name:
        stem = diagnosis.constraint_name.removeprefix(f"{table.name}_").removesuffix("_key").removesuffix("_fkey")
        names = [stem] if stem in table.columns else []
    return names[0] if names else None
