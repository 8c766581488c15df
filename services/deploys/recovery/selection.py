"""Which dead-lettered deploys a recovery takes: criteria that all must hold, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from models import ErrorKind
from services.labels import within


@dataclass(frozen=True)
class Selection:
    """Criteria for dead-lettered deploys; one without any takes them all."""

    fingerprint: str | None = None
    """The failure group's: what the newest failed attempt looked like."""
    host: str | None = None
    """As in `deploys.host`."""
    failed_since: datetime | None = None
    """When the newest attempt was made, at the earliest."""
    failed_until: datetime | None = None
    """When the newest attempt was made, at the latest."""
    status_code: int | None = None
    """What the newest attempt was answered."""
    error_kind: ErrorKind | None = None
    """Why the newest attempt got no answer."""
    deploy_ids: tuple[UUID, ...] = ()
    """Chosen by hand; empty where they were not."""
    recovery_id: UUID | None = None
    """Only what failed in this earlier recovery."""

    def as_json(self) -> dict[str, Any]:
        """For `recoveries.selection`, and for programs: only what is asked for; `{"all": true}` where nothing is."""
        fields: dict[str, Any] = {
            "group": self.fingerprint,
            "host": self.host,
            "failed_since": self.failed_since and self.failed_since.isoformat(),
            "failed_until": self.failed_until and self.failed_until.isoformat(),
            "status_code": self.status_code,
            "error_kind": self.error_kind and str(self.error_kind),
            "deploys": [str(deploy_id) for deploy_id in self.deploy_ids] or None,
            "recovery": self.recovery_id and str(self.recovery_id),
        }
        return {name: value for name, value in fields.items() if value is not None} or {"all": True}

    def as_fields(self) -> dict[str, str]:
        """For a URL or a form, in the words that `parse` reads."""
        fields = self.as_json()
        if "deploys" in fields:
            fields["deploys"] = ",".join(fields["deploys"])
        return {name: "1" if value is True else str(value) for name, value in fields.items()}


def words(fields: dict[str, Any], titles: Mapping[str, str] = MappingProxyType({})) -> str:
    """What a selection's JSON says, for people: “host hooks.example.com, answered 503”.

    Args:
        titles: what failure groups are called, by fingerprint; one that is not there is told as it is.
    """
    told = fields | {"group": titles.get(fields["group"])} if fields.get("group") in titles else fields
    said = [phrase(told[name]) for name, phrase in _PHRASES.items() if told.get(name)]
    return ", ".join(said) or "all dead-lettered deploys"


def _time(text: str) -> str:
    at = datetime.fromisoformat(text).astimezone(UTC)
    return f"{at.day} {at:%b %Y, %H:%M:%S} UTC"


_PHRASES: dict[str, Any] = {
    "group": lambda value: f"failure group “{value}”",
    "host": lambda value: f"host {value}",
    "failed_since": lambda value: f"failed since {_time(value)}",
    "failed_until": lambda value: f"failed until {_time(value)}",
    "status_code": lambda value: f"answered {value}",
    "error_kind": lambda value: f"no answer ({within(value)})",
    "deploys": lambda value: f"{len(value):,} by hand",
    "recovery": lambda value: f"failed in recovery {value[:8]}",
}
