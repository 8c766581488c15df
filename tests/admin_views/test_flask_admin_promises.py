"""What Flask-Admin's ModelView promises holds for a ConsoleModelView too, as its pages show."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from models import AuditEvent, Role
from tests.admin_views.pages import Page, csv_rows, text_of
from tests.admin_views.plain_app import OF_FLASK_ADMIN
from tests.admin_views.promised import Book, Edition, Room, Writer
from tests.admin_views.test_theme_forms import sent_by
from tests.client import Browser

pytestmark = OF_FLASK_ADMIN


def page(browser: Browser, path: str) -> Page:
    return Page(browser.get(f"/admin/{path}"))


def edited(browser: Browser, endpoint: str, book: Book, **changes: Any) -> Page:
    """Save a book's form with changes."""
    address = f"/admin/{endpoint}/edit/?id={book.id}"
    found = browser.get(address)
    assert found.status_code == 200
    return Page(browser.post(address, sent_by(found.text) | changes))


LISTS = [
    ("column_list, and a column that only a formatter knows", "list/", lambda p: p.column("shout")[0] == "KETTLES"),
    ("column_exclude_list", "list/", lambda p: not p.column("price")),
    ("column_labels", "list/", lambda p: "Book" in text_of(p.html)),
    ("column_descriptions", "list/", lambda p: "Without the" in p.html),
    ("column_type_formatters", "list/", lambda p: p.column("pages") == ["480 pp.", "120 pp."]),
    ("column_choices", "list/", lambda p: p.column("size")[0] == "Large"),
    ("column_display_actions", "list/", lambda p: "list-buttons-column" not in p.html),
    ("column_default_sort of several", "list/", lambda p: p.column("title") == ["Kettles", "Pots"]),
    ("page_size, and pages", "list/?page=1", lambda p: p.column("title") == ["Tea", "Kept"]),
    ("can_set_page_size", "list/?page_size=4", lambda p: len(p.column("title")) == 4),
    ("column_searchable_list", "list/?search=tea", lambda p: p.column("title") == ["Tea"]),
    ("column_searchable_list of a relation", "list/?search=bea", lambda p: p.column("title") == ["Kettles"]),
    ("column_sortable_list", "list/?sort=0", lambda p: p.column("title") == ["Kept", "Kettles"]),
    (
        "column_sortable_list of several",
        "list/?sort=2&page_size=4",
        lambda p: p.column("title")[:2] == ["Kettles", "Tea"],
    ),
    ("column_display_pk", "scaffolded/", lambda p: len(p.column("id")) == 4),
    ("scaffolded columns", "scaffolded/", lambda p: p.column("blurb") and p.column("writer")),
    ("column_filters with numbers in addresses", "filtered/?flt0_0=Tea", lambda p: p.column("title") == ["Tea"]),
    ("simple_list_pager", "uncounted/", lambda p: p.rows == 2 and "list-count" not in p.html),
    ("column_extra_row_actions", "rowactions/", lambda p: "https://example.com/" in p.html and "Look up" in p.html),
    ("actions, but none that is disallowed", "rowactions/", lambda p: "Praise" in p.html and "Scold" not in p.html),
    ("is_action_allowed", "noactions/", lambda p: 'name="rowid"' not in p.html),
    ("list_template", "templated/", lambda p: "own-list" in p.html),
    ("get_query and get_count_query", "scoped/", lambda p: p.rows == 3 and p.count == 3),
    ("create_modal, edit_modal and details_modal", "modal/", lambda p: p.html.count("data-modal") >= 9),
    (
        "can_create, can_edit, can_view_details and can_export",
        "closed/",
        lambda p: not re.search(r"/admin/closed/(new|edit|details|export)/", p.html),
    ),
    ("column_editable_list", "editable/", lambda p: 'data-role="x-editable' in p.html),
]


@pytest.mark.parametrize(("promise", "path", "holds"), LISTS, ids=[name for name, *_ in LISTS])
def test_a_list_keeps_its_promise(librarian, promise, path, holds):
    found = page(librarian, path)

    assert found.status == 200
    assert holds(found), promise


def test_a_filter_of_the_developers_own_applies(librarian):
    addresses = [f"filtered/?flt0_{number}=1" for number in range(40)]
    lengths = [found.column("title") for found in (page(librarian, path) for path in addresses) if found.status == 200]

    assert ["Kettles"] in lengths


def test_details_and_exports_have_their_own_columns_and_formatters(librarian, books):
    details = page(librarian, f"list/details/?id={books[2].id}").details
    rows = csv_rows(librarian.get("/admin/list/export/csv/"))

    assert details == {"Book": "Detail of Pots", "Blurb": "Of clay."}
    assert [list(row.values()) for row in rows][:2] == [["Export of Kettles", "Bea"], ["Export of Pots", ""]]
    assert "own-details" in page(librarian, f"templated/details/?id={books[0].id}").html


def test_a_form_has_the_columns_labels_fields_and_widgets_that_the_view_names(librarian, books):
    found = page(librarian, f"form/edit/?id={books[0].id}")
    names = re.findall(r'<(?:input|textarea|select)[^>]*? name="(\w+)"', found.html.partition("admin-form")[2])

    assert [name for name in names if name not in ("csrf_token", "seen")][:9] == [
        "title",
        "blurb",
        "pages",
        "price",
        "size",
        "published",
        "writer",
        "rooms",
        "note",
    ]
    assert ("Name" in text_of(found.html), "As on the spine." in found.html) == (True, True)
    assert re.search(r"<textarea[^>]*name=\"title\"", found.html)
    assert re.search(r'<textarea[^>]*name="blurb"[^>]*rows="7"', found.html)
    assert re.search(r'<input[^>]*name="pages"[^>]*readonly', found.html)
    assert (found.field("price"), found.field("published"), found.field("size")) == ("1.5", "02.01.2020", "s")


def test_a_form_is_refused_by_validators_of_the_view_and_saves_what_was_typed(librarian, books, db):
    refused = edited(librarian, "form", books[0], title="T")
    saved = edited(
        librarian, "form", books[0], title="Coffee", published="24.12.2025", rooms=str(db.scalar(select(Room.id)))
    )
    db.expire_all()

    assert (refused.status, refused.errors) == (422, ["Field must be at least 3 characters long."])
    assert saved.status == 302
    assert (books[0].title, books[0].published, books[0].price) == ("Coffee", date(2025, 12, 24), Decimal("1.50"))
    assert db.scalar(text("SELECT count(*) FROM promised_loans WHERE book_id = :id"), {"id": books[0].id}) == 1


def test_a_value_that_is_no_choice_any_more_can_stay(librarian, books, db):
    assert edited(librarian, "form", books[2], note="so").status == 302
    db.expire_all()
    assert books[2].size == "x"
    assert edited(librarian, "form", books[2], size="q").errors == ["Not a valid choice."]


FORMS = [
    (
        "form_excluded_columns",
        "excluding/new/",
        lambda html: 'name="blurb"' not in html and 'name="writer"' not in html,
    ),
    ("generated forms pick relations to one record", "book/new/", lambda html: 'name="writer"' in html),
    ("and leave those to many out", "book/new/", lambda html: 'name="rooms"' not in html),
    ("form_rules", "rules/edit/?id={id}", lambda html: "Which" in html and 'name="pages"' in html),
    ("form_create_rules", "rules/new/", lambda html: "Only for new ones" in html and "Which" not in html),
    ("form", "ownform/new/", lambda html: 'name="blurb"' not in html and 'name="pages"' in html),
    ("a query of the view's own", "queried/new/", lambda html: html.count("<option") >= 2),
    ("create_form", "hooked/new/", lambda html: "Counted by create_form." in html),
    ("edit_form", "hooked/edit/?id={id}", lambda html: "Counted by edit_form." in html),
    ("on_form_prefill", "hooked/edit/?id={id}", lambda html: "prefilled for {id}" in html or "prefilled for" in html),
    ("scaffold_form", "hooked/new/", lambda html: "Scaffolded" in html),
    ("edit_modal", "modal/edit/?id={id}&modal=True", lambda html: "window-head" in html),
]


@pytest.mark.parametrize(("promise", "path", "holds"), FORMS, ids=[name for name, *_ in FORMS])
def test_a_form_keeps_its_promise(librarian, books, promise, path, holds):
    found = librarian.get(f"/admin/{path.format(id=books[0].id)}")

    assert found.status_code == 200
    assert holds(found.text), promise


def test_a_form_base_class_has_its_say(librarian, books):
    assert edited(librarian, "ownbaseform", books[0], pages="13").errors == ["Not thirteen."]


def test_three_lines_that_name_a_permission_can_create_edit_and_delete_and_the_trail_tells(librarian, books, db):
    writer = books[0].writer_id
    created = librarian.post(
        "/admin/book/new/", {"title": "New", "pages": "1", "writer": str(writer), "tags": "a,b", "printed": "y"}
    )
    book = db.scalars(select(Book).where(Book.title == "New")).one()
    changed = edited(librarian, "book", book, pages="2")
    db.expire_all()
    stored = (book.pages, book.writer_id, book.tags, book.printed)
    deleted = librarian.post("/admin/book/delete/", {"id": book.id})
    trail = db.scalars(select(AuditEvent).order_by(AuditEvent.at)).all()

    assert (created.status_code, changed.status, deleted.status_code) == (302, 302, 302)
    assert stored == (2, writer, ["a", "b"], True)
    assert db.scalars(select(Book.title).where(Book.title == "New")).all() == []
    events = {event.tag: event for event in trail}
    assert {"promised_books:create", "promised_books:update"} < set(events)
    assert (events["promised_books:update"].before, events["promised_books:update"].after) == (
        {"pages": 1},
        {"pages": 2},
    )


def test_what_the_database_refuses_is_told_by_its_field(librarian, books):
    refused = edited(librarian, "book", books[0], title="Pots")

    assert (refused.status, refused.errors) == (422, ["Already exists."])


def test_hooks_run_in_the_transaction_and_after_it(librarian, books, db):
    refused = edited(librarian, "hooked", books[0], pages="13")
    saved = edited(librarian, "hooked", books[0], pages="14")
    after = page(librarian, "book/").messages
    db.expire_all()

    assert (refused.status, refused.messages) == (422, ["Not thirteen."])
    assert saved.status == 302
    assert "After Tea." in after
    assert (books[0].pages, books[0].blurb) == (14, "changed by a hook")


def test_a_fault_of_a_hook_after_the_commit_is_told_and_what_was_saved_stays(librarian, books, db, caplog):
    answer = edited(librarian, "hooked", books[0], pages="500")
    db.expire_all()

    assert (answer.status, books[0].pages) == (302, 500)
    assert any("It is saved, but" in message for message in page(librarian, "book/").messages)
    assert "The mail server is away." in caplog.text


def test_hooks_of_deleting_refuse_and_are_told(librarian, books, db):
    db.add(spare := Book(title="Spare"))
    db.flush()
    kept = Page(librarian.post("/admin/hooked/delete/", {"id": books[3].id}, follow_redirects=True))
    gone = Page(librarian.post("/admin/hooked/delete/", {"id": books[0].id}, follow_redirects=True))
    both = librarian.post(
        "/admin/hooked/action/",
        {"action": "delete", "rowid": [str(books[3].id), str(spare.id)]},
        follow_redirects=True,
    )

    assert "This one is kept." in kept.messages
    assert "After a delete." in gone.messages
    assert any("This one is kept." in message for message in Page(both).messages)
    assert db.scalars(select(Book.title).order_by(Book.id)).all() == ["Kettles", "Pots", "Kept"]


def test_actions_run_and_access_is_the_views_own_to_refuse(librarian, books):
    praised = librarian.post(
        "/admin/rowactions/action/", {"action": "praise", "rowid": books[0].id}, follow_redirects=True
    )

    assert f"Praised {books[0].id}." in Page(praised).messages
    assert librarian.post("/admin/rowactions/action/", {"action": "scold", "rowid": books[0].id}).status_code == 403
    assert librarian.get("/admin/access/").status_code == 403
    for path in ("new/", f"edit/?id={books[0].id}", f"details/?id={books[0].id}", "export/csv/"):
        assert librarian.get(f"/admin/closed/{path}").status_code == 403
    assert librarian.get(f"/admin/scoped/edit/?id={books[1].id}").status_code == 404


def test_inline_models_are_edited_added_and_deleted_with_their_record(librarian, books, db):
    book = books[2]
    printer = db.scalar(select(Writer.id).where(Writer.name == "Bea"))
    before = sorted(db.scalars(select(Edition.isbn)))
    same = edited(librarian, "inline", book)
    forged = edited(librarian, "inline", book, **{"editions-0-isbn": "forged"})
    changed = edited(
        librarian,
        "inline",
        book,
        **{"editions-0-printer": str(printer), "del-editions-1": "on", "editions-5-isbn": "3"},
    )
    db.expire_all()

    assert before == ["1", "2"]
    assert (same.status, forged.status, changed.status) == (302, 422, 302)
    assert {one.isbn: one.printer_id for one in db.scalars(select(Edition))} == {"1": printer, "3": None}


def cell(browser: Browser, book: Book, **values: str) -> tuple[int, str]:
    answer = browser.post("/admin/editable/ajax/update/", {"list_form_pk": book.id} | values)
    return answer.status_code, answer.text


CELLS = [
    ({"pages": "121"}, 200, "Record was successfully saved."),
    ({"pages": "121", "list_form_was": "120"}, 200, "Record was successfully saved."),
    (
        {"pages": "121", "list_form_was": "119"},
        409,
        "This is “120” by now, so nothing was saved. Reload the page to see it.",
    ),
    ({"pages": "many"}, 422, "This is no whole number."),
    ({"title": ""}, 422, "This field is required."),
    ({"title": "Pots"}, 422, "Already exists."),
    ({"size": "l"}, 200, "Record was successfully saved."),
    ({"printed": "1"}, 200, "Record was successfully saved."),
    ({"writer": "nobody"}, 422, "There is no such record, or none that you may see."),
    ({"blurb": "x"}, 404, None),
]


@pytest.mark.parametrize(("values", "status", "words"), CELLS, ids=range(len(CELLS)))
def test_a_cell_is_saved_or_refused_in_words(librarian, books, values, status, words):
    answer = cell(librarian, books[0], **values)

    assert answer[0] == status
    assert words is None or answer[1] == words


def test_a_cell_is_nobody_elses_to_edit(promised_app, librarian, books, make):
    viewer = Browser(promised_app, make.user(role=Role.VIEWER))

    assert cell(viewer, books[0], pages="1")[0] == 403
    assert 'data-role="x-editable' not in viewer.get("/admin/editable/").text
    assert librarian.post("/admin/editable/ajax/update/", {"list_form_pk": "99", "pages": "1"}).status_code == 404
