"""Lists of views that were written for plain Flask-Admin, as people use them: with scripts, and without."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.admin_views.plain_app import OF_FLASK_ADMIN, Author, Country
from tests.browser.accessibility import Judge
from tests.browser.library import Library
from tests.browser.watch import Watch

pytestmark = OF_FLASK_ADMIN

HERS = "/admin/listed/?search=Listed"


@pytest.fixture(autouse=True)
def listed(library: Library) -> Iterator[list[int]]:
    """Three authors of this test's own, whom the search for “Listed” finds; their ids by name."""
    with library.shelves() as db:
        authors = [Author(name=f"Listed {name}", age=age) for name, age in (("A", 30), ("B", 40), ("C", 50))]
        authors[1].born, authors[1].met_at = date(1985, 6, 7), datetime(2020, 5, 6, 7, 8)  # noqa: DTZ001
        authors[1].mood = "cross"
        db.add_all(authors)
        db.flush()
        ids = [author.id for author in authors]
    yield ids
    with library.shelves() as db:
        for author in db.query(Author).filter(Author.id.in_(ids)):
            db.delete(author)


def add_filter(page: Page, column: str, comparison: str, fill: Callable[[Locator], Any]) -> None:
    """Add a filter by its typed form."""
    page.get_by_role("button", name="Filter", exact=True).click()
    editor = page.locator("#add-filter")
    editor.get_by_label("Filter by").select_option(column)
    editor.get_by_label("Comparison").select_option(label=comparison)
    fill(editor)
    editor.get_by_role("button", name="Apply").click()


def pick(editor: Locator) -> None:
    editor.get_by_role("group", name="Values").get_by_label("cross").check()


def write_two(editor: Locator) -> None:
    values = editor.get_by_role("combobox", name="Values")
    values.press_sequentially("30")
    values.press("Enter")
    values.press_sequentially("50")


def between(first: str, last: str) -> Callable[[Locator], None]:
    def fill(editor: Locator) -> None:
        editor.get_by_label("From").fill(first)
        editor.get_by_label("To", exact=True).fill(last)

    return fill


@pytest.mark.parametrize(
    ("column", "comparison", "fill", "chip", "found"),
    [
        ("Name", "contains", lambda form: form.get_by_label("Value").fill("ed b"), "ed b", "B"),
        ("Age", "greater than", lambda form: form.get_by_label("Value").fill("40"), "40", "C"),
        ("Age", "in list", write_two, "30, 50", "AC"),
        ("Mood", "in list", pick, "cross", "B"),
        ("Mood", "equals", lambda form: form.get_by_label("Value").select_option("cross"), "cross", "B"),
        ("Born", "empty", lambda form: form.get_by_label("Value").select_option(label="No"), "No", "B"),
        ("Born", "between", between("1985-06-01", "1985-07-01"), "1985-06-01 to 1985-07-01", "B"),
        (
            "Met At",
            "between",
            between("2020-05-06T07:00", "2020-05-06T07:30:30"),
            "2020-05-06 07:00:00 to 2020-05-06 07:30:30",
            "B",
        ),
    ],
)
def test_a_filter_asks_for_what_it_takes(open_page, column, comparison, fill, chip, found):
    page = open_page(HERS)

    add_filter(page, column, comparison, fill)

    expect(page.get_by_role("button", name=f"{column} {comparison} {chip}")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(len(found))
    for name in found:
        expect(page.get_by_role("cell", name=f"Listed {name}")).to_be_visible()


def test_a_chip_is_edited_where_it_stands_and_removed_by_its_cross(open_page):
    page = open_page(f"{HERS}&flt0_age_greater_than=30&flt1_name_contains=Listed")

    page.get_by_role("button", name="Age greater than 30").click()
    editor = page.locator("#filter-0")
    expect(editor.get_by_label("Value")).to_have_value("30")
    expect(editor.get_by_label("Value")).to_have_attribute("type", "number")
    editor.get_by_label("Value").fill("40")
    editor.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("button", name="Age greater than 40")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Remove the filter Age").click()

    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator(".filter-chip")).to_have_text([re.compile("Search"), re.compile("Name contains")])


def test_rows_are_ticked_alone_in_a_row_and_all_together(open_page):
    page = open_page(HERS)
    boxes, bar = page.locator("tbody input[type=checkbox]"), page.get_by_role("group", name="With selected")
    expect(bar).to_be_hidden()

    boxes.nth(0).check()
    expect(bar).to_contain_text("1 selected")
    boxes.nth(2).click(modifiers=["Shift"])
    expect(bar).to_contain_text("3 selected")
    expect(page.get_by_label("Select all records")).to_be_checked()
    bar.get_by_role("button", name="Clear").click()
    expect(bar).to_be_hidden()
    expect(boxes.nth(0)).to_be_focused()
    page.get_by_label("Select all records").check()

    expect(bar).to_contain_text("3 selected")


def test_an_act_asks_in_a_dialog_first_only_where_it_has_a_question(open_page, listed):
    page = open_page(HERS)

    page.get_by_label("Select all records").check()
    page.get_by_role("button", name="Praise").click()
    dialog = page.get_by_role("dialog", name="Praise: 3 selected")
    expect(dialog).to_have_accessible_description("Praise the selected authors?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Praise")).to_be_focused()
    page.get_by_role("button", name="Praise").click()
    dialog.get_by_role("button", name="Praise").click()
    expect(page.locator("main")).to_contain_text("Listed A")
    expect(page.get_by_text(f"Praised {', '.join(sorted(map(str, listed)))}.").last).to_be_visible()
    page.get_by_role("checkbox", name="Select record").first.check()
    page.get_by_role("button", name="Greet").click()

    expect(page.get_by_text("Greeted").last).to_be_visible()


def test_a_row_is_deleted_once_that_was_agreed_to(open_page, library, listed):
    page = open_page(HERS)
    row = page.get_by_role("row").filter(has=page.get_by_text("Listed B"))

    row.get_by_role("button", name="Delete Record").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("tbody tr")).to_have_count(2)

    with library.shelves() as db:
        assert db.get(Author, listed[1]) is None


CELLS: dict[str, tuple[Callable[[Locator], Any], str, Any]] = {
    "name": (lambda field: field.fill("Listed BB"), "Listed BB", "Listed BB"),
    "biography": (lambda field: field.fill("One\nTwo"), "One\nTwo", "One\nTwo"),
    "age": (lambda field: field.fill("41"), "41", 41),
    "active": (lambda field: field.select_option(label="Yes"), "Yes", True),
    "born": (lambda field: field.fill("1990-12-31"), "1990-12-31", date(1990, 12, 31)),
    "met_at": (lambda field: field.fill("2021-02-03T04:05"), "2021-02-03 04:05:00", datetime(2021, 2, 3, 4, 5)),  # noqa: DTZ001
    "wakes_at": (lambda field: field.fill("07:08"), "07:08:00", time(7, 8)),
    "mood": (lambda field: field.select_option("calm"), "calm", "calm"),
    "country": (lambda field: field.select_option(label="Portugal"), "Portugal", "Portugal"),
    "genres": (lambda field: field.select_option(label=["Poetry", "Travel"]), "Poetry, Travel", "Poetry, Travel"),
}
"""Of each cell that can be edited: how its new value is given, what the cell says then, and what is stored."""


def test_cells_are_edited_where_they_are(open_page, library, listed):
    page = open_page("/admin/listed/?search=Listed+B")

    for column, (fill, shown, _) in CELLS.items():
        cell = page.locator(f"[data-editable={column}]")
        cell.click()
        fill(page.locator(".edit-here .form-control, .edit-here .form-select"))
        page.get_by_role("button", name="Save").click()
        expect(cell).to_have_text(shown)
        expect(cell).to_be_focused()

    with library.shelves() as db:
        author = db.get_one(Author, listed[1])
        assert {column: in_words(getattr(author, column)) for column in CELLS} == {
            column: stored for column, (_, _, stored) in CELLS.items()
        }


def in_words(value: Any) -> Any:
    """A value, where records are by their names."""
    if isinstance(value, list):
        return ", ".join(sorted(str(one) for one in value))
    return str(value) if isinstance(value, Country) else value


def test_what_is_wrong_with_a_cell_stands_by_it(open_page, library, listed):
    page = open_page("/admin/listed/?search=Listed+B")

    page.locator("[data-editable=name]").click()
    field = page.locator(".edit-here input")
    field.fill("")
    page.get_by_role("button", name="Save").click()
    expect(field).to_have_accessible_description(re.compile("This field is required."))
    expect(field).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.locator("[data-editable=name]")).to_be_focused()
    expect(page.locator("[data-editable=name]")).to_have_text("Listed B")


def test_a_record_is_made_and_changed_in_a_window_over_the_list(open_page, library):
    page = open_page("/admin/windows/")
    window = page.get_by_role("dialog")

    page.get_by_role("link", name="Create").click()
    name = window.get_by_role("textbox", name="Name")
    expect(name).to_be_focused()
    name.fill("In a window")
    window.get_by_role("button", name="Save").click()
    expect(window).to_be_hidden()
    row = page.get_by_role("row").filter(has=page.get_by_text("In a window"))
    row.get_by_role("link", name="Edit Record").click()
    name.evaluate("field => field.removeAttribute('maxlength')")
    name.fill("x" * 81)
    window.get_by_role("button", name="Save").click()
    expect(window).to_contain_text("Field cannot be longer than 80 characters.")
    page.keyboard.press("Escape")
    expect(row.get_by_role("link", name="Edit Record")).to_be_focused()

    with library.shelves() as db:
        db.delete(db.query(Author).filter_by(name="In a window").one())


def test_a_click_on_a_row_opens_its_record(open_page, listed):
    page = open_page(HERS)

    page.get_by_role("row").filter(has=page.get_by_text("Listed C")).click(position={"x": 700, "y": 3})

    expect(page).to_have_url(re.compile(rf"/admin/listed/details/\?id={listed[2]}&"))


def test_without_scripts_rows_are_filtered_ticked_praised_and_deleted_all_the_same(open_page, library, listed):
    page = open_page(HERS, java_script_enabled=False)

    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_label("Filter by").select_option("age_greater_than")
    page.get_by_label("Value").last.fill("35")
    page.locator("#add-filter").get_by_role("button", name="Apply").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("checkbox", name="Select record").nth(0).check()
    page.get_by_role("checkbox", name="Select record").nth(1).check()
    page.get_by_role("button", name="Praise").click()
    expect(page.locator("main")).to_contain_text("2 selected")
    page.get_by_role("button", name="Praise").click()
    expect(page.get_by_role("status").first).to_contain_text(f"Praised {listed[1]}, {listed[2]}.")
    expect(page.get_by_role("button", name="Age greater than 35")).to_be_visible()
    page.get_by_role("button", name="Delete Record").first.click()
    page.get_by_role("button", name="Delete").click()

    expect(page.locator("tbody tr")).to_have_count(1)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_a_list_in_use_is_right_for_everyone(open_page, width, scheme):
    page = open_page("about:blank", viewport={"width": width, "height": 800}, color_scheme=scheme)
    Judge.prepare(page)
    watch = Watch(page)
    judge = Judge()

    page.goto(f"{HERS}&flt0_age_greater_than=20")
    page.get_by_role("checkbox", name="Select record").first.check()
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_label("Filter by").select_option("Mood")
    page.get_by_label("Comparison").select_option(label="in list")
    assert judge.of_page(page) + judge.of_colours(page) == []
    page.keyboard.press("Escape")
    page.locator("[data-editable=born]").first.click()
    assert judge.of_page(page) + judge.of_colours(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete Record").first.click()

    assert judge.of_page(page) + judge.of_colours(page) == []
    assert watch.complaints == []
