"""A record's history: what was done to it, field by field, and the way back from an edit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.form import FormOpts
from flask_admin.helpers import get_redirect_target
from sqlalchemy import inspect

from admin_views.diffs import Piece, diff
from admin_views.edit_conflicts import Conflict, Merge, conflict_about, editable, seen_of, take_theirs
from admin_views.flashes import flash_done
from admin_views.pages import parse_page
from admin_views.results import parse_id
from extensions import db_session, transaction
from models import AuditEvent
from people.accounts import current_actor
from services import history
from services.errors import ConflictError, ForbiddenError, InvalidInputError
from services.history import Change
from services.timeline_words import act_title, plain

NAMED_IN_WORDS = frozenset({"status", "deployment_target", "role"})
"""Fields whose values are names of the code's, such as `deploy_configured`."""
LONG = 60
"""Characters of a value up to which the old one and the new one stand side by side; longer ones are compared."""
ShownChange = tuple[str, Change, Sequence[Piece]]
"""Of one field its label, what it was and is, and the difference where it is long."""


@dataclass(frozen=True)
class Entry:
    """One event as the page shows it."""

    event: AuditEvent
    title: str
    changes: Sequence[ShownChange]
    can_be_reverted: bool


class RecordHistory:
    """Mixed into a model view: each record has a history, and where it can be edited, a way back."""

    model: Any
    get_one: Any
    get_url: Any
    render: Any
    edit_form: Any
    show_merge: Any
    edit_permission: Any

    def history_subject(self, record: Any) -> UUID | None:
        """The id under which the audit trail has the record; None where it has none."""
        identity = inspect(record).identity or ()
        return identity[0] if len(identity) == 1 and isinstance(identity[0], UUID) else None

    @expose("/history/")
    def history_view(self) -> ResponseReturnValue:
        """What was done to the record, the newest first."""
        record, page = self.get_one(request.args.get("id")), parse_page()
        found = history.newest(db_session(), self.history_subject(record), page=page)
        fields = self._reverted_fields(record)
        return self.render(
            "admin/model/history.html",
            model=record,
            record_id=request.args["id"],
            entries=[_entry(event, self._can_revert(event, fields)) for event in found[: history.PAGE]],
            page=page,
            has_more=len(found) > history.PAGE,
            return_url=get_redirect_target() or self.get_url(".index_view"),
        )

    @expose("/revert/", methods=("POST",))
    def revert_view(self) -> ResponseReturnValue:
        """Set the fields of one edit back to what they were; where they changed since, ask first, as a stale save does.

        Raises:
            ForbiddenError: the person may not edit the record.
            NotFoundError: there is no such event of the record.
        """
        if not (self.can_edit or self.can_revert_without_form):
            words = "Your role does not permit this, or these records can’t be changed here."
            raise ForbiddenError(words, permission=self.edit_permission)
        record = self.get_one(request.form.get("id"))
        event = history.get_event(
            db_session(),
            parse_id(request.form.get("event", ""), field="event"),
            subject_id=self.history_subject(record),
        )
        back = self.get_url(".history_view", id=request.form["id"])
        try:
            if not self.can_edit:
                return self._revert_without_form(event, back)
            return self._revert(record, event, back)
        except (ConflictError, InvalidInputError) as error:
            flash(error.message, "error")
            return redirect(back, 303)

    def _revert_without_form(self, event: AuditEvent, back: str) -> ResponseReturnValue:
        with transaction(current_actor()) as db:
            said = history.revert(db, event, actor=current_actor())
        flash_done(said)
        return redirect(back, 303)

    def _revert(self, record: Any, event: AuditEvent, back: str) -> ResponseReturnValue:
        form = self.edit_form(obj=record)
        for name in [one.name for one in editable(form)]:
            take_theirs(form, name)
        wanted = _wanted(event, form, self.model)
        current = {one.name: one.data for one in editable(form)}
        changed = [name for name, value in (event.after or {}).items() if not _alike(current[name], value)]
        if changed:
            return self._ask(record, form, wanted, changed)
        with transaction(current_actor()) as db:
            self.update_record(db, record, current | wanted, actor=current_actor())
        flash_done("The edit is reverted: its fields are what they were.")
        return redirect(back, 303)

    def _ask(self, record: Any, form: Any, wanted: Mapping[str, Any], changed: Sequence[str]) -> ResponseReturnValue:
        """The form with what is to be set back in it, and a choice for each field that has changed since."""
        for name, value in wanted.items():
            form[name].data, form[name].raw_data = value, None
        conflicts: list[Conflict] = [conflict_about(form[name]) for name in changed]
        merge = Merge(
            seen_of(form, record),
            conflicts,
            kept=[str(form[name].label.text) for name in wanted if name not in changed],
            title="This was edited again since",
            words="“Yours” is what you revert to, “theirs” what stands there now. Nothing is saved yet.",
        )
        self.show_merge(merge, record)
        options = FormOpts(widget_args=self.form_widget_args, form_rules=self._form_edit_rules)
        back = get_redirect_target() or self.get_url(".index_view")
        return self.render(self.edit_template, model=record, form=form, form_opts=options, return_url=back)

    def _reverted_fields(self, record: Any) -> frozenset[str]:
        """The fields that the person could set back here."""
        return frozenset(one.name for one in editable(self.edit_form(obj=record))) if self.can_edit else frozenset()

    def _can_revert(self, event: AuditEvent, fields: frozenset[str]) -> bool:
        if history.why_not_kept(event):
            return False
        return set(event.after or {}) <= fields or (event.tag in history.INVERSES and self.can_revert_without_form)

    @property
    def can_revert_without_form(self) -> bool:
        """Whether the person may take back edits that are made elsewhere than here."""
        return False


def _entry(event: AuditEvent, can_be_reverted: bool) -> Entry:
    return Entry(event, act_title(event.tag), shown_changes(event), can_be_reverted)


def shown_changes(event: AuditEvent) -> Sequence[ShownChange]:
    """The fields that an event tells of."""
    return [(plain(one.field).capitalize(), _in_words(one), _pieces(one)) for one in history.changes_of(event)]


def _in_words(change: Change) -> Change:
    """A change of a field that holds a name of the code's, with what every other page calls it."""
    if change.field not in NAMED_IN_WORDS:
        return change
    return Change(change.field, *(side and plain(side).capitalize() for side in (change.before, change.after)))


def _pieces(change: Change) -> Sequence[Piece]:
    before, after = change.before or "", change.after or ""
    is_long = max(len(before), len(after)) > LONG or "\n" in before + after
    return diff(before, after) if is_long and before and after else ()


def _wanted(event: AuditEvent, form: Any, model: type[Any]) -> dict[str, Any]:
    """What the fields are to be again.

    Raises:
        ConflictError: the trail doesn't say, or the record has no such field any more.
    """
    if why_not := history.why_not_kept(event):
        raise ConflictError(why_not)
    before: Mapping[str, Any] = event.before or {}
    known = {one.name for one in editable(form)}
    if unknown := before.keys() - known:
        raise ConflictError(f"There is no field {', '.join(sorted(unknown))} here any more, so nothing was reverted.")
    return {name: _typed(value, model, name) for name, value in before.items()}


def _typed(value: Any, model: type[Any], name: str) -> Any:
    """A value of the trail, which is JSON, as the record's column has it."""
    column = inspect(model).columns.get(name)
    kind = None if column is None or value is None else column.type.python_type
    try:
        if kind in (datetime, date):
            return kind.fromisoformat(value)
        return UUID(value) if kind is UUID else value
    except (TypeError, ValueError):
        raise ConflictError(f"What {plain(name)} was can’t be set back.") from None


def _alike(current: Any, recorded: Any) -> bool:
    """Whether a field is still what the trail says that it became; nothing and an empty value are alike."""
    if isinstance(current, datetime | date):
        current = current.isoformat()
    elif isinstance(current, UUID):
        current = str(current)
    return bool(current == recorded or (not current and not recorded))
