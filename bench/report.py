"""What is told of figures: a table in the terminal, results.json, and a section each in docs/benchmarks.md."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bench.figure import Figure

HEADINGS = ("figure", "value", "must reach", "holds")
PREFACE = """\
# Benchmarks

What the console holds itself to, measured by `make bench`. Each figure is the median of paired runs, of which one
measures the console and the other its limit, on the same machine in the same minute, so that a slow machine is slow for
both.

`make bench SECTION=…` measures one section; of each section the newest run is kept, here and in `bench/results.json`.
The section `records` has a console with `ROWS=1000000` sessions, or as many as are asked for; ten million take some
10 GB.
"""


@dataclass(frozen=True)
class Run:
    """When, where and how the figures were measured."""

    at: datetime
    machine: str
    command: str
    runs: int


def table(figures: Sequence[Figure]) -> str:
    """The figures as columns, for a terminal."""
    rows = [HEADINGS, *map(_cells, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def results(figures: Sequence[Figure], kept: Iterable[Mapping[str, Any]] = ()) -> str:
    """The JSON list of figures, after those of other sections that are kept."""
    sections = {figure.section for figure in figures}
    others = [one for one in kept if one["section"] not in sections]
    return json.dumps([*others, *(figure.as_json() for figure in figures)], indent=2, ensure_ascii=False) + "\n"


def document(known: str, figures: Sequence[Figure], run: Run) -> str:
    """docs/benchmarks.md with the sections of the figures written anew; the others stay."""
    known_sections = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", known, flags=re.M | re.S))
    for section in dict.fromkeys(figure.section for figure in figures):
        known_sections[section] = _section([figure for figure in figures if figure.section == section], run)
    return "\n".join([PREFACE, *(f"## {name}\n{text.rstrip()}\n" for name, text in known_sections.items())])


def _section(figures: Sequence[Figure], run: Run) -> str:
    rows = [HEADINGS, ("---",) * len(HEADINGS), *map(_cells, figures)]
    how = [f"### {figure.figure}\n\n{figure.how}" for figure in figures if figure.how]
    lines = [
        "",
        f"{run.at:%Y-%m-%d %H:%M} UTC, `{run.command}`, {run.runs} paired runs; {run.machine}.",
        "",
        *("| " + " | ".join(row) + " |" for row in rows),
        "",
        "\n\n".join(how),
    ]
    return "\n".join(lines)


def _cells(figure: Figure) -> tuple[str, ...]:
    if figure.target is None:
        return figure.figure, _quantity(figure), "", ""
    return figure.figure, _quantity(figure), f"{figure.target} {figure.unit}", "yes" if figure.holds else "NO"


def _quantity(figure: Figure) -> str:
    return f"{figure.value:,} {figure.unit}"
