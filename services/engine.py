"""How the console's processes connect to PostgreSQL."""

from typing import Any

from services import stored_json, stored_times
from services.database_roles import DatabaseRole, option

ENGINE_OPTIONS: dict[str, Any] = {
    "hide_parameters": True,  # a failed statement is logged, and hook URLs are among the values
    "json_deserializer": stored_json.read,  # one record with odd JSON must not take a list down
    "pool_pre_ping": True,
    "pool_size": 10,
    "max_overflow": 20,
    "pool_timeout": 10,
    "connect_args": {
        "connect_timeout": 5,
        "options": "-c timezone=UTC -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s",
    },
}
"""Times are UTC everywhere, and no statement or forgotten transaction holds others up for long."""


def options_of(role: DatabaseRole) -> dict[str, Any]:
    """The same for a process of which all that is not said otherwise is done as one role."""
    arguments: dict[str, Any] = ENGINE_OPTIONS["connect_args"]
    options = f"{arguments['options']} {option(role)}"
    return ENGINE_OPTIONS | {"connect_args": arguments | {"options": options}}


stored_times.register()
