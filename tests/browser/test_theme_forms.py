"""Forms of views that were written for plain Flask-Admin, as people fill them in: with scripts, and without."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.admin_views.plain_app import OF_FLASK_ADMIN, Author, Book, Edition
from tests.browser.accessibility import Judge
from tests.browser.library import Library
from tests.browser.watch import Watch

pytestmark = OF_FLASK_ADMIN


@pytest.fixture
def author(library: Library) -> Iterator[int]:
    """An author of this test's own, with a value in each column, and a book."""
    with library.shelves() as db:
        ana = db.query(Author).filter_by(name="Ana <b>").one()
        values = {column.key: getattr(ana, column.key) for column in Author.__table__.columns if column.key != "id"}
        relations = {name: list(getattr(ana, name)) for name in ("genres", "interests", "visited")}
        own = Author(**values, **relations)
        own.books = [Book(title="First", published=date(2001, 1, 2), editions=[Edition(isbn="1")])]
        db.add(own)
        db.flush()
        number = own.id
    yield number
    with library.shelves() as db:
        db.delete(db.get_one(Author, number))


def stored(library: Library, number: int) -> dict[str, Any]:
    """Everything about an author, but what a password field never shows."""
    with library.shelves() as db:
        author = db.get_one(Author, number)
        columns = {column.key: getattr(author, column.key) for column in Author.__table__.columns}
        columns["secret"] = None
        relations = {
            name: sorted(one.name for one in getattr(author, name)) for name in ("genres", "interests", "visited")
        }
        books = [
            (book.title, book.published, book.genre_id, sorted(edition.isbn for edition in book.editions))
            for book in sorted(author.books, key=lambda book: book.title)
        ]
        return columns | relations | {"books": books}


def edit(number: int) -> str:
    return f"/admin/authors/edit/?id={number}"


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/admin/authors/")


def choice(page: Page, label: str) -> Locator:
    """The control of a searchable select."""
    return page.get_by_role("combobox", name=label)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_saving_a_form_as_it_came_changes_nothing(open_page, library, author, scripts):
    before = stored(library, author)
    page = open_page(edit(author), java_script_enabled=scripts)
    watch = Watch(page) if scripts else None

    save(page)

    assert stored(library, author) == before
    assert watch is None or watch.heard == []


def test_dates_are_chosen_in_the_browsers_own_inputs_and_stored(open_page, library, author):
    page = open_page(edit(author))

    page.get_by_label("Born").fill("1990-12-31")
    page.get_by_label("Met At").fill("2021-02-03T04:05:06")
    page.get_by_label("Wakes At").fill("07:08:09")
    page.get_by_label("Published").fill("")
    save(page)

    after = stored(library, author)
    assert (after["born"], after["met_at"]) == (date(1990, 12, 31), datetime(2021, 2, 3, 4, 5, 6))  # noqa: DTZ001
    assert after["wakes_at"] == time(7, 8, 9)
    assert after["books"] == [("First", None, None, ["1"])]


def test_a_time_that_nobody_touches_is_sent_to_the_microsecond(open_page, author):
    page = open_page(edit(author))
    stored_at = "2026-01-02 03:04:05.678901"

    page.evaluate(
        """value => {
          const input = document.createElement("input");
          Object.assign(input, { name: "at", value });
          input.dataset.format = "%Y-%m-%d %H:%M:%S.%f|%Y-%m-%d %H:%M:%S";
          const form = document.querySelector("form.admin-form");
          form.append(input);
          ops.begin(form);
        }""",
        stored_at,
    )
    sent = "() => new FormData(document.querySelector('form.admin-form')).get('at')"

    assert page.evaluate(sent) == stored_at
    page.locator("[name=at]").fill("2026-02-03T04:05")
    assert page.evaluate(sent) == "2026-02-03 04:05:00.000000"


def test_choices_are_found_by_typing_made_by_typing_and_taken_away(open_page, library, author):
    page = open_page(edit(author))

    choice(page, "Nicknames").press_sequentially("Nita,")  # before any list has opened: one that closes takes the focus
    choice(page, "Lucky Numbers").press_sequentially("11")
    page.keyboard.press("Enter")
    choice(page, "Mentor").focus()
    page.get_by_role("option", name="None").click()
    choice(page, "Genres").press_sequentially("trav")
    page.get_by_role("option", name="Travel").click()
    page.get_by_role("button", name="Remove Crime").click()
    choice(page, "Visited").press_sequentially("country 29")
    page.get_by_role("option", name="Country 29").click()
    page.get_by_role("button", name="Remove Brazil").click()
    with page.expect_response(lambda answer: "verde" in answer.url):  # one that comes later opens the list again
        choice(page, "Birthplace").press_sequentially("verde")
    expect(page.locator(".ts-wrapper.loading")).to_have_count(0)
    page.get_by_role("option", name="Cape Verde").click()
    page.keyboard.press("Tab")
    save(page)

    after = stored(library, author)
    assert after["mentor_id"] is None
    assert after["genres"] == ["Poetry", "Travel"]
    assert after["visited"] == ["Cape Verde", "Country 29"]
    assert after["birthplace_id"] == 2
    assert (after["nicknames"], after["lucky_numbers"]) == (["Anita", "The Pen", "Nita"], [3, 7, 11])


def test_a_look_up_goes_on_where_the_list_ends(open_page, author):
    page = open_page(edit(author))
    choice(page, "Visited").focus()
    options = page.get_by_role("option", name="Country")
    expect(options.first).to_be_visible()

    page.get_by_role("listbox", name="Visited").evaluate("list => list.scrollTo(0, list.scrollHeight)")

    expect(page.get_by_role("option", name="Country 25")).to_be_attached()


def test_inner_forms_are_added_nested_removed_and_brought_back(open_page, library, author):
    page = open_page(edit(author))

    page.get_by_role("button", name="Add Books").click()
    expect(page.locator("#books-1-title")).to_be_focused()
    page.keyboard.type("Second")
    page.locator("#books-1-published").fill("2010-10-10")
    page.get_by_role("button", name="Add Editions").nth(1).click()
    page.locator("#books-1-editions-0-isbn").fill("978")
    page.get_by_role("button", name="Add Editions").nth(0).click()
    page.locator("#books-0-editions-1-isbn").fill("2")
    page.get_by_role("button", name="Add Books").click()
    page.locator("#books-2-title").fill("Third")
    page.get_by_role("button", name="Remove Books").nth(1).click()
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.get_by_role("button", name="Remove Books").nth(0).click()
    page.get_by_role("button", name="Undo").nth(0).click()
    save(page)

    assert stored(library, author)["books"] == [
        ("First", date(2001, 1, 2), None, ["1", "2"]),
        ("Second", date(2010, 10, 10), None, ["978"]),
    ]


def test_an_inner_form_is_deleted_by_its_checkbox_without_scripts_too(open_page, library, author):
    page = open_page(edit(author), java_script_enabled=False)

    page.locator("#del-books-0").check()
    save(page)

    assert stored(library, author)["books"] == []


def test_what_is_wrong_stands_by_its_field_and_is_led_to(open_page, author):
    page = open_page(edit(author))
    name, age = page.get_by_role("textbox", name="Name Required"), page.get_by_label("Age", exact=True)

    name.fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description("Please fill out this field. As on the cover.")
    name.fill("Ana")
    age.focus()
    expect(name).not_to_have_attribute("aria-invalid", "true")

    choice(page, "Lucky Numbers").press_sequentially("many,")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Lucky Numbers").click()
    expect(choice(page, "Lucky Numbers")).to_be_focused()
    expect(name).to_have_value("Ana")


def test_an_open_select_in_light_and_dark_is_right_for_everyone(open_page, author):
    page = open_page("about:blank")
    Judge.prepare(page)
    watch = Watch(page)
    page.goto(edit(author))
    judge = Judge()

    for scheme, label in (("light", "Country"), ("dark", "Genres")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        choice(page, label).focus()
        expect(page.get_by_role("option").first).to_be_visible()
        assert judge.of_page(page) + judge.of_colours(page) == []
        page.keyboard.press("Escape")

    assert watch.complaints == []
