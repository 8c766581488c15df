"""Where the pages are measured: a console with a month of records, its web, and a browser that has signed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bench.errors import BenchError
from bench.stage import Stage
from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.house import House, furnish
from tests.browser.server import Server

SECTION = "pages"
PERSON = "operator"
"""Who looks: those for whom the console is."""
HOOKS = "http://127.0.0.1:9/hook"
"""Where the deploys of the seeded month went; nothing is called."""


@dataclass(frozen=True)
class Place:
    """One web process, and the browser."""

    house: House
    server: Server
    chromium: Browser

    @property
    def cookie(self) -> str:
        """The session cookie of the person."""
        return self.house.cookies[PERSON]

    def address(self, path: str) -> str:
        """The whole address of a page; names in braces stand for a record's id."""
        return self.server.url + path.format(**self.house.ids)

    def visit(self) -> BrowserContext:
        """A browser in which nothing is kept of an earlier visit."""
        context = self.chromium.new_context(base_url=self.server.url, viewport={"width": 1280, "height": 800})
        context.add_cookies([{"name": "session", "value": self.cookie, "url": self.server.url}])
        return context


@contextmanager
def open_place(stage: Stage) -> Iterator[Place]:
    """Everything that the section needs, until the block ends.

    Raises:
        BenchError: there is no Chromium.
    """
    try:
        path = find_chromium()
    except RuntimeError as error:
        raise BenchError(str(error)) from error
    stage.say("Filling a console …")
    with stage.server.copy_of() as url:
        server = Server(url, Path(stage.folder))
        house = furnish(url, HOOKS)
        try:
            server.start()
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
                yield Place(house, server, chromium)
                chromium.close()
        finally:
            server.stop()
