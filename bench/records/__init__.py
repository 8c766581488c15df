"""Records: what a million of them, or any number, cost those who look at them, search, export and write."""

from bench.figure import Figure
from bench.records import exports, lists, row_security, searches, summary, writers
from bench.records.place import FEW, open_place
from bench.stage import Stage


def measure(stage: Stage) -> list[Figure]:
    """All figures of the section."""
    with open_place(stage, FEW) as few, open_place(stage, stage.rows) as many:
        figures = [figure for part in (summary, lists) for figure in part.measure(stage, few, many)]
        figures += [figure for part in (row_security, searches, exports) for figure in part.measure(stage, many)]
    return [*figures, *writers.measure(stage)]
