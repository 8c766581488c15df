"""The rest of what Flask-Admin's ModelView lets a view say, and that nothing of it is forgotten here."""

import inspect
import re
from types import FunctionType

import pytest
from flask_admin.contrib.sqla import ModelView
from flask_admin.model import BaseModelView
from sqlalchemy import select

from tests.admin_views import promised, promised_further
from tests.admin_views.pages import Page, csv_rows, text_of
from tests.admin_views.plain_app import OF_FLASK_ADMIN
from tests.admin_views.promised import Book
from tests.admin_views.test_flask_admin_promises import edited, page

pytestmark = OF_FLASK_ADMIN
PAGES = [
    ("create_template", "formtemplates/new/", 'class="own-create"'),
    ("edit_template", "formtemplates/edit/?id={id}", 'class="own-edit"'),
    ("extra_css", "formtemplates/", '<link[^>]*href="/static/own.css"'),
    ("extra_js", "formtemplates/", '<script[^>]*src="/static/own.js"'),
    ("create_modal_template", "modaltemplates/new/?modal=True", 'class="own-modal_create"'),
    ("edit_modal_template", "modaltemplates/edit/?id={id}&modal=True", 'class="own-modal_edit"'),
    ("details_modal_template", "modaltemplates/details/?id={id}&modal=True", 'class="own-modal_details"'),
    ("column_type_formatters_detail", "typed/details/?id={id}", "120 leaves"),
    ("form_edit_rules", "editrules/edit/?id={id}", "Only for old ones"),
    ("column_select_related_list", "related/", ">Ana<"),
    ("column_auto_select_related", "autorelated/", "Tea by Ana"),
    ("column_display_all_relations", "allrelations/", "col-rooms"),
    ("model_form_converter", "converted/new/", "SHOUTED"),
    ("inline_model_form_converter", "inlineconverted/edit/?id={id}", "Through the converter."),
    ("filter_converter", "filterconverted/", "is long"),
    ("search_placeholder", "words/", "Ask the librarian"),
    ("get_empty_list_message", "words/?search=nothing", "The shelves are bare."),
    ("get_column_name", "words/", "The title"),
    ("get_list_value", "words/", "&lt;Tea&gt;"),
    ("get_detail_value", "words/details/?id={id}", "Detail Tea"),
    ("scaffold_list_columns", "scaffolds/", "col-size"),
    ("scaffold_sortable_columns", "scaffolds/", "order=size"),
    ("scaffold_filters", "scaffolds/", "is long"),
    ("get_list_row_actions", "scaffolds/", "Added"),
    ("get_create_form", "scaffolds/new/", "Only when new"),
    ("get_edit_form", "scaffolds/edit/?id={id}", "Only when old"),
    ("form_ajax_refs", "lookedup/new/", "Who[?]"),
    ("form_ajax_refs, looked up", "lookedup/ajax/lookup/?name=writer&query=An", "Ana"),
]


@pytest.mark.parametrize(("promise", "path", "found"), PAGES, ids=[name for name, *_ in PAGES])
def test_a_page_keeps_its_promise(librarian, books, promise, path, found):
    answer = librarian.get(f"/admin/{path.format(id=books[0].id)}")

    assert answer.status_code == 200
    assert re.search(found, answer.text), promise


def test_details_and_exports_leave_out_what_the_view_excludes(librarian, books):
    rows = csv_rows(librarian.get("/admin/leftout/export/csv/"))

    assert list(page(librarian, f"leftout/details/?id={books[2].id}").details) == ["Title", "Pages"]
    assert list(rows[0]) == ["Title", "Pages"]
    assert page(librarian, "leftout/").column("blurb")


def test_exports_are_named_typed_and_limited_as_the_view_says(librarian, books):
    few = csv_rows(librarian.get("/admin/fewexports/export/csv/"))
    named = librarian.get("/admin/words/export/csv/")
    rows = csv_rows(named)

    assert [row["Title"] for row in few] == ["Kept", "Kettles", "Pots"]
    assert librarian.get("/admin/fewexports/export/xlsx/").status_code == 404
    assert "library.csv" in named.headers["Content-Disposition"]
    assert {"Export Tea", "Export Pots"} < {row["The title"] for row in rows}
    assert "120 sheets" in librarian.get("/admin/typed/export/csv/").text


def test_a_type_that_is_optional_may_be_empty_whatever_its_column_says(librarian, books):
    assert "required" not in page(librarian, "optional/new/").html.partition('name="title"')[0].rpartition("<")[2]
    assert edited(librarian, "optional", books[0], title="").errors != ["This field is required."]


def test_what_a_view_overrides_reads_builds_checks_and_writes(librarian, books, db):
    created = librarian.post("/admin/models/new/", {"title": "New", "pages": "1"})
    refused = edited(librarian, "models", books[0], title="Refused")
    saved = edited(librarian, "models", books[0], title="Better")
    deleted = librarian.post("/admin/models/delete/", {"id": spare(db).id})
    kept = Page(librarian.post("/admin/models/delete/", {"id": books[3].id}, follow_redirects=True))
    db.expire_all()
    stored = {book.title: (book.pages, book.blurb) for book in db.scalars(select(Book))}

    assert (created.status_code, refused.errors, saved.status, deleted.status_code) == (
        302,
        ["Not this one."],
        302,
        302,
    )
    assert (stored["New"], stored["Better"][0]) == ((77, "Built by the view."), 88)
    assert "Spare" not in stored
    assert ("Kept" in stored, "The librarian keeps it." in text_of(kept.html)) == (True, True)
    assert librarian.get("/admin/models/edit/?id=4040").status_code == 302


def spare(db):
    """A book to which nothing refers."""
    db.add(book := Book(title="Spare"))
    db.flush()
    return book


def test_many_are_deleted_at_once_where_the_view_asks_for_speed(librarian, books, db):
    ids = [str(spare(db).id), str(books[3].id)]

    librarian.post("/admin/fast/action/", {"action": "delete", "rowid": ids})

    assert db.scalars(select(Book.title).order_by(Book.id)).all() == ["Tea", "Kettles", "Pots"]


ELSEWHERE = {
    "ignore_hidden": "WTForms makes no fields of names that begin with an underscore, whatever Flask-Admin says",
    "column_auto_select_related": "set by ConsoleModelView to False; AutoRelatedView turns it on",
}
"""What no view of the library sets, and why."""


def is_setting(name, value):
    return not name.startswith("_") and not isinstance(value, FunctionType | property)


def test_every_setting_of_flask_admin_is_set_by_a_view_of_the_library():
    settings = {
        name for view in (BaseModelView, ModelView) for name, value in vars(view).items() if is_setting(name, value)
    }
    library = inspect.getsource(promised) + inspect.getsource(promised_further)

    assert {name for name in settings - set(ELSEWHERE) if not re.search(rf"\b{name}\b", library)} == set()


def test_a_view_may_be_left_out_of_the_navigation_and_send_people_elsewhere(librarian, books):
    answer = librarian.get("/admin/elsewhere/")

    assert (answer.status_code, answer.headers.get("Location")) == (302, "/elsewhere")
    assert "/admin/elsewhere/" not in librarian.get("/admin/book/").text
