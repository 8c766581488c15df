"""Which records can be deleted into the trash, by whom, and what keeps one from it beside its foreign keys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, select

from models import LIVE_STATUSES, Deploy, RecoveryItem
from models.recovery import HELD_STATUSES
from services.database import DbSession
from services.permissions import Permission

WhyNot = Callable[[DbSession, Any], str | None]
"""Of a record's id: why it can't be deleted now; None where it can."""


@dataclass(frozen=True)
class Kind:
    """One kind of record."""

    name: str
    """What the audit trail calls it (`project`)."""
    permission: Permission
    why_not: WhyNot = lambda db, record_id: None


def _why_no_session(db: DbSession, session_id: Any) -> str | None:
    deploys = select(Deploy.id).where(Deploy.session_id == session_id)
    if db.scalar(deploys.where(Deploy.status.in_(LIVE_STATUSES)).limit(1)):
        return "A deploy of this session is under way; cancel it first."
    held = RecoveryItem.status.in_(HELD_STATUSES)
    if db.scalar(select(RecoveryItem.deploy_id).where(RecoveryItem.deploy_id.in_(deploys), held).limit(1)):
        return "A recovery holds a deploy of this session; let it end, or abort it first."
    return None


KINDS: Mapping[str, Kind] = {
    "prompt_templates": Kind("template", Permission.EDIT_TEMPLATE),
    "rooms": Kind("room", Permission.DELETE_ROOM),
    "projects": Kind("project", Permission.DELETE_PROJECT),
    "onboarding_sessions": Kind("session", Permission.DELETE_SESSION, _why_no_session),
}
"""By the table's name."""


def kind_of(model: type[Any], permission: Permission | None = None) -> Kind:
    """What is known of a model's records; of a table that is not among KINDS, its name.

    Args:
        permission: who may delete such a record, where the table is not among KINDS.

    Raises:
        TypeError: nobody said who may.
    """
    name = inspect(model).local_table.name
    if name in KINDS:
        return KINDS[name]
    if permission is None:
        raise TypeError(f"Name the permission that deleting {model.__name__} needs.")
    return Kind(name, permission)
