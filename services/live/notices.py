"""Notices: what the database's triggers tell, a statement or a part of one each."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

CHANNEL = "console_events"


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


def parse(payload: str) -> Notice | None:
    """What the text says, or None where it says nothing: anybody who may connect can write to a channel."""
    try:
        said = json.loads(payload)
        return Notice(
            kind=Kind(said["kind"]),
            op=Op(said["op"]),
            rows=_rows(said.get("rows", {})),
            beyond=_count(said.get("beyond", 0)),
            owners={_text(owner): _count(count) for owner, count in said.get("owners", {}).items()},
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _rows(said: Any) -> dict[str, str | None]:
    return {_text(row): None if owner is None else _text(owner) for row, owner in said.items()}


def _text(said: Any) -> str:
    """An id as the database writes it."""
    if not isinstance(said, str) or len(said) != 36 or not said.replace("-", "").isalnum() or not said.isascii():
        raise ValueError("That is no id.")
    return said


def _count(said: Any) -> int:
    if type(said) is not int or said < 0:
        raise ValueError("That is no count.")
    return said
