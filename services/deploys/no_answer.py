"""Why a POST got no answer."""

from models import ErrorKind


class NoAnswer(Exception):  # noqa: N818 - it is an outcome, and named as one
    """A POST ended without an answer; the message is safe to keep and show: it never has the URL, which is a secret."""

    def __init__(self, kind: ErrorKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
