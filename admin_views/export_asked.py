"""What an export's address asks for besides what its list's does: columns, a time zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask import request

from services.errors import InvalidInputError

UTC = "UTC"


@dataclass(frozen=True)
class Asked:
    """Which rows, which columns and in which zone."""

    arguments: Any
    """The list's."""
    fields: Sequence[tuple[str, Any]]
    """Names and labels of columns, in the view's order."""
    zone_name: str
    zone: ZoneInfo

    @property
    def is_whole(self) -> bool:
        """Whether nothing narrows the list."""
        return not (self.arguments.search or self.arguments.filters)


def asked_fields(columns: Sequence[tuple[str, Any]]) -> Sequence[tuple[str, Any]]:
    """The columns that `fields` names, in any number of arguments and with commas; all where there is none.

    Raises:
        InvalidInputError: the list has no such column.
    """
    names = {name.strip() for value in request.args.getlist("fields") for name in value.split(",") if name.strip()}
    unknown = sorted(names - {name for name, _ in columns})
    if unknown:
        raise InvalidInputError(f"This list exports no column “{unknown[0][:60]}”.", field="fields")
    return [column for column in columns if column[0] in names] if names else list(columns)


def asked_zone() -> tuple[str, ZoneInfo]:
    """The zone that `zone` names: UTC where there is none.

    Raises:
        InvalidInputError: there is no such zone.
    """
    name = request.args.get("zone", "").strip() or UTC
    if name not in zones():
        raise InvalidInputError(f"“{name[:60]}” is no time zone, such as Europe/Berlin.", field="zone")
    return name, ZoneInfo(name)


@cache
def zones() -> tuple[str, ...]:
    """The zones that can be asked for, by name: all of the IANA's but what only some machines have."""
    return tuple(sorted(name for name in available_timezones() if name != "localtime"))
