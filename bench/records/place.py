"""Where records are measured: a filled database, and both the console and a stock Flask-Admin that serve it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psutil

from bench.errors import BenchError
from bench.records.client import Client, asking, cookie_of
from bench.records.fill import Filled, fill
from bench.serving import serving
from bench.stage import Stage

SECTION = "records"
FEW = 10_000
"""Sessions of the small console."""
PAGE = 50
"""Rows of a list's page."""
LEAST = "/bench/least"
"""The least that somebody who is signed in can ask of the console."""
EXPORTED = 50_000
"""Rows of a stock Flask-Admin's export, since it makes the file in memory."""
LIST = f"/admin/session/?page_size={PAGE}"


@dataclass(frozen=True)
class Place:
    """One database and who serves it."""

    url: str
    filled: Filled
    console: Client
    process: psutil.Process
    """The console's."""
    stock: Client
    """Of a Flask-Admin as it comes."""


@contextmanager
def open_place(stage: Stage, sessions: int) -> Iterator[Place]:
    """A console with so many sessions, until the block ends."""
    with ExitStack() as stack:
        url = stack.enter_context(stage.server.copy_of())
        stage.say(f"Filling a console with {sessions:,} sessions …")
        filled = fill(url, sessions)
        console, stock = (
            stack.enter_context(serving(stage.folder, url, name=f"{name}-{sessions}", app=f"bench.records.{name}:app"))
            for name in ("console", "stock")
        )
        yield Place(
            url,
            filled,
            stack.enter_context(asking(console.port, cookie_of(filled.operator))),
            console.process,
            stack.enter_context(asking(stock.port)),
        )


def check_rows(place: Place, console: str, stock: str) -> None:
    """Look whether both show as many rows.

    Raises:
        BenchError: they don't, or none.
    """
    for client in (place.console, place.stock):
        client.close()  # web ends connections that rest, as they do while something else is measured
    shown = place.console.read(console).count(b' data-row="'), place.stock.read(stock).count(b'class="action-checkbox"')
    if shown[0] != shown[1] or not shown[0]:
        raise BenchError(f"The console shows {shown[0]} rows of {console}, and Flask-Admin {shown[1]}.")
