"""Writes of a model view: one service call in one transaction; what the service refuses stands by its field."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from flask import flash, g
from sqlalchemy import inspect
from wtforms import HiddenField

from admin_views.edit_conflicts import EditConflicts
from admin_views.forms import RecordForm
from admin_views.history import RecordHistory
from extensions import transaction
from people.accounts import current_actor
from services import trash, undo
from services.database import DbSession
from services.errors import ConflictError, InvalidInputError, ServiceError
from services.ids import parse_id
from services.permissions import Actor, Permission, can


class ServiceWrites(EditConflicts, RecordHistory):
    """Mixed into a model view: it is read-only until it names a permission and the service for it."""

    model: Any
    create_permission: ClassVar[Permission | None] = None
    edit_permission: ClassVar[Permission | None] = None
    delete_permission: ClassVar[Permission | None] = None

    @property
    def can_create(self) -> bool:
        return _may(self.create_permission)

    @property
    def can_edit(self) -> bool:
        return _may(self.edit_permission)

    @property
    def can_delete(self) -> bool:
        return _may(self.delete_permission)

    def create_record(self, db: DbSession, new_id: UUID, fields: Mapping[str, Any], *, actor: Actor) -> Any:
        """Call the service that adds a record under this id, and return it; without one, see ModelWrites."""
        raise NotImplementedError(f"{type(self).__name__} names no service that creates its records.")

    def update_record(self, db: DbSession, record: Any, fields: Mapping[str, Any], *, actor: Actor) -> Any:
        """Call the service that changes the record; without one, see ModelWrites."""
        raise NotImplementedError(f"{type(self).__name__} names no service that changes its records.")

    def delete_record(self, db: DbSession, record_id: Any, *, actor: Actor) -> Any:
        """Call the service that removes the record; by itself it goes to the trash, from which it can be restored."""
        self.before_delete(db, record_id)
        return trash.delete(
            db, self.model, record_id, actor=actor, now=datetime.now(UTC), permission=self.delete_permission
        )

    @property
    def deletes_into_trash(self) -> bool:
        """Whether what is deleted here can be restored."""
        return type(self).delete_record is ServiceWrites.delete_record

    def create_model(self, form: Any) -> Any:
        def create(db: DbSession, actor: Actor) -> Any:
            if type(self).create_record is ServiceWrites.create_record:
                return self.populate(db, form, self.build_new_instance(), actor=actor, is_created=True)
            new_id = parse_id(form.new_id.data or "", field="new_id") if isinstance(form, RecordForm) else uuid4()
            return self.create_record(db, new_id, _fields(form), actor=actor)

        record = self._write(form, create)
        if record:
            self.afterwards(self.after_model_change, form, record, True)
        return record

    def update_model(self, form: Any, model: Any) -> Any:
        """Save the form, unless that would overwrite what others changed meanwhile: `get_one` has locked the record."""
        if merge := self.find_merge(form, model):
            self.show_merge(merge, model)
            return False

        def update(db: DbSession, actor: Actor) -> Any:
            if type(self).update_record is ServiceWrites.update_record:
                return self.populate(db, form, model, actor=actor, is_created=False)
            return self.update_record(db, model, _fields(form), actor=actor)

        saved = self._write(form, update)
        if saved:
            self.afterwards(self.after_model_change, form, model, False)
        return saved

    def delete_model(self, model: Any) -> bool:
        identity = inspect(model).identity
        record_id = identity[0] if len(identity) == 1 else identity
        deleted = bool(self._write(None, lambda db, actor: self.delete_record(db, record_id, actor=actor)))
        self.after_deletes()
        return deleted

    def _write(self, form: Any, act: Callable[[DbSession, Actor], Any]) -> Any:
        """What the service returned; False where it refused, after saying so by the field at fault or above the form.

        Raises:
            ServiceError: what no other input could mend: the record is gone, or not this person's to change.
        """
        actor = current_actor()
        try:
            with transaction(actor) as db:
                record = act(db, actor)
                db.flush()
                g.undo = undo.offer(db)
            return True if record is None else record
        except (InvalidInputError, ConflictError) as error:
            g.form_status = 409 if isinstance(error, ConflictError) else 422
            _show(form, error)
            return False


def differing(record: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields whose value is not the record's; no value, an empty one and False are alike."""
    stored = {name: getattr(record, name) for name in fields}
    return {name: value for name, value in fields.items() if value != stored[name] and (value or stored[name])}


def _may(permission: Permission | None) -> bool:
    return permission is not None and can(current_actor(), permission)


def _fields(form: Any) -> dict[str, Any]:
    return form.fields if isinstance(form, RecordForm) else dict(form.data)


def _show(form: Any, error: ServiceError) -> None:
    field = form[error.field] if form is not None and error.field in form else None
    if field is None or isinstance(field, HiddenField):
        flash(error.message, "error")
    else:
        field.errors = [*field.errors, error.message]
        flash("Nothing was saved; see below.", "error")
