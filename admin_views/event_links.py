"""From an audit event to what it is about: the record, its history, and what else happened."""

from collections.abc import Mapping
from uuid import UUID

from flask import url_for

from models import AuditEvent
from services.timeline_words import plain

_PAGES: Mapping[str, str] = {
    "session": "records.session",
    "project": "records.project",
    "deploy": "records.deploy",
    "attempt": "records.attempt",
    "room": "records.room",
    "recovery": "recoveries.recovery",
}
"""The pages of single records, by what audit events call their kind."""
_LISTS: Mapping[str, str] = {
    "session": "session",
    "project": "project",
    "deploy": "deploy",
    "room": "room",
    "user": "user",
    "template": "template",
    "configuration": "project_config",
}
"""The lists whose records have a history; where a kind has no page of its own, its list shows it."""


def record_address(kind: str, record_id: UUID | None) -> str | None:
    """Where the record is shown, or None where nothing shows such records."""
    if record_id is None:
        return None
    if kind in _PAGES:
        return url_for(_PAGES[kind], id=record_id)
    return url_for(f"{_LISTS[kind]}.details_view", id=record_id) if kind in _LISTS else None


def links_of(event: AuditEvent) -> list[tuple[str, str]]:
    """Where an event leads: labels and addresses."""
    kind, links = plain(event.subject_kind), []
    if address := record_address(event.subject_kind, event.subject_id):
        links.append((f"Open the {kind}", address))
    if event.subject_id is not None and event.subject_kind in _LISTS:
        links.append((f"History of this {kind}", _history(event)))
    if event.subject_id is not None:
        links.append((f"All events of this {kind}", _events(records_id=event.subject_id)))
    if event.actor_id is not None:
        links.append((f"All by {event.actor}", _events(persons_id=event.actor_id)))
    return links


def _history(event: AuditEvent) -> str:
    back = url_for("audit_event.details_view", id=event.id)
    return url_for(f"{_LISTS[event.subject_kind]}.history_view", id=event.subject_id, url=back)


def _events(**of: UUID) -> str:
    """The trail, of one record or person alone."""
    [(name, value)] = of.items()
    return url_for("audit_event.index_view", **{f"flt0_{name}_equals": value})
