"""What can be copied of a record: its address, and how a program reads it."""

from dataclasses import dataclass
from uuid import UUID

from flask import url_for

from services import curl

_READERS = {"session": "api.read_session", "project": "api.read_project", "deploy": "api.read_deploy"}
"""Where the API tells of each kind of record; of the others it does not tell one by one."""


@dataclass(frozen=True)
class Copies:
    """What the menu of a record's page copies."""

    link: str
    """The page's whole address."""
    api_url: str | None
    """Where the record is read as JSON; null where the API does not tell of it."""

    @property
    def api_curl(self) -> str | None:
        """The command that reads it, without a token."""
        return self.api_url and curl.api_command(self.api_url)


def of_record(kind: str, record_id: UUID) -> Copies:
    """
    Args:
        kind: `session`, `project`, `deploy`, `attempt` or `room`.
    """
    reader = _READERS.get(kind)
    return Copies(
        link=url_for(f"records.{kind}", id=record_id, _external=True),
        api_url=url_for(reader, **{f"{kind}_id": record_id}, _external=True) if reader else None,
    )
