"""A figure: what was measured, in which unit, and what it must reach."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Target:
    """The bound that a figure must keep."""

    bound: float
    is_least: bool

    def __str__(self) -> str:
        return f"{'≥' if self.is_least else '≤'} {self.bound:g}"

    def holds(self, value: float) -> bool:
        return value >= self.bound if self.is_least else value <= self.bound


def at_least(bound: float) -> Target:
    return Target(bound, is_least=True)


def at_most(bound: float) -> Target:
    return Target(bound, is_least=False)


@dataclass(frozen=True)
class Figure:
    """One figure of a section; without a target it only tells what a ratio is made of."""

    section: str
    figure: str
    value: float
    unit: str
    target: Target | None = None
    how: str = ""
    """How it is measured, for readers; what only goes with another figure has none."""

    @property
    def holds(self) -> bool:
        return self.target is None or self.target.holds(self.value)

    def as_json(self) -> dict[str, Any]:
        return {
            "section": self.section,
            "figure": self.figure,
            "value": self.value,
            "unit": self.unit,
            "target": None if self.target is None else self.target.bound,
            "holds": self.holds,
        }


@dataclass(frozen=True)
class Pair:
    """One run: the same thing measured with and without what the figure is about, one right after the other."""

    measured: float
    limit: float

    @property
    def ratio(self) -> float:
        return self.measured / self.limit

    @property
    def difference(self) -> float:
        return self.measured - self.limit


def median_ratio(pairs: Sequence[Pair]) -> float:
    """The median of the pairs' ratios: what slows a whole run down slows both of a pair."""
    return median(pair.ratio for pair in pairs)


def median_difference(pairs: Sequence[Pair]) -> float:
    return median(pair.difference for pair in pairs)


def rounded(value: float) -> float:
    """To one decimal, as it is shown; so that what is shown is what is held against the target."""
    return round(value, 1) + 0.0  # which makes 0.0 of -0.0


def all_hold(figures: Iterable[Figure]) -> bool:
    return all(figure.holds for figure in figures)
