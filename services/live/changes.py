"""Changes: what was done to records of one kind within a moment, as it is told to listeners."""

from functools import cached_property

from services.live import frames
from services.live.notices import Kind, Notice, Op

ID_LIMIT = 50
"""Ids that one change names; the count says how many there are."""
OWNER_LIMIT = 10_000
"""Owners that are told apart; where there are more, each is told to look at all anew."""
PARENTS = frozenset({Kind.SESSION, Kind.PROJECT, Kind.DEPLOY, Kind.ROOM})
"""What goes with one of these when it is deleted is gone before anybody can tell whose it was."""


class Share:
    """Which records, and how many."""

    __slots__ = ("beyond", "ids")

    def __init__(self) -> None:
        self.ids: dict[str, None] = {}
        self.beyond = 0

    @property
    def count(self) -> int:
        """How many there are; one that changed twice may count twice where it is not named."""
        return len(self.ids) + self.beyond

    def add(self, row: str) -> None:
        if len(self.ids) < ID_LIMIT:
            self.ids[row] = None
        elif row not in self.ids:
            self.beyond += 1


class Change:
    """What notices of one kind and act come to; complete once it has its `token`."""

    def __init__(self, kind: Kind, op: Op) -> None:
        self.kind = kind
        self.op = op
        self.token = ""
        """Names its place to listeners, who resume from it."""
        self.all = Share()
        self.shares: dict[str, Share] = {}
        """By owner."""
        self.is_everyones = op is Op.TRUNCATE
        """Whether anybody's records may be among them, so that all look anew."""

    @property
    def weight(self) -> int:
        """About how much memory it takes, in shares."""
        return 1 + len(self.shares)

    def add(self, notice: Notice) -> None:
        self.all.beyond += notice.beyond
        for row, owner in notice.rows.items():
            self.all.add(row)
            if owner is not None and (share := self._share(owner)):
                share.add(row)
        for owner, count in notice.owners.items():
            if share := self._share(owner):
                share.beyond += count

    def _share(self, owner: str) -> Share | None:
        if share := self.shares.get(owner):
            return share
        if len(self.shares) >= OWNER_LIMIT:
            self.is_everyones = True
            return None
        return self.shares.setdefault(owner, Share())

    def concerns(self, owner: str) -> bool:
        return self.is_everyones or owner in self.shares

    @cached_property
    def frame(self) -> bytes:
        """What those hear who see all; made once, whoever listens."""
        if self.op is Op.TRUNCATE:
            return frames.resync(self.token)
        return self._frame(self.all) if self.all.count else b""

    def frame_of(self, owner: str) -> bytes:
        """What the owner hears of their own records; empty where none is among them."""
        if self.is_everyones:
            return frames.resync(self.token)
        share = self.shares.get(owner)
        if share is None:
            return b""
        looks_anew = self.op is Op.DELETE and self.kind in PARENTS
        return (frames.resync() if looks_anew else b"") + self._frame(share)

    def _frame(self, share: Share) -> bytes:
        return frames.change(self.token, self.kind, self.op, share.ids, share.count)


class Gathering:
    """Changes until they are told: those that come close together become one."""

    def __init__(self, *, every_s: float) -> None:
        self.every_s = every_s
        """What comes sooner after others were told waits so long."""
        self._changes: dict[tuple[Kind, Op], Change] = {}
        self._told_at = float("-inf")
        self.due_at: float | None = None
        """When they are to be told, on the clock of `now`; None while there are none."""

    def add(self, notice: Notice, *, now: float) -> None:
        if self.due_at is None:
            self.due_at = max(now, self._told_at + self.every_s)
        key = notice.kind, notice.op
        self._changes.setdefault(key, Change(*key)).add(notice)

    def take(self, *, now: float) -> list[Change]:
        """Those that are due, in the order in which they began; empty before."""
        if self.due_at is None or now < self.due_at:
            return []
        taken, self._changes = list(self._changes.values()), {}
        self._told_at, self.due_at = now, None
        return taken
