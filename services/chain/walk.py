"""A walk along the chain: each seal with its links and their events, one at a time."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from models import AuditSeal
from services.chain.digests import GENESIS, link_digest, seal_digest
from services.chain.missed import Missed


class Walk:
    """Goes on from seal to seal as long as everything fits."""

    def __init__(self, links: Iterator[Any], *, purged_up_to: int) -> None:
        """
        Args:
            links: all links by position, each with what there is of its event.
            purged_up_to: the last seal whose events retention removed, 0 for none.
        """
        self._links = links
        self._purged_up_to = purged_up_to
        self._before: AuditSeal | None = None
        self._missed = Missed()

    def fault_of(self, seal: AuditSeal) -> str | None:
        """What does not fit of the next seal and its events; None where all does."""
        before = self._before
        seq, position = (before.seq, before.last_position) if before else (0, 0)
        if seal.seq != seq + 1:
            return f"Seal {seq + 1} was deleted."
        previous = before.digest if before else GENESIS
        if seal_digest(previous, seal) != seal.digest or seal.first_position != position + 1:
            return f"Seal {seal.seq} of {at_text(seal.sealed_at)} was altered or inserted."
        fault = None if seal.seq <= self._purged_up_to else self._fault_of_links(seal, previous)
        self._before = seal
        self._missed.add(seal)
        return fault

    def fault_of_rest(self) -> str | None:
        """What follows the last seal, where nothing should."""
        link = next(self._links, None)
        if link is None:
            return None
        return f"Link {link.position} (event {link.event_id}) is of no seal: it was inserted, or its seal deleted."

    def fault_of_unsealed(self, events: Iterable[Any], *, cluster: int) -> str | None:
        """The first event in no seal that one would have, had it been written when it says.

        Args:
            events: what no link names, in the order of sealing.
            cluster: the server that has them.
        """
        for event in events:
            if seal := self._missed.by(event.at, event.xid, cluster=cluster):
                came_after = f"it is in no seal, though seal {seal.seq} of {at_text(seal.sealed_at)} came after it."
                return f"{_event(event)} was inserted: {came_after}"
        return None

    def _fault_of_links(self, seal: AuditSeal, previous: bytes) -> str | None:
        for position in range(seal.first_position, seal.last_position + 1):
            link = next(self._links, None)
            if link is None or link.position != position:
                return _fault_of_place(link, position, seal)
            if fault := self._fault_of_event(link, previous, seal):
                return fault
            previous = link.digest
        if previous != seal.links_digest:
            return f"Link {seal.last_position} was altered: seal {seal.seq} ends otherwise."
        return None

    def _fault_of_event(self, link: Any, previous: bytes, seal: AuditSeal) -> str | None:
        if link.id is None:
            return f"Event {link.event_id} was deleted (position {link.position}, {_sealed(seal)})."
        event = _event(link)
        if link_digest(previous, link.text) != link.digest:
            return f"{event} was altered since it was sealed (position {link.position}, {_sealed(seal)})."
        if missed := self._missed.by(link.at, link.xid, cluster=seal.cluster, at_any_time=seal.loaded):
            return f"{event} was inserted: it came after seal {missed.seq} of {at_text(missed.sealed_at)}."
        return None


def _fault_of_place(link: Any, position: int, seal: AuditSeal) -> str:
    if link is None or link.position > position:
        return f"Link {position} was deleted ({_sealed(seal)})."
    return f"Link {link.position} (event {link.event_id}) was inserted."


def _event(row: Any) -> str:
    return f"Event {row.id} ({row.tag} by {row.actor}, {at_text(row.at)})"


def _sealed(seal: AuditSeal) -> str:
    return f"sealed as part of seal {seal.seq} on {at_text(seal.sealed_at)}"


def at_text(at: datetime) -> str:
    """A time as reports have it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
