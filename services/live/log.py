"""The log: the newest changes, as far back as a listener may be behind."""

import secrets
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice

from services.live.changes import Change

LENGTH = 1_000
"""Changes that are kept."""
WEIGHT = 50_000
"""Shares of all changes that are kept; together they are some 10 MB at the most."""


class Log:
    """Changes in their order, each at a position, which listeners know by a token that tells them nothing.

    Positions grow by one with each change, and by one more whenever some may have been missed, so that none from before
    is held any longer.
    """

    def __init__(self, *, length: int = LENGTH, weight: int = WEIGHT) -> None:
        self._length = length
        self._weight_limit = weight
        self._weight = 0
        self._changes: deque[Change] = deque()
        self._positions: dict[str, int] = {}
        self._base = ""
        self.head = 0
        """The position of the newest change."""
        self.restart()

    def restart(self) -> None:
        """Begin anew: what happened since the newest change is not known."""
        self._changes.clear()
        self._positions.clear()
        self._weight = 0
        self.head += 1
        self._base = self._new_token(self.head)

    def add(self, changes: Sequence[Change]) -> None:
        for change in changes:
            self.head += 1
            change.token = self._new_token(self.head)
            self._changes.append(change)
            self._weight += change.weight
        while self._changes and (len(self._changes) > self._length or self._weight > self._weight_limit):
            self._drop_oldest()

    def _new_token(self, position: int) -> str:
        token = secrets.token_urlsafe(9)  # not a number: its growth would tell how much others do
        self._positions[token] = position
        return token

    def _drop_oldest(self) -> None:
        oldest = self._changes.popleft()
        del self._positions[self._base]
        self._base = oldest.token
        self._weight -= oldest.weight

    @property
    def token(self) -> str:
        """That of the newest position."""
        return self._changes[-1].token if self._changes else self._base

    def find_position(self, token: str) -> int | None:
        """The position that the token names, or None where all since it is not known."""
        return self._positions.get(token)

    def holds(self, position: int) -> bool:
        """Whether all that came after the position is still there."""
        return self.head - len(self._changes) <= position <= self.head

    def since(self, position: int) -> Iterator[Change]:
        """What came after a position that is held."""
        return islice(self._changes, len(self._changes) - (self.head - position), None)
