"""One demo at a time for each data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.errors import DemoError


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder; the kernel lets go of it when the process ends, however it ends.

    Raises:
        DemoError: another demo has it, or it can't be used.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("a+")
    except OSError as error:
        raise DemoError(f"{folder} can't be used: {error.strerror}.") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise DemoError(
                f"A demo runs from {folder} already (process {file.read().strip()}); stop it first."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
