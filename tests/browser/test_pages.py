"""Every page as people see it: in light and dark, on a phone, a tablet and a desk."""

import fnmatch
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import databases
from tests.browser.accessibility import Judge
from tests.browser.conftest import context_of
from tests.browser.house import House
from tests.browser.places import NOT_LOOKED_AT, PLACES, Place
from tests.browser.server import Server
from tests.browser.watch import Watch

WIDTHS = (1280, 768, 320)
HEIGHT = 800


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge()


@pytest.fixture(scope="module")
def desk_of(chromium: Browser, server: Server, house: House) -> Iterator[Callable[[str | None], tuple[Page, Watch]]]:
    """One page for each person, which goes from place to place, since to open one takes as long as to judge it."""
    desks: dict[str | None, tuple[Page, Watch]] = {}

    def desk_of(person: str | None) -> tuple[Page, Watch]:
        if person not in desks:
            page = context_of(chromium, server, house, person).new_page()
            Judge.prepare(page)
            desks[person] = page, Watch(page)
        return desks[person]

    yield desk_of
    for page, _ in desks.values():
        page.context.close()


@pytest.mark.parametrize("name", PLACES)
def test_the_page_is_right_in_light_and_dark_and_at_each_width(name, desk_of, house, judge):
    place: Place = PLACES[name]
    page, watch = desk_of(place.person)
    look(page, "light", 1280)
    watch.forget()

    response = page.goto(place.path.format_map(house.ids))

    assert response is not None
    assert response.status == place.status
    assert faults_at_each_width(page, judge) == []
    assert watch.complaints == []


def test_a_form_that_is_refused_is_right_too(desk_of, house, judge):
    page, watch = desk_of("admin")
    look(page, "light", 1280)
    page.goto("/wizard/{own_draft}/purpose".format_map(house.ids))
    watch.forget()
    page.locator("main").get_by_role("combobox").fill("")
    page.locator("main form").first.evaluate("form => { form.noValidate = true }")

    page.get_by_role("button", name="Continue").click()

    expect(page.locator("main").get_by_role("combobox")).to_have_attribute("aria-invalid", "true")
    assert faults_at_each_width(page, judge) == []
    assert watch.complaints == []


@pytest.mark.parametrize(
    "flyout",
    ["add-filter", "facets", "order-form", "export-formats", "columns", "page-sizes", "search-help", "save-view"],
)
def test_what_opens_above_a_list_is_right_too(flyout, desk_of, house, judge):
    page, watch = desk_of("admin")
    look(page, "light", 320)
    page.goto("/admin/deploy/?search=nothing+is+called+so")
    watch.forget()

    page.locator(f"[popovertarget={flyout}]").first.click()
    expect(page.locator(f"#{flyout}")).to_be_visible()
    expect(page.locator(f"#{flyout} .htmx-request")).to_have_count(0)

    assert [*overflow(page), *judge.of_page(page), *judge.of_colours(page)] == []
    look(page, "dark", 320)
    assert judge.of_colours(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(f"[popovertarget={flyout}]").first).to_be_focused()
    assert watch.complaints == []


def test_the_question_before_a_deletion_is_right_too(desk_of, house, judge):
    page, watch = desk_of("admin")
    look(page, "light", 1280)
    page.goto("/admin/template/?page_size=5")
    watch.forget()

    page.locator("tbody tr").first.get_by_role("button", name="Delete").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Delete")
    assert faults_at_each_width(page, judge) == []
    assert watch.complaints == []


def test_the_choice_between_mine_and_theirs_is_right_too(desk_of, house, judge):
    page, watch = desk_of("admin")
    look(page, "light", 1280)
    page.goto("/admin/template/edit/?id={template}".format_map(house.ids))
    watch.forget()
    rival = page.context.new_page()
    rival.goto(page.url)
    for one, title in ((rival, "Theirs"), (page, "Mine")):
        one.get_by_label("Title").fill(title)
        one.get_by_role("button", name="Save", exact=True).click()
        expect(one.locator("main")).to_contain_text(
            {"Theirs": "Templates", "Mine": "changed since you opened it"}[title]
        )
    rival.close()

    assert faults_at_each_width(page, judge) == []
    assert watch.complaints == []


def test_the_page_of_an_outage_is_right_too(desk_of, house, judge):
    page, watch = desk_of("admin")
    look(page, "light", 1280)
    page.goto("about:blank")
    watch.forget()

    with databases.closed(house.database_url.partition("?")[0].rpartition("/")[2]):
        response = page.goto("/console/")

        assert response is not None
        assert response.status == 503
        assert faults_at_each_width(page, judge) == []
        assert watch.complaints == []


def faults_at_each_width(page: Page, judge: Judge) -> list[str]:
    """All that is wrong in five looks of a page, each with where; dark colours are the same between the ends."""
    found = []
    for width in WIDTHS:
        look(page, "light", width)
        found += [
            f"{width} px: {fault}" for fault in (*overflow(page), *judge.of_page(page, goes_on=width != WIDTHS[0]))
        ]
        found += [f"{width} px, light: {fault}" for fault in judge.of_colours(page)]
    for width in (WIDTHS[-1], WIDTHS[0]):
        look(page, "dark", width)
        found += [f"{width} px, dark: {fault}" for fault in judge.of_colours(page)]
    return found


def look(page: Page, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": HEIGHT})


def overflow(page: Page) -> list[str]:
    """Whether the page can be scrolled sideways."""
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return [f"the page is {wide} px wide"] if wide > seen else []


def test_every_page_that_can_be_opened_is_looked_at_or_there_is_a_reason_not_to(app, house):
    addresses = app.url_map.bind("localhost")
    found = (place for place in PLACES.values() if place.status != 404)
    looked_at = {addresses.match(place.path.format_map(house.ids).partition("?")[0])[0] for place in found}
    opened = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    left_out = {pattern: set(fnmatch.filter(opened - looked_at, pattern)) for pattern in NOT_LOOKED_AT}

    assert opened - looked_at - set().union(*left_out.values()) == set()
    assert [pattern for pattern, endpoints in left_out.items() if not endpoints] == []
