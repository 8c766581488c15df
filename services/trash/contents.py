"""What is in a trashed record, as it may be shown."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from models import TrashedRecord
from services import stored_json
from services.secrets import HIDDEN, without_secrets
from services.trash.words import rows_of

_HIDDEN_COLUMNS = frozenset({"fs_uniquifier"})


@dataclass(frozen=True)
class Content:
    """The rows of one table."""

    table: str
    count: int

    @property
    def words(self) -> str:
        """Such as “3 rooms”."""
        return rows_of(self.table, self.count)


def contents_of(trashed: TrashedRecord) -> Sequence[Content]:
    """How many rows of each table went with the record, itself left out."""
    counts = {table: sum(1 for _ in rows) for table, rows in _by_table(trashed)}
    counts[trashed.table_name] -= 1
    return [Content(table, count) for table, count in counts.items() if count]


def fields_of(trashed: TrashedRecord) -> Mapping[str, str]:
    """The columns of the record itself that have a value, its secrets masked."""
    rows = next(rows for table, rows in _by_table(trashed) if table == trashed.table_name)
    row = next(entry["row"] for entry in rows)
    shown: Mapping[str, Any] = without_secrets({name: _parsed(value) for name, value in row.items()})
    return {name: HIDDEN if name in _HIDDEN_COLUMNS else _words(value) for name, value in shown.items() if value}


def _words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _by_table(trashed: TrashedRecord) -> Any:
    return groupby(trashed.rows, key=lambda entry: entry["table"])


def _parsed(value: str | None) -> Any:
    """JSON of a column as such, so that what it holds can be masked."""
    if value is None or not value.startswith(("{", "[")):
        return value
    try:
        return stored_json.read(value)
    except ValueError:
        return value
