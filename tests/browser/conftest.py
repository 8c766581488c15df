"""A real browser at a real server: one of each for all tests of this folder in a process, a context for each test."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy import create_engine

from config import sqlalchemy_url
from services.database import DbSession
from services.seed.hooks import default_hook
from tests import databases
from tests.browser.chromium import ARGUMENTS, NoChromiumError, find_chromium
from tests.browser.house import House, furnish
from tests.browser.library import Library, open_library
from tests.browser.server import Server
from tests.browser.watch import Watch
from tests.build_host import building
from tests.records import Records

PATIENCE_MS = 10_000
"""How long a browser waits for what should come; nothing takes as long unless it is broken."""


@pytest.fixture(scope="package")
def hook_base() -> Iterator[str]:
    """The build host to which the house's hooks lead."""
    with building(slow_s=0.1, quota=100) as base:
        yield base


@pytest.fixture(scope="package")
def house(hook_base: str) -> Iterator[House]:
    """A console in use, in a database of its own; what tests change there stays for the next."""
    name = f"browser_{uuid4().hex}"
    yield furnish(databases.create_database(name, databases.TEMPLATE), hook_base)
    databases.drop_database(name)


@pytest.fixture(scope="package")
def server(house: House, hook_base: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Web on the house."""
    server = Server(house.database_url, tmp_path_factory.mktemp("web"), VERCEL_DEPLOY_HOOK_URL=default_hook(hook_base))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; without one the tests fail. Its event loop ends with this folder's last test."""
    path = problem = ""
    try:
        path = find_chromium()
    except NoChromiumError as error:
        problem = str(error)
    if problem:  # outside of the except, so that the line stands alone
        pytest.fail(problem, pytrace=False)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def open_context(chromium: Browser, server: Server, house: House) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a browser of somebody's own: `open_context("operator")` is signed in, `open_context()` is not."""
    opened: list[BrowserContext] = []

    def open_context(person: str | None = None, **options: Any) -> BrowserContext:
        context = context_of(chromium, server, house, person, **options)
        opened.append(context)
        return context

    yield open_context
    for context in opened:
        context.close()


@pytest.fixture
def page_of(open_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Opens a page: `page_of("operator")`."""
    return lambda person=None, **options: open_context(person, **options).new_page()


@pytest.fixture
def watched(page_of: Callable[..., Page]) -> Callable[..., tuple[Page, Watch]]:
    """Opens a page and watches it: `page, watch = watched("operator")`."""

    def watched(person: str | None = None, **options: Any) -> tuple[Page, Watch]:
        page = page_of(person, **options)
        return page, Watch(page)

    return watched


def context_of(chromium: Browser, server: Server, house: House, person: str | None, **options: Any) -> BrowserContext:
    """A context on the server, of somebody who has signed in where a person is named."""
    desk = {"base_url": server.url, "viewport": {"width": 1280, "height": 800}}
    context = chromium.new_context(**desk | options)
    context.set_default_timeout(PATIENCE_MS)
    if person is not None:
        context.add_cookies([{"name": "session", "value": house.cookies[person], "url": server.url}])
    return context


@pytest.fixture
def house_records(house: House) -> Iterator[Records]:
    """Makes records in the house, as somebody else would while a page is open; `save()` shows them."""
    engine = create_engine(sqlalchemy_url(house.database_url))
    try:
        with DbSession(engine, expire_on_commit=False) as db:
            yield Records(db, datetime.now(UTC))
    finally:
        engine.dispose()


@pytest.fixture(scope="package")
def library() -> Iterator[Library]:
    """Views that were written for plain Flask-Admin, in service."""
    name = f"library_{uuid4().hex}"
    with open_library(databases.create_database(name, databases.TEMPLATE)) as library:
        yield library
    databases.drop_database(name)


@pytest.fixture
def open_page(chromium: Browser, library: Library) -> Iterator[Callable[..., Page]]:
    """Opens a page of the library as its reader: `open_page("/admin/authors/")`."""
    opened: list[BrowserContext] = []

    def open_page(path: str, **options: Any) -> Page:
        context = chromium.new_context(base_url=library.url, **options)
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies([{"name": "session", "value": library.cookie, "url": library.url}])
        opened.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in opened:
        context.close()
