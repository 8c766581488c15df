"""`make demo-reset`: the demo's data goes, and nothing else that may lie in its folder."""

import shutil
import signal
from pathlib import Path

import psutil

from demo.errors import DemoError
from demo.lock import only_one

OURS = ("postgres", "secret_key", "hook_keys", "web.log", "worker.log", "receiver.log", "lock")
_STOP_LIMIT_S = 20


def reset(folder: Path) -> None:
    """Delete the demo's own database, key and logs from its folder.

    Raises:
        DemoError: the demo runs, or something can't be deleted.
    """
    with only_one(folder):
        stop_leftover(folder / "postgres")
        for name in OURS:
            delete(folder / name)
    if not any(folder.iterdir()):
        folder.rmdir()


def stop_leftover(postgres: Path) -> None:
    """End a server that outlived its demo."""
    try:
        server = psutil.Process(int((postgres / "postmaster.pid").read_text().partition("\n")[0]))
        if "postgres" not in server.name():
            return
        server.send_signal(signal.SIGINT)  # which does not wait for its clients
        server.wait(_STOP_LIMIT_S)
    except psutil.TimeoutExpired:
        server.kill()
    except (OSError, ValueError, psutil.Error):
        return


def delete(path: Path) -> None:
    """Delete a file or a folder, if it is there.

    Raises:
        DemoError: it can't be deleted.
    """
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise DemoError(f"{path} can't be deleted: {error.strerror}.") from error
