"""Spans of time that stay relative: “24h” means the last 24 hours today and tomorrow alike."""

import re
from dataclasses import dataclass
from datetime import timedelta

LONGEST = timedelta(days=36_500)
"""A hundred years; what is longer ago is no time that a record has."""
_UNITS = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week"}
_WORDS = {
    word: unit
    for unit, words in {
        "s": "s sec secs second seconds",
        "m": "m min mins minute minutes",
        "h": "h hr hrs hour hours",
        "d": "d day days",
        "w": "w week weeks",
    }.items()
    for word in words.split()
}
_SPAN = re.compile(
    r"(?:in |within |more than )?(?:the )?(?:last |past |next )?(?P<amount>[0-9]{1,8}) ?(?P<unit>[a-z]+)(?: ago)?"
)


@dataclass(frozen=True)
class RelativeTime:
    """A span of time as a person gives it."""

    amount: int
    unit: str
    """s, m, h, d or w."""

    @property
    def span(self) -> timedelta:
        return timedelta(**{f"{_UNITS[self.unit]}s": self.amount})

    @property
    def short(self) -> str:
        """As addresses have it: `24h`."""
        return f"{self.amount}{self.unit}"

    def __str__(self) -> str:
        return f"{self.amount:,} {_UNITS[self.unit]}{'' if self.amount == 1 else 's'}"


def parse(text: str) -> RelativeTime:
    """The span that a text names: `24h`, `30m`, “2 weeks”, “in the last 7 days”, “more than 2 days ago”.

    Raises:
        ValueError: it names none, or one of more than a hundred years.
    """
    match = _SPAN.fullmatch(" ".join(text.lower().split())) if len(text) <= 60 else None
    unit = _WORDS.get(match["unit"]) if match else None
    if match is None or unit is None:
        raise ValueError("No span of time.")
    found = RelativeTime(int(match["amount"]), unit)
    if not timedelta(0) < found.span <= LONGEST:
        raise ValueError("Longer than anyone remembers.")
    return found
