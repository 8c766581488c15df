"""How soon a page shows what was committed."""

import random
import time
from collections.abc import Sequence

import psycopg
from playwright.sync_api import Page

from bench.errors import BenchError
from bench.figure import Figure, at_most, rounded
from bench.pages.place import SECTION, Place
from bench.stage import Stage
from config import libpq_url

COMMITS_A_RUN = 20
PATIENCE_MS = 10_000
TARGET = at_most(1_500)
HOW = f"""\
One browser has the console open. {COMMITS_A_RUN} times a run, at random moments up to 2.5 s apart, the purpose of an
onboarding session is changed to a word that was not there, and committed; the clock runs from the return of COMMIT
until the word is in the document, as a MutationObserver in the page notes it. Both clocks are this machine's. The 95th
percentile of all commits."""
OBSERVER = """
window.seen = {};
window.expected = null;
new MutationObserver(() => {
  const word = window.expected;
  if (word && !(word in window.seen) && document.body.textContent.includes(word)) window.seen[word] = Date.now();
}).observe(document, {subtree: true, childList: true, characterData: true});
"""


def measure(stage: Stage, place: Place) -> Sequence[Figure]:
    waits = _waits(stage, place)
    p95 = sorted(waits)[max(0, int(len(waits) * 0.95) - 1)]
    middle = sorted(waits)[len(waits) // 2]
    stage.say(f"From COMMIT to the page, {len(waits)} commits: median {middle:.0f} ms, p95 {p95:.0f} ms")
    return [
        Figure(SECTION, "From COMMIT to the changed partial, 95th percentile", rounded(p95), "ms", TARGET, HOW),
        Figure(SECTION, "From COMMIT to the changed partial, median", rounded(middle), "ms"),
    ]


def _waits(stage: Stage, place: Place) -> list[float]:
    """Milliseconds from each COMMIT to the page."""
    context = place.visit()
    try:
        context.add_init_script(OBSERVER)
        page = context.new_page()
        page.goto("/console/", wait_until="load")
        page.locator("#live[data-state=live]").wait_for(timeout=PATIENCE_MS)
        chance = random.Random(1)  # noqa: S311 - the same moments in each run
        with psycopg.connect(libpq_url(place.server.database_url), autocommit=True) as connection:
            return [_wait(page, connection, place, number, chance) for number in range(stage.runs * COMMITS_A_RUN)]
    finally:
        context.close()


def _wait(page: Page, connection: psycopg.Connection, place: Place, number: int, chance: random.Random) -> float:
    """
    Raises:
        BenchError: the page does not show it in time.
    """
    word = f"freshword{number}"
    page.wait_for_timeout(chance.uniform(0, 2_500))
    page.evaluate("word => { window.expected = word; }", word)
    connection.execute(
        "UPDATE onboarding_sessions SET purpose = %s WHERE id = %s", (word, place.house.ids["failed_session"])
    )
    committed = time.time() * 1_000
    try:
        page.wait_for_function("word => word in window.seen", arg=word, timeout=PATIENCE_MS)
    except Exception as error:
        raise BenchError(f"The page did not show what was committed within {PATIENCE_MS / 1_000:g} s.") from error
    return float(page.evaluate("word => window.seen[word]", word)) - committed
