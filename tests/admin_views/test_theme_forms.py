"""Flask-Admin's forms, details and windows in the theme, for views that were written without it."""

import re
from html import unescape
from html.parser import HTMLParser
from io import BytesIO

import pytest

from tests.admin_views.pages import Page, text_of
from tests.admin_views.plain_app import OF_FLASK_ADMIN, Author, Genre

pytestmark = OF_FLASK_ADMIN

PAGES = (
    "authors/new/",
    "authors/edit/?id={id}",
    "authors/details/?id={id}",
    "windows/new/?modal=True",
    "windows/edit/?id={id}&modal=True",
    "windows/details/?id={id}&modal=True",
    "rules/new/",
    "rules/edit/?id={id}",
    "genres/new/",
)
OLD = re.compile(
    r"bootstrap4|jquery|select2\.|moment|daterangepicker|font-?awesome|\bfa-|glyphicon|x-editable", re.IGNORECASE
)
INLINE = re.compile(r"<[^>]*\s(?:on\w+|style)\s*=|javascript:|<style|<script(?![^>]*\ssrc=)", re.IGNORECASE)


class Controls(HTMLParser):
    """What a browser without scripts would send of a page's form, and what it shows of each control."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self.by_name: dict[str, dict[str, str | None]] = {}
        self._area: str | None = None
        self._select: tuple[str, bool] | None = None
        self._options: list[tuple[str, bool]] = []
        self._depth = 0
        self._in_form = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name = values.get("name") or ""
        if tag in ("template", "noscript"):
            self._depth += 1
        if tag == "form":
            self._in_form = "admin-form" in (values.get("class") or "")
        if self._depth or not self._in_form:
            return
        if tag in ("input", "select", "textarea") and name:
            self.by_name.setdefault(name, values)
        if tag == "input" and name and values.get("type") not in ("submit", "file"):
            if values.get("type") not in ("checkbox", "radio") or "checked" in values:
                self.sent.append((name, values.get("value") or ("on" if values.get("type") == "checkbox" else "")))
        elif tag == "textarea":
            self._area = name
            self.sent.append((name, ""))
        elif tag == "select":
            self._select, self._options = (name, "multiple" in values), []
        elif tag == "option" and self._select:
            self._options.append((values.get("value") or "", "selected" in values))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            name, text = self.sent[-1]
            self.sent[-1] = name, text + data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("template", "noscript"):
            self._depth -= 1
        elif tag == "form":
            self._in_form = False
        elif tag == "textarea" and self._area is not None:
            self._area, (name, text) = None, self.sent[-1]
            self.sent[-1] = name, text.replace("\r\n", "\n").removeprefix("\n")
        elif tag == "select" and self._select:
            (name, many), self._select = self._select, None
            chosen = [value for value, is_chosen in self._options if is_chosen]
            self.sent += [(name, value) for value in chosen or ([] if many else [self._options[0][0]])]


def sent_by(page: str) -> dict[str, list[str]]:
    """The fields of a page's form, as they would be sent."""
    fields: dict[str, list[str]] = {}
    for name, value in Controls(page).sent:
        fields.setdefault(name, []).append(value)
    return fields


def state(db, author):
    """Everything that is stored of an author, but what a password field never shows."""
    db.expire_all()
    columns = {column.key: getattr(author, column.key) for column in Author.__table__.columns}
    relations = {name: sorted(map(str, getattr(author, name))) for name in ("genres", "interests", "visited")}
    books = [(book.title, book.published, [one.isbn for one in book.editions]) for book in author.books]
    return columns | relations | {"books": books, "secret": None}


@pytest.mark.parametrize("path", PAGES)
def test_the_page_brings_nothing_of_another_decade_and_nothing_inline(reader, library, path):
    answer = reader.get(f"/admin/{path.format(id=library.id)}")

    assert answer.status_code == 200
    assert OLD.findall(answer.text) == []
    assert INLINE.findall(answer.text) == []


@pytest.mark.parametrize("path", PAGES[:2])
def test_ids_are_given_once_and_every_label_has_its_control(reader, library, path):
    html = re.sub(
        r"<template.*?</template>", "", reader.get(f"/admin/{path.format(id=library.id)}").text, flags=re.DOTALL
    )
    ids = re.findall(r'\sid="([^"]*)"', html)

    assert sorted(ids) == sorted(set(ids))
    assert set(re.findall(r'<label[^>]* for="([^"]*)"', html)) <= set(ids)
    told = " ".join(re.findall(r'aria-describedby="([^"]*)"', html)).split()
    assert set(told) - {"elsewhere"} <= set(ids)


@pytest.mark.parametrize("path", ["authors/edit/?id={id}", "windows/edit/?id={id}&modal=True", "rules/edit/?id={id}"])
def test_saving_a_form_as_it_came_changes_nothing(reader, library, db, path):
    address = f"/admin/{path.format(id=library.id)}"
    before = state(db, library)

    answer = reader.post(address, sent_by(reader.get(address).text))

    assert answer.status_code == 302
    assert state(db, library) == before


def test_a_record_is_created_with_what_native_inputs_and_lines_of_text_send(reader, library, db):
    fields = sent_by(reader.get("/admin/authors/new/").text) | {
        "name": "Cora",
        "born": "1990-12-31",
        "met_at": "2021-02-03 04:05:06",
        "wakes_at": "07:08",
        "nicknames": "C,Co",
        "lucky_numbers": "1,2",
        "birthplace": str(library.birthplace_id),
        "visited": f"{library.country_id},{library.birthplace_id}",
        "books-3-title": "Only",
        "books-3-editions-7-isbn": "978",
    }

    assert reader.post("/admin/authors/new/", fields).status_code == 302

    cora = db.query(Author).filter_by(name="Cora").one()
    assert (str(cora.born), str(cora.met_at), str(cora.wakes_at)) == ("1990-12-31", "2021-02-03 04:05:06", "07:08:00")
    assert (cora.nicknames, cora.lucky_numbers) == (["C", "Co"], [1, 2])
    assert (str(cora.birthplace), sorted(map(str, cora.visited))) == ("Brazil", ["Brazil", "Portugal"])
    assert [(book.title, [one.isbn for one in book.editions]) for book in cora.books] == [("Only", ["978"])]


def test_a_failed_save_comes_back_with_what_was_typed_and_leads_to_each_field(reader, library):
    fields = sent_by(reader.get(f"/admin/authors/edit/?id={library.id}").text)
    wrong = {"name": "", "lucky_numbers": "many", "met_at": "tomorrow", "books-0-title": "", "biography": "Typed"}

    page = reader.post(f"/admin/authors/edit/?id={library.id}", fields | wrong).text

    controls = Controls(page).by_name
    for name in ("name", "lucky_numbers", "met_at", "books-0-title"):
        assert controls[name]["aria-invalid"] == "true"
        assert f"{name}-error" in (controls[name]["aria-describedby"] or "").split()
        assert f'<a href="#{name}">' in page
        assert controls[name]["value"] == wrong[name]
    assert sent_by(page)["biography"] == ["Typed"]
    assert [name for name, control in controls.items() if "autofocus" in control] == ["name"]
    assert "4 fields need another look" in text_of(page)


def test_the_fields_say_what_they_are_in_words(reader, library):
    page = reader.get(f"/admin/authors/edit/?id={library.id}").text
    controls = Controls(page).by_name

    assert 'Name <span class="field-note">Required</span>' in page
    assert "As on the <b>cover</b>." in page
    assert controls["biography"]["class"] == "of-its-own form-control"
    assert controls["biography"]["aria-describedby"] == "elsewhere"
    assert (controls["biography"]["rows"], "readonly" in controls["height"]) == ("6", True)
    assert "Such as 2026-11-25 14:30:00." in page
    assert controls["met_at"]["data-format"] == "%Y-%m-%d %H:%M:%S"
    assert controls["visited"]["type"] == "text"
    assert "Without scripts: type the ids, parted by commas." in page
    assert ">None</option>" in page
    assert "__None</option>" not in page


def test_rules_and_macros_of_the_applications_own_are_followed(reader, library):
    page = reader.get("/admin/rules/new/").text
    words = text_of(page.partition('<div class="form-body">')[2].partition('<div class="submit-row">')[0])

    assert words.startswith("Who Name Required Age What As written . Less < more Height Royalties Country")
    assert '<section aria-label="Where">' in page
    assert '<p class="told">By a macro</p>' in page
    assert re.search(r"<legend>Shade</legend>", page)
    assert 'name="shade" type="radio" value="dark"' in page
    assert "Rows can be added where scripts run." in page


def test_a_row_of_an_inner_form_waits_in_a_template_with_names_of_its_own(reader, library):
    page = reader.get(f"/admin/authors/edit/?id={library.id}").text
    waiting = page.partition('data-inline-label="Books"')[2].partition("<template data-inline-template>")[2]

    assert 'name="books-0-title"' in page
    assert 'name="del-books-0"' in page
    assert 'name="books-0-editions-0-isbn"' in page
    assert 'name="isbn"' in waiting
    assert "csrf_token" not in waiting.partition("</template>")[0]


def test_an_inner_form_is_deleted_by_its_checkbox(reader, library, db):
    address = f"/admin/authors/edit/?id={library.id}"

    reader.post(address, sent_by(reader.get(address).text) | {"del-books-0": "on"})

    assert state(db, library)["books"] == []


def test_a_file_that_is_kept_is_named_and_can_be_deleted(reader, library, db, tmp_path):
    address = f"/admin/authors/edit/?id={library.id}"
    page = reader.get(address).text

    assert 'enctype="multipart/form-data"' in page
    assert "ana.png" in page
    assert '<label class="form-check" for="portrait-delete">' in page
    fields = sent_by(page) | {"_portrait-delete": "on", "portrait": (BytesIO(b""), "")}
    assert reader.post(address, fields, content_type="multipart/form-data").status_code == 302
    assert state(db, library)["portrait"] is None


def test_what_opens_in_a_window_is_no_page_and_neither_is_what_comes_back(reader, library):
    address = f"/admin/windows/edit/?id={library.id}&modal=True"
    window = reader.get(address).text
    action = unescape(re.search(r'<form action="([^"]*)"', window)[1])

    refused = reader.post(action, sent_by(window) | {"name": ""}).text

    for html in (window, refused):
        assert "<html" not in html
        assert '<h2 id="fa_modal_label">Ana &lt;b&gt;</h2>' in html
    assert 'aria-invalid="true"' in refused
    assert "Failed to save record." in refused
    assert "Failed to save record." not in reader.get("/admin/genres/").text


def test_details_are_sorted_into_facts_and_data(reader, library, db):
    library.biography = "A line.\n" * 40
    db.flush()
    page = Page(reader.get(f"/admin/authors/details/?id={library.id}"))

    assert page.details["Name"] == "Ana <b>"
    assert page.details["Extra"] == '{ "prizes": [ { "name": "Camões" } ] }'
    assert '<details class="whole">' in page.html
    assert "Show all" in page.details["Biography"]
    titles = re.findall(r'<section[^>]*data-details-section>\s*<div class="card-header"><h2>(.*?)</h2>', page.html)
    assert titles == ["Overview", "Texts and data"]
    assert 'action="/admin/authors/delete/?ask=1"' in page.html


def test_a_view_without_a_line_is_edited_too(reader, library, db):
    assert (
        reader.post(
            "/admin/genres/new/", sent_by(reader.get("/admin/genres/new/").text) | {"name": "Satire"}
        ).status_code
        == 302
    )
    assert db.query(Genre).filter_by(name="Satire").one()
