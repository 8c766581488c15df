"""Row-level security: what it adds to a list and to the summary."""

from collections.abc import Sequence
from functools import partial

from bench.figure import Figure, at_most, median_ratio
from bench.records import summary
from bench.records.client import Client, asking, cookie_of
from bench.records.place import LIST, SECTION, Place
from bench.serving import serving
from bench.stage import Stage

TIMES = 50
COST = at_most(1.15)
HOW = f"""\
As an operator, over one connection that is kept, {TIMES} times one after another, of which the median counts; by turns
of the console and of one whose transactions take no role, and so ask as who owns the tables
(`bench/records/unguarded.py`), over the same database, with a web process each as `make web` starts it."""
PATHS = {"List of sessions, first page": LIST, "Summary": summary.PATH}


def measure(stage: Stage, place: Place) -> Sequence[Figure]:
    """The two figures."""
    app = "bench.records.unguarded:app"
    with (
        serving(stage.folder, place.url, name="unguarded", app=app) as web,
        asking(web.port, cookie_of(place.filled.operator)) as unguarded,
    ):
        return [_figure(stage, name, path, place, unguarded) for name, path in PATHS.items()]


def _figure(stage: Stage, name: str, path: str, place: Place, unguarded: Client) -> Figure:
    what = f"{name}, with row-level security, of that without"
    pairs = stage.pairs(
        what,
        "ms",
        measured=partial(place.console.median_ms, path, TIMES),
        limit=partial(unguarded.median_ms, path, TIMES),
    )
    return Figure(SECTION, what, round(median_ratio(pairs), 2), "×", COST, HOW)
