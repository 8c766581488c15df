"""Live, as the web server's process has it: one source, one hub, and a stream for each listener."""

from collections.abc import Callable
from socket import socket

from services.live import sockets
from services.live.audience import audience_of, authority_of
from services.live.hub import LISTENERS, Hub, Listener
from services.live.source import Source
from services.live.stream import Stream
from services.live.times import Times
from services.permissions import Actor


class Live:
    """All that one process tells; it takes a thread and a connection only while somebody listens."""

    def __init__(self, conninfo: str, times: Times | None = None, *, most: int = LISTENERS) -> None:
        """
        Args:
            conninfo: the database, as libpq reads it.
            most: how many may listen.
        """
        self._times = times or Times()
        self._hub = Hub(self._times, most=most)
        self._source = Source(conninfo, self._hub, self._times)

    def __len__(self) -> int:
        """How many listen."""
        return len(self._hub)

    @property
    def token(self) -> str:
        """What a page has seen that is read from the database after this; it is to begin to listen with it."""
        return self._hub.token

    def join(self, actor: Actor, sign_in: str, *, last_id: str = "", connection: socket | None = None) -> Stream:
        """Let somebody listen to what they may see; the stream must be closed.

        Args:
            sign_in: what their sign-ins go by; the stream ends when these are ended, or the role changes.
            last_id: what they saw last; unknown, they are told to look at all anew.
            connection: theirs, which is broken off when they don't read, and ends with the stream.

        Raises:
            NoRoomError: there are too many listeners, or the process is about to end.
            TooManyListenersError: there are too many of this person's.
        """
        listener = Listener(authority_of(actor, sign_in), audience_of(actor), connection)
        self._hub.add(listener)
        self._source.start()
        if connection is not None:
            sockets.keep_little(connection)
        return Stream(self._hub, self._source, listener, last_id=last_id, heartbeat_s=self._times.heartbeat)

    def end_when(self, is_stopping: Callable[[], bool]) -> None:
        """End all streams once `is_stopping()`, which is asked a few times a second."""
        self._source.is_stopping = is_stopping

    def close(self) -> None:
        """End all streams, the thread and its connection."""
        self._hub.close()
        self._source.close()
