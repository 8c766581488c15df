"""The audit trail as a list."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from admin_views.chips import time_of
from admin_views.event_links import links_of, record_address
from admin_views.formatters import whole_time
from admin_views.history import ShownChange, shown_changes
from admin_views.model_view import ConsoleModelView
from extensions import db_session
from models import AuditEvent
from services import chain, history
from services.permissions import Permission
from services.timeline_words import act_detail, act_title, plain


def _record(view: Any, context: Any, event: AuditEvent, name: str) -> Any:
    """The record's id, short in the list, which leads to where it is shown."""
    if event.subject_id is None:
        return None
    whole, address = str(event.subject_id), record_address(event.subject_kind, event.subject_id)
    code = Markup('{} <code title="{}">{}</code>').format(plain(event.subject_kind), whole, whole[:8])
    return Markup('<a href="{}">{}</a>').format(address, code) if address else code


def _act(view: Any, context: Any, event: AuditEvent, name: str) -> Any:
    """What was done, in words; filters and searches go by its tag."""
    return Markup('<span title="{}">{}</span>').format(event.tag, act_title(event.tag))


def _what(view: Any, context: Any, event: AuditEvent, name: str) -> Any:
    """Each field as it was and as it is."""
    return act_detail(event) or None


def _whole_record(view: Any, context: Any, event: AuditEvent, name: str) -> Any:
    if event.subject_id is None:
        return None
    address = record_address(event.subject_kind, event.subject_id)
    code = Markup("<code>{}</code>").format(event.subject_id)
    return Markup('<a href="{}">{}</a>').format(address, code) if address else code


class AuditEventView(ConsoleModelView):
    """Audit events: who did what; rows are only ever added, by the acts themselves."""

    details_template = "admin/model/event.html"
    shows_history = False  # an event has none: nothing happens to it
    column_formatters = {"tag": _act, "subject_id": _record, "after": _what}
    column_formatters_detail = {"subject_id": _whole_record}
    permission = Permission.SEE_AUDIT
    column_list = ("at", "actor", "tag", "subject_id", "after", "origin")
    column_details_list = (
        "id",
        "at",
        "actor",
        "actor_id",
        "origin",
        "request_id",
        "tag",
        "subject_kind",
        "subject_id",
        "before",
        "after",
    )
    column_searchable_list = ("actor", "tag", "origin")
    column_filters = ("tag", "at", "actor", "subject_kind", "subject_id", "actor_id", "origin", "id")
    column_sortable_list = ("at", "actor", "tag")
    column_default_sort = ("at", True)
    column_labels = {
        "at": "When",
        "actor": "Who",
        "actor_id": "Person’s id",
        "tag": "Act",
        "after": "What",
        "subject_kind": "Kind",
        "subject_id": "Record’s id",
        "origin": "From",
        "request_id": "Request",
        "id": "Id",
    }

    def get_list_columns(self) -> Any:
        """The list names the record and leads to it; its whole id is for details, filters and exports."""
        return [(name, "Record" if name == "subject_id" else label) for name, label in super().get_list_columns()]

    def get_export_columns(self) -> Any:
        """A file has both sides as they are; the list says in one column what became of what."""
        return [(name, "After" if name == "after" else label) for name, label in super().get_export_columns()]

    def heading_of(self, event: AuditEvent) -> tuple[str, str]:
        return act_title(event.tag), f"{self.name}: {event.actor}"

    def summary_of(self, event: AuditEvent) -> str:
        """Who did it, when, and from where, in one line."""
        origin = f" from {event.origin}" if event.origin else ""
        return Markup("By {}{}, {}").format(event.actor, origin, time_of(event.at))

    def around(self, event: AuditEvent) -> history.Around:
        """What else happened to the record, or by the person."""
        return history.around(db_session(), event)

    def title_of(self, event: AuditEvent) -> str:
        """What was done, in words."""
        return act_title(event.tag)

    def changes_of(self, event: AuditEvent) -> Sequence[ShownChange]:
        """What the act changed, field by field."""
        return shown_changes(event)

    def links_of(self, event: AuditEvent) -> list[tuple[str, str]]:
        """Where the event leads."""
        return links_of(event)

    def sealing_of(self, event: AuditEvent) -> Any:
        """Whether it is sealed, and where in the chain that is."""
        place = chain.place_of(db_session(), event.id)
        if place is None:
            return "Not yet; it is within about a minute, while a worker runs."
        when = whole_time(place.seal.sealed_at)
        return Markup("In seal {:,} as number {:,}, {}").format(place.seal.seq, place.position, when)
