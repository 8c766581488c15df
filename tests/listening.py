"""Listening to a real server over a real connection, as a browser's EventSource does."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from extensions import database
from services.live.live import Live
from tests.tokens import token_of

PATH = "/api/console/events"
PATIENCE_S = 20
"""How long an event may take before the test fails."""


class Event(NamedTuple):
    """One event as a browser would hand it on."""

    name: str
    data: dict[str, Any]
    id: str | None


class Ear:
    """Somebody who listens; reading fails when nothing comes for a long time."""

    def __init__(self, port: int, headers: dict[str, str], *, receive_buffer: int | None = None, **query: str) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        if receive_buffer is not None:
            self.connection.sock = socket.socket()
            self.connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            self.connection.sock.settimeout(PATIENCE_S)
            self.connection.sock.connect(("127.0.0.1", port))
        self.connection.request("GET", f"{PATH}?{urlencode(query)}" if query else PATH, headers=headers)
        self.response = self.connection.getresponse()
        self.comments = 0

    def __enter__(self) -> "Ear":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self.response.close()
        self.connection.close()

    def hear(self) -> Event | None:
        """The next event, or None where the stream has ended."""
        fields: dict[str, str] = {}
        until = monotonic() + PATIENCE_S
        while line := self.response.readline().decode():
            name, _, value = line.rstrip("\n").partition(":")
            if name:
                fields[name] = value.removeprefix(" ")
            elif line.startswith(":"):
                self.comments += 1
                assert monotonic() < until, "Only comments came."
            elif "data" in fields:
                return Event(fields["event"], json.loads(fields["data"]), fields.get("id"))
        return None

    def hear_until(self, name: str) -> list[Event]:
        """All events up to the first of this name, which is the last of the list."""
        heard = []
        while event := self.hear():
            heard.append(event)
            if event.name == name:
                return heard
        raise AssertionError(f"The stream ended after {heard}.")

    def ids(self, until: str) -> list[str]:
        """The ids of all changes up to the one that names this id."""
        heard: list[str] = []
        while until not in heard:
            event = self.hear()
            assert event is not None, "The stream ended."
            heard += event.data.get("ids", [])
        return heard


class Place:
    """A server with an application of the test's own."""

    def __init__(self, app: Flask, port: int) -> None:
        self.app = app
        self.port = port

    @property
    def live(self) -> Live:
        live: Live = self.app.extensions["console_live"]
        return live

    def token(self, email: str) -> dict[str, str]:
        """The header by which a person's program is known."""
        return {"Authorization": f"Bearer {token_of(self.app, email)}"}

    def listen(self, email: str, **details: Any) -> Ear:
        """Somebody who listens and was told that they do; what follows is what happens from now on."""
        headers = self.token(email) | details.pop("headers", {})
        ear = Ear(self.port, headers, **details)
        assert ear.response.status == 200, ear.response.read()
        first = ear.hear()
        assert first is not None
        assert first.name == "ready"
        return ear


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing: what is asked for is in the tests."""


@contextmanager
def serving(app: Flask) -> Iterator[Place]:
    """Serve the application over threads until the block ends."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Place(app, server.server_port)
    finally:
        app.extensions["console_live"].close()
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
        with app.app_context():
            database.engine.dispose()
