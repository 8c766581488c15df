"""How much a first visit to the console loads."""

import gzip
from collections.abc import Sequence

import httpx

from bench.figure import Figure, at_most, rounded
from bench.pages.place import SECTION, Place
from bench.stage import Stage

TARGET = at_most(200)
SETTLED_MS = 2_000
KB = 1_000
HOW = """\
Every file that Chromium asks for until 2 s after the page of an operator has loaded, nothing being kept from an earlier
visit and somebody else having the console open; each fetched again with `Accept-Encoding: gzip` and counted as it is
sent; what is sent plain, as gzip makes it at its highest level. Kilobytes of 1,000 bytes; headers are not counted."""


def measure(stage: Stage, place: Place) -> Sequence[Figure]:
    sizes = {address: _size(place, address) for address in _loaded(place)}
    for address, size in sizes.items():
        stage.say(f"First load: {size / KB:7.1f} KB {address.removeprefix(place.server.url)}")
    total = rounded(sum(sizes.values()) / KB)
    return [Figure(SECTION, "First load of /console/, all files, gzipped", total, "KB", TARGET, HOW)]


def _loaded(place: Place) -> list[str]:
    """The addresses of what the page loads, in order, but for its live connection."""
    other, context = place.visit(), place.visit()
    try:
        # A process to which nobody listened for a while can't tell what was missed: its first page looks at all anew.
        other.new_page().goto("/console/", wait_until="load")
        other.pages[0].locator("#live[data-state=live]").wait_for()
        page = context.new_page()
        addresses: dict[str, None] = {}
        page.on("request", lambda request: addresses.update({request.url: None}))
        page.goto("/console/", wait_until="load")
        page.wait_for_timeout(SETTLED_MS)
        return [url for url in addresses if not url.startswith("data:") and "/api/console/events" not in url]
    finally:
        context.close()
        other.close()


def _size(place: Place, address: str) -> int:
    headers = {"Accept-Encoding": "gzip", "Cookie": f"session={place.cookie}"}
    with httpx.stream("GET", address, headers=headers, trust_env=False) as response:
        body = b"".join(response.iter_raw())
        return len(body) if "content-encoding" in response.headers else len(gzip.compress(body, 9))
