"""What earlier seals say of an event that they have not: whether it can have been missed, and since when it can be."""

from collections import deque
from datetime import datetime, timedelta

from models import AuditSeal

STEP = timedelta(minutes=2)
"""By how much the database's clock may be set back, or that of a server which takes over may be behind."""
LATE = timedelta(hours=1)
"""How much older than the seal before it an event may be, where that seal says nothing of transactions."""


class Missed:
    """Knows of the seals so far as much as the next event needs; that is little, unless a transaction takes long.

    An event is written after its transaction got its number, and its time is read after that. So a seal whose own
    number is lower is older than the event; and a seal that missed it saw its transaction under way.
    """

    def __init__(self) -> None:
        self._seals: deque[AuditSeal] = deque()
        self._over_before = 0
        self._under_way: frozenset[int] = frozenset()

    def add(self, seal: AuditSeal) -> None:
        """Go on by one seal."""
        if self._seals and self._seals[-1].cluster != seal.cluster:
            self._seals.clear()
        self._seals.append(seal)
        while len(self._seals) > 1 and int(self._seals[1].ceiling) <= int(seal.horizon):
            self._seals.popleft()
        _, over_before, under_way = (seal.snapshot or f"{seal.horizon}:{seal.horizon}:").split(":")
        self._over_before = int(over_before)
        self._under_way = frozenset(map(int, filter(None, (*under_way.split(","), seal.ceiling))))

    def by(self, at: datetime, xid: str | None, *, cluster: int, at_any_time: bool = False) -> AuditSeal | None:
        """The seal that would have the event, had it been written honestly; None where all may have missed it.

        Args:
            at: when the event says that it was written.
            xid: the transaction that it says it was written in.
            cluster: the server that sealed it, or would.
            at_any_time: whether its time is that of something past, which was loaded.
        """
        if not self._seals:
            return None
        newest = self._seals[-1]
        if newest.cluster == cluster and self._was_over(xid):
            return newest
        if at_any_time:
            return None
        if newest.cluster != cluster or newest.snapshot is None:
            return newest if at < newest.sealed_at - LATE else None
        since = next((seal for seal in reversed(self._seals) if int(seal.ceiling) <= int(xid or 0)), None)
        return since if since and at < since.sealed_at - STEP else None

    def _was_over(self, xid: str | None) -> bool:
        """Whether the newest seal saw the end of a transaction, so that it has all of its events."""
        return xid is None or (int(xid) < self._over_before and int(xid) not in self._under_way)
