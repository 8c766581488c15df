"""The source: one connection of a process that reads what the database tells, while anybody listens."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from os import dup
from socket import socket

import psycopg

from services.database_roles import DatabaseRole, option
from services.live import sockets
from services.live.audience import ASKED_FOR_SECOND_FACTOR, Authority
from services.live.changes import Gathering
from services.live.hub import Hub
from services.live.reader import OPTIONS, Reader
from services.live.times import Times

log = logging.getLogger("console.live")

CONNECTION_ERRORS = (psycopg.OperationalError, psycopg.InterfaceError, OSError)
NAME = "console live"
"""What the connection is called in pg_stat_activity."""
WHO_MAY = """
    SELECT users.id, users.role, 'sign-in ' || sign_ins.id || CASE
        WHEN users.second_factor_since IS NOT NULL OR users.role IN (SELECT role FROM second_factor_roles)
        THEN %(asked)s ELSE '' END
    FROM users JOIN sign_ins ON sign_ins.user_id = users.id
    WHERE users.active AND users.id = ANY(%(people)s)
    AND sign_ins.ended_at IS NULL AND sign_ins.expires_at > now()
    UNION ALL
    SELECT users.id, users.role, 'token ' || api_tokens.id FROM users JOIN api_tokens ON api_tokens.user_id = users.id
    WHERE users.active AND users.id = ANY(%(people)s)
    AND api_tokens.revoked_at IS NULL AND api_tokens.expires_at > now()
    UNION ALL
    SELECT users.id, users.role, 'acting ' || actings.id || CASE
        WHEN admins.second_factor_since IS NOT NULL OR admins.role IN (SELECT role FROM second_factor_roles)
        THEN %(asked)s ELSE '' END
    FROM users JOIN actings ON actings.user_id = users.id JOIN users AS admins ON admins.id = actings.admin_id
    WHERE users.active AND users.id = ANY(%(people)s) AND admins.active AND admins.role = 'admin'
    AND actings.ended_at IS NULL AND actings.ends_at > now()
"""
"""By what these people may listen: their sign-ins, each token that opens something, and each admin who acts as them."""


class Source:
    """A thread with a connection, which starts when it is needed and ends when it no longer is."""

    def __init__(self, conninfo: str, hub: Hub, times: Times) -> None:
        self._conninfo = conninfo
        self._hub = hub
        self._times = times
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._is_listening = threading.Event()
        self._connection: psycopg.Connection | None = None
        self._ticked_at = self._needed_at = 0.0
        self.is_stopping: Callable[[], bool] = lambda: False
        """Whether the process is about to end, as its web server knows; it ends all streams."""

    def start(self) -> None:
        """Begin to listen, unless that was done."""
        with self._lock:
            if self._thread is None and not self._is_closed:
                self._ticked_at = self._needed_at = time.monotonic()
                self._thread = threading.Thread(target=self._run, name="live", daemon=True)
                self._thread.start()

    def wait_until_listening(self) -> None:
        """Wait for the connection, but not for long: should it come later, all are told to look anew."""
        self._is_listening.wait(self._times.patience)

    def close(self) -> None:
        """End the thread and its connection."""
        self._is_closed = True
        if (thread := self._thread) is not None:
            thread.join(timeout=10)

    def revive(self) -> None:
        """Break the connection off where the database keeps it waiting too long, so that a new one is made.

        The thread that waits can't do so itself; listeners' streams call this.
        """
        connection, now = self._connection, time.monotonic()
        if connection is not None and now - self._ticked_at > self._times.silence:
            self._ticked_at = now
            with suppress(*CONNECTION_ERRORS, ValueError), socket(fileno=dup(connection.fileno())) as wire:
                sockets.shut(wire)

    def _run(self) -> None:
        tries = 0
        while not self._is_over():
            try:
                with self._connect() as connection:
                    tries = 0
                    self._hear(connection)
                continue
            except CONNECTION_ERRORS as error:
                log.warning("The database is away (%s); it will be listened to again.", type(error).__name__)
            except Exception:
                log.exception("Listening to the database failed; it will be tried again.")
            finally:
                self._forget_connection()
            self._rest(self._times.reconnect[min(tries, len(self._times.reconnect) - 1)])
            tries += 1

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            self._conninfo,
            autocommit=True,
            connect_timeout=5,
            application_name=NAME,
            options=f"-c timezone=UTC -c statement_timeout=10s {OPTIONS} {option(DatabaseRole.LISTENER)}",
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
        )

    def _forget_connection(self) -> None:
        self._is_listening.clear()
        self._connection = None

    def _rest(self, seconds: float) -> None:
        """Wait, and meanwhile look after those who listen."""
        until = time.monotonic() + seconds
        while (now := time.monotonic()) < until and not self._is_over():
            self._look_after(now)
            time.sleep(min(self._times.tick, seconds))

    def _is_over(self) -> bool:
        """Whether nobody needs the thread; who comes after that starts another."""
        with self._lock:
            now = time.monotonic()
            if len(self._hub):
                self._needed_at = now
            if self._is_closed or now - self._needed_at > self._times.idle:
                self._is_listening.clear()
                self._thread = None
            return self._thread is None

    def _hear(self, connection: psycopg.Connection) -> None:
        reader = Reader(connection)
        self._connection = connection
        self._hub.restart(now=time.monotonic())
        self._is_listening.set()
        gathering = Gathering(every_s=self._times.every)
        asked_at = 0.0
        while not self._is_over():
            gathering.every_s = max(self._times.every, self._times.every_each * len(self._hub))
            self._read(reader, gathering)
            now = time.monotonic()
            if changes := gathering.take(now=now):
                self._hub.publish(changes, now=now)
            self._look_after(now)
            if now - asked_at > self._times.authority:
                asked_at = now
                self._ask_who_may(connection)
            time.sleep(self._pause(gathering))

    def _read(self, reader: Reader, gathering: Gathering) -> None:
        told, now = reader.read(), time.monotonic()
        if told is None:
            self._hub.restart(now=now)
        for notice in told or ():
            gathering.add(notice, now=now)

    def _pause(self, gathering: Gathering) -> float:
        """How long to wait before it is read again: less where some are due to be told sooner."""
        if gathering.due_at is None:
            return self._times.poll
        return max(0.0, min(self._times.poll, gathering.due_at - time.monotonic()))

    def _look_after(self, now: float) -> None:
        self._ticked_at = now
        self._hub.end_overdue(now=now)
        if self.is_stopping():
            self._hub.close()

    def _ask_who_may(self, connection: psycopg.Connection) -> None:
        """Ask once for all who listen whether they still may, and as whom."""
        asked_at = time.monotonic()
        asked = {"people": self._hub.user_ids(), "asked": ASKED_FOR_SECOND_FACTOR}
        rows = connection.execute(WHO_MAY, asked).fetchall()
        valid = [Authority(*row) for row in rows]
        self._hub.end_unauthorized(valid, asked_at=asked_at)
