"""The history of statuses, first ones included that still wait to be entered."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, cast, literal, null, select, union_all
from sqlalchemy.orm import aliased

from models import WAITING_SESSIONS, StatusChange, SubjectKind

_WAITING = WAITING_SESSIONS.c


def of(subject_ids: Select[Any] | Sequence[UUID]) -> type[StatusChange]:
    """The status changes of sessions and projects, to select from in the place of `StatusChange`.

    Args:
        subject_ids: their ids, or a SELECT of them.
    """
    entered = select(StatusChange.__table__).where(StatusChange.subject_id.in_(subject_ids))
    waiting = select(
        _WAITING.session_id.label("id"),  # a first status is the only one of its session that waits
        literal(SubjectKind.SESSION.value).label("subject_kind"),
        _WAITING.session_id.label("subject_id"),
        cast(null(), Text).label("from_status"),
        _WAITING.status.label("to_status"),
        _WAITING.at,
        _WAITING.actor,
    ).where(_WAITING.session_id.in_(subject_ids))
    return aliased(StatusChange, union_all(entered, waiting).subquery("status_history"), adapt_on_names=True)
