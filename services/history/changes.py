"""What one audit event changed, as it may be shown."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models import AuditEvent
from services.secrets import without_secrets


@dataclass(frozen=True)
class Change:
    """One field before and after."""

    field: str
    before: str | None
    """None where there was no value, or the trail has none."""
    after: str | None


def changes_of(event: AuditEvent) -> Sequence[Change]:
    """The fields that an event tells of, in its order, their secrets masked."""
    before, after = (without_secrets(side) if isinstance(side, dict) else {} for side in (event.before, event.after))
    names = dict.fromkeys([*after, *before])
    return [Change(name, _text(before.get(name)), _text(after.get(name))) for name in names]


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return ", ".join(value) or None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2, default=str)
