"""The base of every list: scoped, typed, streamed and read-only until a view says otherwise."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from sqlalchemy import JSON

from admin_views import formatters
from admin_views.access import PermittedView
from admin_views.cell_edits import EditedCells
from admin_views.cell_values import CellValues
from admin_views.export import StreamedExport
from admin_views.export_page import ExportPages
from admin_views.field_rules import FieldRules
from admin_views.filter_converter import FilterConverter
from admin_views.flashes import offer_undo
from admin_views.form_converter import FormConverter
from admin_views.formatters import is_secret
from admin_views.list_arguments import CheckedArguments
from admin_views.list_columns import ListColumns
from admin_views.list_counts import ListCounts
from admin_views.list_facets import ListFacets
from admin_views.list_order import ListOrder
from admin_views.list_page import ListPage
from admin_views.list_query import ScopedQuery
from admin_views.list_search import ListSearch
from admin_views.list_views import ListViews
from admin_views.model_writes import ModelWrites
from admin_views.pickers import PickedRelations
from admin_views.related_lists import RelatedLists
from admin_views.row_actions import PermittedActions
from admin_views.writes import ServiceWrites
from extensions import database
from services.errors import ForbiddenError, InvalidInputError
from services.permissions import Permission

_NEEDS = {
    "create_view": "can_create",
    "edit_view": "can_edit",
    "delete_view": "can_delete",
    "ajax_update": "can_edit",
    "details_view": "can_view_details",
    "export": "can_export",
    "export_page": "can_export",
    "export_file": "can_export",
    "export_later": "can_export",
    "export_by_job": "can_export",
}
"""What each endpoint of a model view asks of it."""
_EMPTY = {
    "none": "No {} yet.",
    "unmatched": "No {} match the search and filters.",
    "not_permitted": "No {} that you may see.",
    "unusable": "Nothing is shown, since the search or a filter can’t be used.",
    "too_slow": "These {} could not be found in time.",
}
ListState = Literal["none", "unmatched", "not_permitted", "unusable", "too_slow"]


class ConsoleModelView(
    PermittedView,
    FieldRules,
    CheckedArguments,
    StreamedExport,
    ExportPages,
    PermittedActions,
    ServiceWrites,
    ModelWrites,
    EditedCells,
    PickedRelations,
    ListColumns,
    ListViews,
    ListFacets,
    ListPage,
    ListCounts,
    RelatedLists,
    ListOrder,
    ListSearch,
    ScopedQuery,
    CellValues,
    ModelView,
):
    """A list of one table's rows: search, typed filters, sort, details and CSV export, within the person's scope.

    A view names columns; all else has a safe default::

        class InvoiceView(ConsoleModelView):
            column_list = ("number", "customer", "status")
            column_searchable_list = ("number", "customer.name")

    See docs/add-a-view.md for editing and actions.
    """

    permission: ClassVar[Permission] = Permission.SEE_RECORDS
    record_page: ClassVar[str | None] = None
    """The records' own pages under /console (`sessions`), where they have some; details lead there."""
    live_kind: ClassVar[str | None] = None
    """What the live connection calls these records (`session`), where it tells of them: their rows renew themselves."""

    column_unindexed: ClassVar[Sequence[str]] = ()
    """Columns by which this list is sorted and searched though no index has them, since its table stays small."""

    can_view_details = True
    named_filter_urls = True
    can_set_page_size = True
    page_size_options = (20, 50, 100)
    column_auto_select_related = False
    filter_converter = FilterConverter()
    model_form_converter = FormConverter
    column_formatters_export: ClassVar[dict[str, Any]] = {}
    column_type_formatters = formatters.LIST
    column_type_formatters_detail = formatters.DETAILS
    column_type_formatters_export = formatters.EXPORT

    def __init__(self, model: Any, name: str | None = None, **options: Any) -> None:
        """
        Args:
            options: category, endpoint, url and menu icons, as Flask-Admin takes them.

        Raises:
            TypeError: the view would search, filter or sort by a secret, or edit one in the list.
        """
        super().__init__(model, database, name, **options)
        self._refuse_leaks()

    def _refuse_leaks(self) -> None:
        """Whoever can search, filter or sort by a masked column can read it, letter by letter."""
        searched = [field for field, _ in self._search_fields or ()]
        filtered = [flt.column for flt in self._filters or ()]
        leaks = [column.key for column in (*searched, *filtered, *self._sorted_columns()) if is_secret(column.key)]
        leaks += [column.key for column in searched if isinstance(column.type, JSON)]
        leaks += [str(name) for name in self.column_editable_list or () if is_secret(str(name))]
        if leaks:
            raise TypeError(f"{type(self).__name__} must not search, filter, sort or edit cells by {', '.join(leaks)}.")

    def _sorted_columns(self) -> list[Any]:
        columns = self._sortable_columns.values()
        return [column for group in columns for column in (group if isinstance(group, list) else [group])]

    def scaffold_sortable_columns(self) -> dict[Any, Any]:
        return {name: column for name, column in super().scaffold_sortable_columns().items() if not is_secret(name)}

    def list_state(self, search: str | None, filters: Any) -> ListState:
        """Why a list is empty: its page says so, and what to do about it."""
        if g.get("list_too_slow"):
            return "too_slow"
        if not self.can_select(search, filters):
            return "unusable"
        if search or filters:
            return "unmatched"
        return "not_permitted" if self.sees_nothing() else "none"

    def get_empty_list_message(self) -> str:
        arguments = self._get_list_extra_args(lambda message: None)
        return _EMPTY[self.list_state(arguments.search, arguments.filters)].format(str(self.name).lower())

    def list_links(self) -> list[tuple[str, str]]:
        """Where else a list leads: labels and addresses, for buttons above it."""
        return []

    def heading_of(self, record: Any) -> tuple[str, str]:
        """What the page on which the record is edited is headed with: its name, and a line that says more."""
        return str(record), f"{self.name}: edit"

    def search_placeholder(self) -> str | None:
        return ", ".join(self.get_column_name(name) for name in self.open_search_names()) or None

    def _prettify_name(self, name: str) -> str:
        return formatters.words(name.replace(".", " "))

    def _handle_view(self, name: str, **kwargs: Any) -> ResponseReturnValue | None:
        """Every request passes here before its view: what the person may not do is a 403, never a redirect.

        Raises:
            ForbiddenError: the view, or the person's role, does not permit it.
            InvalidInputError: the request names no record, or an address to return to that is none.
        """
        refusal = super()._handle_view(name, **kwargs)
        if refusal is not None:
            return refusal
        if name != "index_view" and self.sees_nothing():
            raise ForbiddenError("Your role does not show you these records.", permission=self.permission)
        if name in _NEEDS and not getattr(self, _NEEDS[name]):
            missing = getattr(self, _NEEDS[name].replace("can_", "") + "_permission", None)
            words = "Your role does not permit this, or these records can’t be changed here."
            raise ForbiddenError(words, permission=missing)
        _check_return_address()
        if name in ("details_view", "edit_view") and not request.args.get("id"):
            raise InvalidInputError("Name the record: its id is missing.", field="id")
        if name == "delete_view" and not request.form.get("id"):
            raise InvalidInputError("Name the record: its id is missing.", field="id")
        return None

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Call the view; a form that is shown again is no success, and what can be undone is offered to be."""
        answer = fn(self, *args, **kwargs)
        if event_id := g.pop("undo", None):
            offer_undo(event_id)
        if request.method == "POST" and isinstance(answer, str):
            return answer, g.pop("form_status", 422)
        return answer

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        """The record's page: one of its own where there is one, else all its columns."""
        if self.record_page is None:
            return super().details_view()
        record = self.get_one(request.args["id"])
        return redirect(f"{url_for('console.index')}{self.record_page}/{record.id}")


def _check_return_address() -> None:
    """
    Raises:
        InvalidInputError: the address to return to is one that browsers, Flask-Admin and headers read differently.
    """
    address = request.values.get("url", "")
    if not _is_plain(address):
        raise InvalidInputError("The address to return to is none.", field="url")


def _is_plain(address: str) -> bool:
    """Whether it is written as addresses are; Flask-Admin then asks whether it leads elsewhere.

    `http://localhost\\@evil.example` would pass there, and be sent as `http://localhost%5C@evil.example`.
    """
    if not address.isprintable() or address != address.strip() or "\\" in address:
        return False
    try:
        parts = urlsplit(address)
        return not parts.scheme or bool(parts.netloc and parts.username is None)
    except ValueError:
        return False
