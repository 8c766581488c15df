"""The demo's processes: started each in a session of its own, watched, and stopped with all that they started."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

GRACE_S = 10.0
"""How long a process has to end by itself, in seconds."""
_TICK_S = 0.05


@dataclass(frozen=True)
class Child:
    """One process and the file that takes what it prints."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def last_words(self) -> str:
        """The last line with a word in it that it printed."""
        lines = [line.strip() for line in self.log.read_text(errors="replace").splitlines()]
        return next((line for line in reversed(lines) if any(map(str.isalpha, line))), "it printed nothing")

    def send(self, number: signal.Signals, *, whole_group: bool) -> None:
        """Signal the process, or it and everything that it started."""
        try:
            if whole_group:
                os.killpg(self.process.pid, number)
            elif not self.has_ended:
                self.process.send_signal(number)
        except (ProcessLookupError, PermissionError):
            return  # it is gone, which is what was wanted


class Children:
    """The processes in the order of their start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._children: list[Child] = []

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        cwd: Path,
        inherited: Sequence[int] = (),
    ) -> Child:
        """Start a process whose output goes to `<name>.log`, emptied first.

        Args:
            inherited: file descriptors that it finds under the same numbers.
        """
        log = self._folder / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                cwd=cwd,
                pass_fds=inherited,
                start_new_session=True,  # Ctrl-C reaches the launcher alone, which then stops them in order
            )
        child = Child(name, process, log)
        self._children.append(child)
        return child

    def find_ended(self) -> Child | None:
        """The first that is no longer running."""
        return next((child for child in self._children if child.has_ended), None)

    def stop(self, *, in_a_hurry: Callable[[], bool] = lambda: False) -> None:
        """End them all, the last one first; who has not ended in time, or at once if in a hurry, is killed."""
        for child in reversed(self._children):
            child.send(signal.SIGTERM, whole_group=False)
        deadline = time.monotonic() + GRACE_S
        while not all(child.has_ended for child in self._children):
            if time.monotonic() > deadline or in_a_hurry():
                break
            time.sleep(_TICK_S)
        for child in reversed(self._children):
            child.send(signal.SIGKILL, whole_group=True)
            child.process.wait()
        self._children.clear()
