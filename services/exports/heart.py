"""Tells, while a file is read, that its worker lives: the database may be silent for minutes before the first row."""

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import Any

import psycopg
from sqlalchemy.exc import SQLAlchemyError

BEAT_S = 5.0
"""Seconds between two beats; a worker counts as dead after many of them."""


class GoneError(Exception):
    """The export was cancelled or deleted, was taken over, or the worker stops."""


class Heart:
    """Beats in a thread of its own; once the file is no longer wanted it has the reading cancelled."""

    def __init__(self, beat: Callable[[], None], connection: psycopg.Connection[Any], *, every_s: float = BEAT_S):
        """
        Args:
            beat: raises GoneError where the file is no longer wanted.
            connection: that on which the file is read.
        """
        self._beat = beat
        self._connection = connection
        self._every_s = every_s
        self._is_over = Event()
        self._thread = Thread(target=self._run, name="export heart", daemon=True)

    def __enter__(self) -> "Heart":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_over.wait(self._every_s):
            try:
                self._beat()
            except GoneError:  # at each beat anew: the reading may have been between two statements
                with suppress(psycopg.Error):
                    self._connection.cancel_safe(timeout=self._every_s)
            except SQLAlchemyError:  # the database is away, which the reading finds out by itself
                continue
