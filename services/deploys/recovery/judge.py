"""When a recovery halts by itself: one pure decision."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

LEAST = 10
"""Outcomes of a wave under way below which its share of failures says nothing."""
WINDOW = 100
"""Outcomes, the newest, whose share counts while a wave is under way: what went well an hour ago says little."""


@dataclass(frozen=True)
class WaveSoFar:
    """What is known of a wave since it is judged."""

    met: Mapping[str, int]
    """How many of its failures looked like what, by fingerprint."""
    newest_failed: int
    newest: int
    """Of the newest `WINDOW` outcomes: those that failed, and all."""
    failed: int
    ended: int
    """Of all outcomes: those that failed, and all; skipped deploys have none."""
    is_over: bool
    """Whether no deploy of the wave waits or is under way."""


@dataclass(frozen=True)
class Halt:
    """Why a recovery stops by itself."""

    fingerprint: str | None
    """The failure that was met again; null where too many failed, of whatever."""
    failed: int
    ended: int


def why_halt(wave: WaveSoFar, *, chosen: Collection[str], accepted: Collection[str], halt_share: float) -> Halt | None:
    """Whether the recovery stops here.

    Args:
        chosen: what its deploys' failures looked like when they were chosen; the first to look like one of them again
            shows that its cause is still there.
        accepted: those of them with which somebody went on anyway.
        halt_share: the share of failures, whatever they look like, that is still borne.
    """
    again = [fingerprint for fingerprint in wave.met if fingerprint in chosen and fingerprint not in accepted]
    if again:
        worst = max(again, key=lambda fingerprint: wave.met[fingerprint])
        return Halt(worst, wave.met[worst], wave.ended)
    if wave.newest >= LEAST and wave.newest_failed > halt_share * wave.newest:
        return Halt(None, wave.newest_failed, wave.newest)
    if wave.is_over and wave.failed > halt_share * wave.ended:
        return Halt(None, wave.failed, wave.ended)
    return None
