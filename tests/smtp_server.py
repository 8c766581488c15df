"""A mail server of the tests' own, on loopback: it takes what it is given."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from queue import Queue

WAIT_S = 30


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 mail.example.com")
        while line := self.rfile.readline(2_000):
            match line[:4].upper().strip():
                case b"EHLO" | b"HELO":
                    self._say("250 mail.example.com")
                case b"DATA":
                    self._say("354 Go on")
                    self.server.taken.put(self._message())  # type: ignore[attr-defined]
                    self._say("250 Taken")
                case b"QUIT":
                    self._say("221 Bye")
                    return
                case _:
                    self._say("250 Fine")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def _message(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline(100_000)) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mails; `wait` hands them out in their order."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.taken: Queue[EmailMessage] = Queue()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def wait(self) -> EmailMessage:
        """The next mail.

        Raises:
            Empty: there came none.
        """
        return self.taken.get(timeout=WAIT_S)


@contextmanager
def receiving() -> Iterator[MailServer]:
    """A server until the block ends."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(timeout=WAIT_S)
