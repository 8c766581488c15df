"""A developer's own library on ConsoleModelView: a view for each thing that Flask-Admin's ModelView promises."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from flask import flash
from flask_admin.actions import action
from flask_admin.contrib.sqla.ajax import QueryAjaxModelLoader
from flask_admin.contrib.sqla.fields import QuerySelectField
from flask_admin.contrib.sqla.filters import BaseSQLAFilter
from flask_admin.form import BaseForm, rules
from flask_admin.model.form import InlineFormAdmin
from flask_admin.model.template import EndpointLinkRowAction, LinkRowAction
from sqlalchemy import Column, DateTime, ForeignKey, Numeric, String, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from wtforms import Form, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from admin_views.model_view import ConsoleModelView
from extensions import database
from services.permissions import Permission


class PromisedBase(DeclarativeBase):
    """Not the console's, so that these tables are no part of its migrations."""


loans = Table(
    "promised_loans",
    PromisedBase.metadata,
    Column("book_id", ForeignKey("promised_books.id"), primary_key=True),
    Column("shelf_id", ForeignKey("promised_shelves.id"), primary_key=True),
)


class Writer(PromisedBase):
    __tablename__ = "promised_writers"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(80))
    password: Mapped[str | None] = mapped_column(String(80))

    def __str__(self) -> str:
        return self.name


class Room(PromisedBase):
    __tablename__ = "promised_shelves"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(80))

    def __str__(self) -> str:
        return self.title


class Book(PromisedBase):
    __tablename__ = "promised_books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(80), unique=True)
    blurb: Mapped[str | None] = mapped_column(Text)
    pages: Mapped[int | None]
    price: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    printed: Mapped[bool] = mapped_column(default=False)
    published: Mapped[date | None]
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    size: Mapped[str | None] = mapped_column(String(1))
    tags: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    writer_id: Mapped[UUID | None] = mapped_column(ForeignKey("promised_writers.id"))
    writer: Mapped[Writer | None] = relationship(lazy="raise_on_sql")
    rooms: Mapped[list[Room]] = relationship(secondary=loans, lazy="raise_on_sql")
    editions: Mapped[list["Edition"]] = relationship(
        back_populates="book", cascade="all, delete-orphan", lazy="raise_on_sql"
    )

    def __str__(self) -> str:
        return self.title


class Edition(PromisedBase):
    __tablename__ = "promised_editions"

    id: Mapped[int] = mapped_column(primary_key=True)
    isbn: Mapped[str] = mapped_column(String(20))
    book_id: Mapped[int] = mapped_column(ForeignKey("promised_books.id"))
    printer_id: Mapped[UUID | None] = mapped_column(ForeignKey("promised_writers.id"))
    book: Mapped[Book] = relationship(back_populates="editions", lazy="raise_on_sql")
    printer: Mapped[Writer | None] = relationship(lazy="raise_on_sql")


class BookView(ConsoleModelView):
    """Three lines that can edit: what the other views build on."""

    column_list: Any = ("title", "pages")
    create_permission = edit_permission = delete_permission = Permission.EDIT_TEMPLATE


class WriterView(ConsoleModelView):
    permission = Permission.SEE_USERS
    column_list = ("name",)


class ListView(BookView):
    """What a list shows, and how."""

    column_list = ("title", "pages", "size", "shout", "price")
    column_exclude_list = ("price",)
    column_labels = {"title": "Book", "writer.name": "By"}  # noqa: RUF012
    column_descriptions = {"pages": "Without the <b>cover</b>."}  # noqa: RUF012
    column_formatters = {"shout": lambda view, context, book, name: book.title.upper()}  # noqa: RUF012
    column_formatters_detail = {"title": lambda view, context, book, name: f"Detail of {book.title}"}  # noqa: RUF012
    column_formatters_export = {"title": lambda view, context, book, name: f"Export of {book.title}"}  # noqa: RUF012
    column_type_formatters = {int: lambda view, value, name: f"{value} pp."}  # noqa: RUF012
    column_choices = {"size": [("s", "Small"), ("l", "Large")]}  # noqa: RUF012
    column_details_list = ("title", "blurb")
    column_export_list = ("title", "writer.name")
    column_display_pk = True
    column_display_actions = False
    column_searchable_list = ("title", "writer.name")
    column_sortable_list = ("title", ("size", ("size", "pages")))
    column_default_sort = [("pages", True), ("title", False)]  # noqa: RUF012
    page_size = 2
    can_set_page_size = True
    page_size_options = (2, 4)


class LongBooks(BaseSQLAFilter):
    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        return query.filter(Book.pages > 300)

    def operation(self) -> str:
        return "is long"


class FilteredView(BookView):
    """Filters by name, of a relation, and a filter object of the developer's own; addresses with numbers."""

    column_filters = ("title", "writer.name", LongBooks(Book.pages, "Length", options=(("1", "Yes"),)))
    named_filter_urls = False


class ScaffoldedView(ConsoleModelView):
    """All columns, with the primary key."""

    column_display_pk = True


class RowActionsView(BookView):
    column_extra_row_actions = [  # noqa: RUF012
        LinkRowAction("fa fa-book", "https://example.com/{row_id}", title="Look up"),
        EndpointLinkRowAction("fa fa-pencil", ".edit_view", title="Change"),
    ]
    action_permissions = {"praise": Permission.EDIT_TEMPLATE, "scold": Permission.EDIT_TEMPLATE}  # noqa: RUF012
    action_disallowed_list = ["scold"]  # noqa: RUF012

    @action("praise", "Praise", "Praise the selected books?")
    def action_praise(self, ids: list[str]) -> None:
        flash(f"Praised {', '.join(ids)}.", "success")

    @action("scold", "Scold")
    def action_scold(self, ids: list[str]) -> None:
        flash("Scolded.", "success")


class FormView(BookView):
    """What a form has, and how."""

    form_columns = ("title", "blurb", "pages", "price", "size", "published", "writer", "rooms", "note")
    form_args = {  # noqa: RUF012
        "title": {"label": "Name", "validators": [Length(min=3)], "description": "As on the spine."},
        "price": {"places": 1},
        "published": {"format": "%d.%m.%Y"},
    }
    form_overrides = {"title": TextAreaField}  # noqa: RUF012
    form_widget_args = {"blurb": {"rows": 7}, "pages": {"readonly": True}}  # noqa: RUF012
    form_extra_fields = {"note": StringField("Note")}  # noqa: RUF012
    form_choices = {"size": [("s", "Small"), ("l", "Large")]}  # noqa: RUF012
    form_pickers = {"writer": ("name",)}  # noqa: RUF012


class ExcludingView(BookView):
    form_excluded_columns = ("blurb", "writer")


class RulesView(BookView):
    form_rules = (rules.Header("What"), rules.FieldSet(("title", "pages"), "Which"))
    form_create_rules = (rules.Text("Only for new ones"), "title", "pages")
    form_columns = ("title", "pages")


class OwnBaseForm(BaseForm):
    def validate_pages(self, field: Any) -> None:
        if field.data == 13:
            raise ValidationError("Not thirteen.")


class OwnFormView(BookView):
    class form(Form):  # noqa: N801 - Flask-Admin's name
        title = StringField()
        pages = IntegerField()


class OwnBaseFormView(BookView):
    form_base_class = OwnBaseForm
    form_columns = ("title", "pages")


class LookedUpView(BookView):
    """Look-ups as Flask-Admin has them, by options and by a loader of the developer's own."""

    form_columns = ("title", "writer", "rooms")
    form_ajax_refs = {  # noqa: RUF012
        "writer": {"fields": ("name",), "placeholder": "Who?", "minimum_input_length": 2, "page_size": 5},
        "rooms": QueryAjaxModelLoader("rooms", database, Room, fields=["title"]),
    }


class QueriedView(BookView):
    """A select of what the developer's own query finds."""

    form_columns = ("title", "writer")
    form_overrides = {"writer": QuerySelectField}  # noqa: RUF012
    form_args = {"writer": {"query_factory": lambda: database.session.query(Writer).limit(3)}}  # noqa: RUF012


class EditableView(BookView):
    column_list = ("title", "pages", "size", "printed", "writer", "read_at")
    column_editable_list = column_list
    form_choices = {"size": [("s", "Small"), ("l", "Large")]}  # noqa: RUF012


class EditionInline(InlineFormAdmin):
    form_columns = ("id", "isbn", "printer")

    def on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        if form.isbn.data == "forged":
            raise ValidationError("That ISBN is forged.")


class InlineView(BookView):
    form_columns = ("title", "editions")
    inline_models = (EditionInline(Edition),)


class ModalView(BookView):
    create_modal = edit_modal = details_modal = True
    form_columns = ("title",)


class ClosedView(BookView):
    can_create = can_edit = can_delete = can_view_details = can_export = False


class ScopedView(BookView):
    """Only thin books, everywhere."""

    def get_query(self) -> Any:
        return super().get_query().filter(Book.pages < 300)

    def get_count_query(self) -> Any:
        return super().get_count_query().filter(Book.pages < 300)


class HookedView(BookView):
    """Tells of each hook; two of them refuse."""

    form_columns = ("title", "pages", "blurb")

    def on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        if model.pages == 13:
            raise ValidationError("Not thirteen.")
        model.blurb = f"{'created' if is_created else 'changed'} by a hook"

    def after_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        flash(f"After {model.title}.", "info")
        if model.pages == 500:
            raise RuntimeError("The mail server is away.")

    def on_model_delete(self, model: Any) -> None:
        if model.title == "Kept":
            raise ValidationError("This one is kept.")

    def after_model_delete(self, model: Any) -> None:
        flash("After a delete.", "info")

    def on_form_prefill(self, form: Any, id: Any) -> None:
        form.blurb.data = f"prefilled for {id}"

    def get_save_return_url(self, model: Any, is_created: bool = False) -> str:
        return self.get_url(".details_view", id=model.id)

    def create_form(self, obj: Any = None) -> Any:
        form = super().create_form(obj)
        form.pages.description = "Counted by create_form."
        return form

    def edit_form(self, obj: Any = None) -> Any:
        form = super().edit_form(obj)
        form.pages.description = "Counted by edit_form."
        return form

    def scaffold_form(self) -> Any:
        form = super().scaffold_form()
        form.told = StringField("Scaffolded")
        return form


class AccessView(BookView):
    def is_accessible(self) -> bool:
        return False


class NoActionsView(BookView):
    def is_action_allowed(self, name: str) -> bool:
        return False


class TemplatedView(BookView):
    list_template = "promised/list.html"
    details_template = "promised/details.html"


class UncountedView(BookView):
    simple_list_pager = True
    page_size = 2
    page_size_options = (2, 20)


TEMPLATES = {
    "promised/list.html": '{% extends "admin/model/list.html" %}{% block model_menu_bar %}'
    '{{ super() }}<p class="own-list">Of its own</p>{% endblock %}',
    "promised/details.html": '{% extends "admin/model/details.html" %}{% block body %}'
    '{{ super() }}<p class="own-details">Of its own</p>{% endblock %}',
}
VIEWS = {
    name.removesuffix("View").lower(): view
    for name, view in sorted(globals().items())
    if isinstance(view, type) and issubclass(view, BookView | ScaffoldedView)
}
"""Each view by its endpoint."""
