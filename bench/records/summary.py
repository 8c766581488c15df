"""The summary: how little it costs, and that it costs no more where there is more."""

from collections.abc import Sequence
from statistics import median

from bench.errors import BenchError
from bench.figure import Figure, Pair, at_most, median_ratio
from bench.records.place import FEW, LEAST, SECTION, Place
from bench.stage import Stage

PATH = "/api/console/summary"
TIMES = 100
GROWTH = at_most(1.15)
COST = at_most(3)
UNCHANGED_COST = at_most(1.3)
HOW = f"""\
`GET {PATH}` by an operator, over one connection that is kept, {TIMES} times one after another, of which the median
counts; by turns of a console with that many sessions and of one with {FEW:,}, each with a tenth as many people,
projects, deploys and attempts, on one server, with a web process each as `make web` starts it."""
COST_HOW = f"""\
The same, by turns with an endpoint of the same process that asks who is signed in and permitted as every operation
does, and then does one `SELECT 1`; {TIMES} times each."""
UNCHANGED_HOW = "The same, where the request names the answer's ETag and is answered with 304."


def measure(stage: Stage, few: Place, many: Place) -> Sequence[Figure]:
    sizes = stage.pairs(
        f"Summary at {many.filled.sessions:,} and at {FEW:,} sessions",
        "ms",
        measured=lambda: many.console.median_ms(PATH, TIMES),
        limit=lambda: few.console.median_ms(PATH, TIMES),
    )
    tag = _tag(many)
    costs = stage.pairs(
        "Summary, and one SELECT 1",
        "ms",
        measured=lambda: many.console.median_ms(PATH, TIMES),
        limit=lambda: many.console.median_ms(LEAST, TIMES),
    )
    unchanged = stage.pairs(
        "Summary answered with 304, and one SELECT 1",
        "ms",
        measured=lambda: many.console.median_ms(PATH, TIMES, **{"If-None-Match": tag}),
        limit=lambda: many.console.median_ms(LEAST, TIMES),
    )
    name = f"Summary at {many.filled.sessions:,} sessions"
    return [
        Figure(SECTION, f"{name}, of that at {FEW:,}", _ratio(sizes), "×", GROWTH, HOW),
        Figure(SECTION, "Summary, of a signed-in endpoint that does one SELECT 1", _ratio(costs), "×", COST, COST_HOW),
        Figure(
            SECTION, "Summary answered with 304, of the same", _ratio(unchanged), "×", UNCHANGED_COST, UNCHANGED_HOW
        ),
        Figure(SECTION, name, round(median(pair.measured for pair in costs), 1), "ms"),
        Figure(SECTION, "One SELECT 1", round(median(pair.limit for pair in costs), 1), "ms"),
    ]


def _tag(place: Place) -> str:
    """
    Raises:
        BenchError: a summary that is at hand is sent again.
    """
    with place.console.open(PATH) as answer:
        answer.read()
        tag = str(answer.headers["ETag"])
    with place.console.open(PATH, **{"If-None-Match": tag}) as answer:
        answer.read()
        if answer.status != 304:
            raise BenchError("The summary did not answer 304 to its own ETag.")
    return tag


def _ratio(pairs: Sequence[Pair]) -> float:
    return round(median_ratio(pairs), 2)
