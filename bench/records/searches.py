"""Search: two words, of which one is in a session and one in its person."""

from collections.abc import Sequence
from functools import partial
from statistics import median
from urllib.parse import urlencode

from bench.figure import Figure, at_least, median_ratio
from bench.records.place import LIST, PAGE, SECTION, Place, check_rows
from bench.stage import Stage

TIMES = 15
SLOW_TIMES = 2
TARGET = at_least(100)
HOW = f"""\
The list of sessions, searched for two words, the one in a session's purpose and the other in its person's name; each is
in some sessions of a thousand, both together in hardly any. Purposes are three to eight of some three thousand words.
By turns with Flask-Admin as it comes, which searches the same four columns of the two tables, over the same tables;
{PAGE} rows a page. The median of {TIMES} requests to the console and of {SLOW_TIMES} to the other."""


def measure(stage: Stage, place: Place) -> Sequence[Figure]:
    path = f"{LIST}&{urlencode({'search': place.filled.words})}"
    check_rows(place, path, path)
    pairs = stage.pairs(
        "Flask-Admin’s search, and the console’s",
        "ms",
        measured=partial(place.stock.median_ms, path, SLOW_TIMES),
        limit=partial(place.console.median_ms, path, TIMES),
    )
    name = f"Search of {place.filled.sessions:,} sessions for two words in two tables"
    found = round(median(pair.limit for pair in pairs), 1)
    return [
        Figure(SECTION, f"{name}, against Flask-Admin’s", round(median_ratio(pairs), 1), "× as fast", TARGET, HOW),
        Figure(SECTION, name, found, "ms"),
    ]
