"""Lists: their first page and their last, of many rows and of few, and beside Flask-Admin as it comes."""

from collections.abc import Sequence
from functools import partial

from bench.figure import Figure, Pair, Target, at_least, at_most, median_ratio
from bench.records.place import FEW, LIST, PAGE, SECTION, Place, check_rows
from bench.stage import Stage

TIMES = 15
SLOW_TIMES = 2
"""How often a page is asked for that takes seconds."""
LAST = f"{LIST}&cursor=last"
FAILED = f"{LIST}&flt0_status_equals=failed"
GROWTH = at_most(1.2)
AGAINST_STOCK = {"first page": at_least(3), "page filtered by status": at_least(1.7), "last page": at_least(100)}
GROWTH_HOW = f"""\
The list of sessions with {PAGE} a page, as an operator gets it, over one connection that is kept, {TIMES} times one
after another, of which the median counts; by turns of a console with that many sessions and of one with {FEW:,}. The
last page is asked for as the pager's link does."""
STOCK_HOW = f"""\
By turns with a Flask-Admin as it comes (`ModelView` with the same columns, search, filter and order, its own theme, no
sign-in) over the same tables, served by gunicorn with the same settings; {PAGE} rows a page. Its last page it finds by
OFFSET. The median of {TIMES} requests, of {SLOW_TIMES} for its last page."""


def measure(stage: Stage, few: Place, many: Place) -> Sequence[Figure]:
    return [*_of_sizes(stage, few, many), *_against_stock(stage, many)]


def _of_sizes(stage: Stage, few: Place, many: Place) -> Sequence[Figure]:
    figures = []
    for name, path in {"first page": LIST, "last page": LAST}.items():
        what = f"List of {many.filled.sessions:,} sessions, {name}, of that of {FEW:,}"
        pairs = stage.pairs(
            what,
            "ms",
            measured=partial(many.console.median_ms, path, TIMES),
            limit=partial(few.console.median_ms, path, TIMES),
        )
        figures.append(Figure(SECTION, what, round(median_ratio(pairs), 2), "×", GROWTH, GROWTH_HOW))
    return figures


def _against_stock(stage: Stage, place: Place) -> Sequence[Figure]:
    last = -(-place.filled.sessions // PAGE) - 1
    paths = {"first page": (LIST, LIST), "page filtered by status": (FAILED, FAILED)}
    paths |= {"last page": (LAST, f"{LIST}&page={last}")}
    figures = []
    for name, (console, stock) in paths.items():
        check_rows(place, console, stock)
        pairs = stage.pairs(
            f"Flask-Admin’s {name}, and the console’s",
            "ms",
            measured=partial(place.stock.median_ms, stock, SLOW_TIMES if stock != console else TIMES),
            limit=partial(place.console.median_ms, console, TIMES),
        )
        figures.append(_faster(place, name, pairs, AGAINST_STOCK[name]))
    return figures


def _faster(place: Place, name: str, pairs: Sequence[Pair], target: Target) -> Figure:
    what = f"List of {place.filled.sessions:,} sessions, {name}, against Flask-Admin’s"
    return Figure(SECTION, what, round(median_ratio(pairs), 1), "× as fast", target, STOCK_HOW)
