"""Streams: what a web server sends to one listener, piece by piece, until it ends."""

from collections.abc import Iterator

from services.live import frames, sockets
from services.live.hub import Hub, Listener
from services.live.source import Source


class Stream:
    """An iterable of bytes for a web server, which closes it at the end, whatever comes.

    It keeps no more than the listener, since there are many: no request, and no database session.
    """

    __slots__ = ("_heartbeat_s", "_hub", "_last_id", "_listener", "_pieces", "_source")

    def __init__(self, hub: Hub, source: Source, listener: Listener, *, last_id: str, heartbeat_s: float) -> None:
        """
        Args:
            last_id: what the listener saw last, or nothing.
            heartbeat_s: after how many seconds in which nothing happened a comment is sent.
        """
        self._hub = hub
        self._source = source
        self._listener = listener
        self._last_id = last_id
        self._heartbeat_s = heartbeat_s
        self._pieces: Iterator[bytes] = iter(())

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._listener.position is None:
            self._source.wait_until_listening()
            return self._hub.begin(self._listener, self._last_id)
        while (piece := next(self._pieces, None)) is None:
            self._source.revive()
            if not self._listener.wake.wait(self._heartbeat_s):
                return self._beat()
            if self._listener.is_ended:
                raise StopIteration
            self._pieces = frames.in_pieces(self._hub.take(self._listener))
        return piece

    def _beat(self) -> bytes:
        """A heartbeat; where what was sent before the wait has not even arrived, nobody is there any more."""
        connection = self._listener.connection
        if connection is not None and sockets.unread_bytes(connection):
            raise StopIteration
        return frames.HEARTBEAT

    def close(self) -> None:
        """Leave, and end the connection, on which nothing else is to come."""
        self._hub.remove(self._listener)
        if self._listener.connection is not None:
            sockets.shut(self._listener.connection)
