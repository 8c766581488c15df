"""The hub: who listens, and who is to hear of what."""

import threading
import time
from collections.abc import Iterable, Sequence
from socket import socket
from uuid import UUID

from services.errors import ServiceError
from services.live import frames, sockets
from services.live.audience import Audience, Authority
from services.live.changes import Change
from services.live.log import Log
from services.live.times import Times

LISTENERS = 2_000
"""Listeners of one process."""
LISTENERS_OF_ONE = 20
"""Listeners of one person in one process."""


class NoRoomError(ServiceError):
    """This process has as many listeners as it takes, or is about to end."""


class TooManyListenersError(ServiceError):
    """The person listens in too many places already."""


class Listener:
    """One connection over which somebody listens."""

    __slots__ = ("audience", "authority", "connection", "is_ended", "joined_at", "pending_at", "position", "wake")

    def __init__(self, authority: Authority, audience: Audience, connection: socket | None) -> None:
        self.authority = authority
        self.audience = audience
        self.connection = connection
        self.joined_at = time.monotonic()
        self.position: int | None = None
        """Up to where it was told; None before it begins."""
        self.pending_at: float | None = None
        """Since when something waits for it."""
        self.is_ended = False
        self.wake = threading.Event()
        """Set while there is something to look at."""


class Hub:
    """All listeners of a process and the log that they take from; any thread may call any method."""

    def __init__(self, times: Times, *, log: Log | None = None, most: int = LISTENERS) -> None:
        self._times = times
        self._log = log or Log()
        self._most = most
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._listeners)

    def add(self, listener: Listener) -> None:
        """Let somebody listen.

        Raises:
            NoRoomError: there are too many listeners.
            TooManyListenersError: there are too many of this person's.
        """
        with self._lock:
            if self._is_closed or len(self._listeners) >= self._most:
                raise NoRoomError("No more can listen here just now; try again in a moment.")
            if self._takes_no_more_of(listener.authority.user_id):
                raise TooManyListenersError("You listen in too many places at once; close some of them.")
            self._listeners.add(listener)

    def _takes_no_more_of(self, user_id: UUID) -> bool:
        """Whether a person listens in as many places as may be, but for pages that were left a moment ago."""
        theirs = [one for one in self._listeners if one.authority.user_id == user_id]
        if len(theirs) < LISTENERS_OF_ONE:
            return False
        left = [one for one in theirs if one.connection is not None and sockets.is_left(one.connection)]
        for one in left:
            self._drop(one)
        return len(theirs) - len(left) >= LISTENERS_OF_ONE

    @property
    def token(self) -> str:
        """What somebody has seen who looks at everything now."""
        with self._lock:
            return self._log.token

    def remove(self, listener: Listener) -> None:
        with self._lock:
            self._listeners.discard(listener)

    def begin(self, listener: Listener, last_id: str) -> bytes:
        """Place the listener after what it saw last, or after all that happened; the first that it is to be sent."""
        with self._lock:
            known = self._log.find_position(last_id)
            listener.position = self._log.head if known is None else known
            if known is not None:
                listener.wake.set()
                return frames.ready(last_id)
            return frames.ready() + frames.resync(self._log.token) if last_id else frames.ready(self._log.token)

    def take(self, listener: Listener) -> list[bytes]:
        """What the listener has not yet been sent."""
        with self._lock:
            listener.wake.clear()
            listener.pending_at = None
            position, listener.position = listener.position, self._log.head
            if position is None or not self._log.holds(position):
                return [frames.resync(self._log.token)]
            return [frame for change in self._log.since(position) if (frame := listener.audience.frame(change))]

    def publish(self, changes: Sequence[Change], *, now: float) -> None:
        """Tell all whom it concerns; for the others it is as if it had not happened."""
        with self._lock:
            before = self._log.head
            self._log.add(changes)
            for listener in self._listeners:
                if any(map(listener.audience.hears_of, changes)):
                    _wake(listener, now)
                elif listener.position == before:
                    listener.position = self._log.head

    def restart(self, *, now: float) -> None:
        """Tell all to look at everything anew, since something may have been missed."""
        with self._lock:
            self._log.restart()
            for listener in self._listeners:
                if listener.position is not None:
                    _wake(listener, now)

    def user_ids(self) -> list[UUID]:
        """Everybody who listens."""
        with self._lock:
            return list({listener.authority.user_id for listener in self._listeners})

    def end_unauthorized(self, valid: Iterable[Authority], *, asked_at: float) -> None:
        """End the streams of those who listen by an authority that is no longer valid.

        Args:
            asked_at: when it was asked; who joined since was asked at the door.
        """
        current = set(valid)
        with self._lock:
            for listener in self._listeners:
                if listener.joined_at < asked_at and listener.authority not in current:
                    _end(listener)

    def end_overdue(self, *, now: float) -> None:
        """Drop those who take nothing, and end streams that lasted long enough."""
        with self._lock:
            for listener in list(self._listeners):
                if self._is_stuck(listener, now):
                    self._drop(listener)
                elif now - listener.joined_at > self._times.lifetime:
                    _end(listener)

    def _is_stuck(self, listener: Listener, now: float) -> bool:
        since = listener.joined_at if listener.position is None else listener.pending_at
        limit = self._times.stuck + (self._times.patience if listener.position is None else 0)
        return since is not None and now - since > limit

    def _drop(self, listener: Listener) -> None:
        """Break the connection off, in the middle of what is being sent."""
        self._listeners.discard(listener)
        _end(listener)
        if listener.connection is not None:
            sockets.shut(listener.connection)

    def close(self) -> None:
        """End every stream, and let nobody else listen."""
        with self._lock:
            self._is_closed = True
            for listener in self._listeners:
                _end(listener)


def _wake(listener: Listener, now: float) -> None:
    if listener.pending_at is None:
        listener.pending_at = now
    listener.wake.set()


def _end(listener: Listener) -> None:
    listener.is_ended = True
    listener.wake.set()
