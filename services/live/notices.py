"""Notices: what the database's triggers tell, a row of `live_notices` for each statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a changed record is."""

    SESSION = "session"
    PROJECT = "project"
    DEPLOY = "deploy"
    ATTEMPT = "attempt"
    ROOM = "room"
    ROOM_STATE = "room_state"
    FAILURE_GROUP = "failure_group"
    RECOVERY = "recovery"
    BULK_JOB = "bulk_job"
    HOST = "host"


class Op(StrEnum):
    """What was done to it."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    TRUNCATE = "truncate"


@dataclass(frozen=True)
class Notice:
    """Records of one kind to which the same was done."""

    kind: Kind
    op: Op
    rows: Mapping[str, str | None] = field(default_factory=dict)
    """Ids, each with its owner's; None where it is nobody's, or can no longer be told."""
    beyond: int = 0
    """How many more there are."""
    owners: Mapping[str, int] = field(default_factory=dict)
    """Owners of those beyond, and how many are whose."""


COLUMNS = "kind, op, ids::text[], owners::text[], beyond, beyond_owners"
"""What `parse` reads."""


def parse(row: Sequence[Any]) -> Notice | None:
    """What a row says; None where the kind or the act is not known, since a newer console may write to the table."""
    kind, op, ids, owners, beyond, beyond_owners = row
    try:
        done = Kind(kind), Op(op)
    except ValueError:
        return None
    return Notice(*done, dict(zip(ids or (), owners or (), strict=True)), beyond or 0, beyond_owners or {})
