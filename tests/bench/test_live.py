"""The bench's listeners are told apart by when they hear, and whoever is cut off or hears nothing is no figure."""

import socket
import threading
from contextlib import contextmanager

import pytest

from bench.errors import BenchError
from bench.live.listeners import Listeners, listening

READY = b"HTTP/1.1 200 OK\r\n\r\nevent: ready\ndata: {}\n\n"


@contextmanager
def telling(*answers):
    """A port at which each connection is sent the next answer, after what it asked; then it is kept open."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connections = []

        def tell():
            for answer in answers:
                connection, _ = listener.accept()
                connections.append(connection)
                connection.recv(4096)
                connection.sendall(answer)

        thread = threading.Thread(target=tell)
        thread.start()
        try:
            yield listener.getsockname()[1], connections
        finally:
            thread.join(timeout=10)
            for connection in connections:
                connection.close()


def test_each_listener_is_timed_once_even_where_the_mark_comes_in_two_parts():
    with telling(READY, READY) as (port, connections), listening(port, ["a", "b"]) as listeners:
        connections[0].sendall(b"data: the-mark the-mark\n\n")
        connections[1].sendall(b"data: the-")
        arrivals = listeners.arrivals(b"the-mark", within_s=10)
        first = next(arrivals)
        connections[1].sendall(b"mark\n\n")

        assert [first <= at for at in arrivals] == [True]


def test_who_hears_nothing_in_time_is_no_figure():
    with (
        telling(READY) as (port, _),
        listening(port, ["a"]) as listeners,
        pytest.raises(BenchError, match=r"1 listeners did not hear of a change within 0\.1 s\."),
    ):
        list(listeners.arrivals(b"the-mark", within_s=0.1))


def test_who_is_cut_off_is_no_figure():
    with telling(READY) as (port, connections), listening(port, ["a"]) as listeners:
        connections[0].shutdown(socket.SHUT_RDWR)

        with pytest.raises(BenchError, match="cut off"):
            list(listeners.arrivals(b"the-mark", within_s=10))


def test_who_is_refused_is_no_figure():
    refusal = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n"
    with telling(refusal) as (port, connections), Listeners(port) as listeners:
        closing = threading.Timer(0.1, lambda: connections[0].shutdown(socket.SHUT_RDWR))
        closing.start()
        with pytest.raises(BenchError, match="cut off"):
            listeners.join(["a"])
        closing.join()
