"""More views of the developer's own library: templates, converters, and what Flask-Admin lets a view override."""

from typing import Any

from flask import flash, redirect
from flask_admin.contrib.sqla.form import InlineModelConverter
from flask_admin.form import rules
from flask_admin.model.form import converts
from flask_admin.model.template import LinkRowAction
from jinja2 import pass_context
from sqlalchemy import Boolean, String
from wtforms import StringField, TextAreaField

from admin_views.filter_converter import FilterConverter
from admin_views.form_converter import FormConverter
from tests.admin_views.promised import Book, BookView, InlineView, LongBooks, ModalView


class FormTemplatesView(BookView):
    create_template = "promised/create.html"
    edit_template = "promised/edit.html"
    form_columns = ("title",)
    extra_css = ("/static/own.css",)
    extra_js = ("/static/own.js",)


class ModalTemplatesView(ModalView):
    create_modal_template = "promised/modal_create.html"
    edit_modal_template = "promised/modal_edit.html"
    details_modal_template = "promised/modal_details.html"


class LeftOutView(BookView):
    column_list = ("title", "pages", "blurb")
    column_details_exclude_list = column_export_exclude_list = ("blurb",)
    column_details_list = column_export_list = column_list


class TypedView(BookView):
    column_type_formatters_detail = {int: lambda view, value, name: f"{value} leaves"}  # noqa: RUF012
    column_type_formatters_export = {int: lambda view, value, name: f"{value} sheets"}  # noqa: RUF012


class EditRulesView(BookView):
    form_columns = ("title", "pages")
    form_edit_rules = (rules.Text("Only for old ones"), "title", "pages")


class FewExportsView(BookView):
    export_types = ("csv",)
    export_max_rows = 3
    column_default_sort = "title"


class RelatedView(BookView):
    """Formatters that read relations, which the view says to load."""

    column_list = ("title", "by")
    column_select_related_list = ("writer",)
    column_formatters = {"by": lambda view, context, book, name: book.writer and book.writer.name}  # noqa: RUF012


class AutoRelatedView(RelatedView):
    column_list = ("title", "writer")
    column_select_related_list = None
    column_auto_select_related = True
    column_formatters = {"title": lambda view, context, book, name: f"{book.title} by {book.writer}"}  # noqa: RUF012


class AllRelationsView(BookView):
    column_list = None
    column_display_all_relations = True


class ShoutingConverter(FormConverter):
    @converts("String")
    def conv_String(self, field_args: Any, **extra: Any) -> Any:  # noqa: N802 - Flask-Admin's name
        field_args["label"] = "SHOUTED"
        return StringField(**field_args)


class ConvertedView(BookView):
    model_form_converter = ShoutingConverter
    form_columns = ("title",)


class LongInlineConverter(InlineModelConverter):
    def contribute(self, model: Any, form_class: Any, inline_model: Any) -> Any:
        found = super().contribute(model, form_class, inline_model)
        found.editions.kwargs["description"] = "Through the converter."
        return found


class InlineConvertedView(InlineView):
    inline_model_form_converter = LongInlineConverter


class OneFilter(FilterConverter):
    def convert(self, type_name: str, column: Any, name: str, **options: Any) -> Any:
        return [LongBooks(column, name)]


class FilterConvertedView(BookView):
    filter_converter = OneFilter()
    column_filters = ("pages",)


class FastView(BookView):
    fast_mass_delete = True


class OptionalView(BookView):
    form_optional_types = (Boolean, String)
    form_columns = ("title", "pages")


class WordsView(BookView):
    """What a view says in its own words."""

    column_searchable_list = ("title",)

    def search_placeholder(self) -> str:
        return "Ask the librarian"

    def get_empty_list_message(self) -> str:
        return "The shelves are bare."

    def get_column_name(self, field: str) -> str:
        return f"The {field}"

    def get_export_name(self, export_type: str = "csv") -> str:
        return f"library.{export_type}"

    @pass_context
    def get_list_value(self, context: Any, model: Any, name: str) -> Any:
        return f"<{super().get_list_value(context, model, name)}>"

    @pass_context
    def get_detail_value(self, context: Any, model: Any, name: str) -> Any:
        return f"Detail {super().get_detail_value(context, model, name)}"

    def get_export_value(self, model: Any, name: str) -> Any:
        return f"Export {super().get_export_value(model, name)}"


class ScaffoldsView(BookView):
    """Methods by which a view finds its columns, filters, forms and buttons."""

    column_list = None
    column_filters = ("title",)

    def scaffold_list_columns(self) -> list[str]:
        return ["title", "size"]

    def scaffold_sortable_columns(self) -> dict[str, Any]:
        return {"size": Book.size}

    def scaffold_filters(self, name: str) -> Any:
        return [LongBooks(Book.pages, "Length")]

    def get_list_row_actions(self) -> Any:
        return [*super().get_list_row_actions(), LinkRowAction("fa fa-book", "https://example.com/x", title="Added")]

    def get_create_form(self) -> Any:
        form = super().get_create_form()
        form.added = StringField("Only when new")
        return form

    def get_edit_form(self) -> Any:
        form = super().get_edit_form()
        form.title = TextAreaField("Only when old")
        return form


class ModelsView(BookView):
    """Reading and writing of the view's own."""

    form_columns = ("title", "pages")

    def get_one(self, id: Any) -> Any:
        return None if str(id) == "4040" else super().get_one(id)

    def build_new_instance(self) -> Any:
        book = super().build_new_instance()
        book.blurb = "Built by the view."
        return book

    def validate_form(self, form: Any) -> bool:
        if getattr(form, "title", None) and form.title.data == "Refused":
            form.title.errors = [*form.title.errors, "Not this one."]
            return False
        return super().validate_form(form)

    def create_model(self, form: Any) -> Any:
        form.pages.data = 77
        return super().create_model(form)

    def update_model(self, form: Any, model: Any) -> Any:
        form.pages.data = 88
        return super().update_model(form, model)

    def delete_model(self, model: Any) -> Any:
        if model.title == "Kept":
            flash("The librarian keeps it.", "error")
            return False
        return super().delete_model(model)


class ElsewhereView(BookView):
    """Neither seen in the navigation nor let in, but sent elsewhere."""

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return False

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Any:
        return redirect("/elsewhere")


TEMPLATES = {
    f"promised/{name}.html": f'{{% extends "admin/model/{base}.html" %}}{{% block {block} %}}'
    f'{{{{ super() }}}}<p class="own-{name}">Of its own</p>{{% endblock %}}'
    for name, base, block in (
        ("create", "create", "body"),
        ("edit", "edit", "body"),
        ("modal_create", "modals/create", "body"),
        ("modal_edit", "modals/edit", "body"),
        ("modal_details", "modals/details", "body"),
    )
}
VIEWS = {
    name.removesuffix("View").lower(): view
    for name, view in sorted(globals().items())
    if isinstance(view, type) and issubclass(view, BookView) and view.__module__ == __name__
}
"""Each view by its endpoint."""
