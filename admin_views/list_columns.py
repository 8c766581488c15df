"""How a list is shown: which columns, in which order, and how many rows on a page, as each person chose it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import g, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.access import needs_sight
from admin_views.formatters import MASKS
from admin_views.list_arguments import Complain, complain_by_the_list
from admin_views.list_filters import OF_ONE_PAGE
from admin_views.list_order import ORDER_LIMIT, parse_order
from extensions import db_session, transaction
from models import ListPreference
from people.accounts import current_actor
from services import list_preferences
from services.errors import InvalidInputError
from services.list_preferences import COLUMNS_LIMIT
from services.secrets import hidden

Columns = list[tuple[str, str]]
"""Names and labels, in their order."""
NAMED = 3
"""Unknown columns that a complaint names."""


class ListColumns:
    """Mixed into a model view: its address says `columns=status,purpose`; else what the person chose last counts."""

    endpoint: str
    page_size: int
    page_size_options: tuple[int, ...]
    _list_columns: Columns
    _details_columns: Any
    _export_columns: Any

    def offered_columns(self) -> Columns:
        """All that can be shown: the list's own columns, then those of its details and its export.

        One whose label is taken shows the same as another, and one whose secret is shown to nobody shows nothing.
        """
        offered = dict(self._list_columns)
        labels = set(offered.values())
        for name, label in (*self._details_columns, *self._export_columns):
            if name not in offered and label not in labels and MASKS.get(name.rpartition(".")[2]) is not hidden:
                offered[name] = label
                labels.add(label)
        return list(offered.items())

    def shown_columns(self, arguments: Any, complain: Complain = complain_by_the_list) -> Columns:
        """The columns that a list's arguments ask for, or else the person's own choice, or else the view's."""
        given = arguments.extra_args.get("columns")
        offered = dict(self.offered_columns())
        asked = self._wanted().columns or [] if given is None else _names(given)
        if unknown := [name for name in asked if name not in offered and given is not None]:
            complain(_unknown(unknown))
        return [(name, offered[name]) for name in asked if name in offered] or list(self._list_columns)

    def get_safe_page_size(self, page_size: int | None) -> int:
        """Rows on a page: as asked, or as the person wants them, or as the view has them."""
        wanted = page_size or self._wanted().page_size
        return wanted if wanted in self.page_size_options else self.page_size

    def _wanted(self) -> ListPreference:
        """The person's preference, read once in a request."""
        known: dict[str, ListPreference] = g.setdefault("list_preferences", {})
        if self.endpoint not in known:
            found = list_preferences.find(db_session(), self.endpoint, actor=current_actor())
            known[self.endpoint] = found or ListPreference()
        return known[self.endpoint]

    @expose("/columns/", methods=["POST"])
    @needs_sight
    def choose_columns(self) -> ResponseReturnValue:
        """Show the columns that the form names, and remember them where it says so.

        `up` or `down` names one that moves by a place; `reset` has the view's own columns again.
        """
        names = [] if "reset" in request.form else self._chosen()
        if "reset" in request.form or "remember" in request.form:
            with transaction(current_actor()) as db:
                list_preferences.remember_columns(db, self.endpoint, names or None, actor=current_actor())
        return redirect(self._address_with(columns=",".join(names)), 303)

    @expose("/order/", methods=["POST"])
    @needs_sight
    def choose_order(self) -> ResponseReturnValue:
        """Order the list by the columns that the form names, and remember them where it says so.

        Raises:
            InvalidInputError: the list can't be ordered by one of them.
        """
        order = parse_order(request.form.getlist("order"))
        if unknown := [one.name for one in order if one.name not in self._sortable_columns]:
            raise InvalidInputError(f"This list can't be sorted by “{unknown[0][:40]}”.", field="order")
        names = [str(one) for one in order][:ORDER_LIMIT]
        if "remember" in request.form:
            with transaction(current_actor()) as db:
                list_preferences.remember_order(db, self.endpoint, names, actor=current_actor())
        return redirect(self._address_with(order=",".join(names), sort="", desc=""), 303)

    @expose("/page-size/", methods=["POST"])
    @needs_sight
    def choose_page_size(self) -> ResponseReturnValue:
        """Have as many rows on a page as the form says, now and from now on.

        Raises:
            InvalidInputError: the list has no pages of that size.
        """
        size = request.form.get("page_size", "")
        if size not in map(str, self.page_size_options):
            raise InvalidInputError("Choose one of the list’s numbers of rows.", field="page_size")
        with transaction(current_actor()) as db:
            list_preferences.remember_page_size(db, self.endpoint, int(size), actor=current_actor())
        return redirect(self._address_with(page_size=size), 303)

    def _chosen(self) -> list[str]:
        """
        Raises:
            InvalidInputError: the form names no column that can be shown.
        """
        offered = dict(self.offered_columns())
        names = [name for name in dict.fromkeys(request.form.getlist("column")) if name in offered]
        if not names:
            raise InvalidInputError("A list shows at least one column.", field="column")
        return _moved(names, request.form.get("up"), request.form.get("down"))

    def _address_with(self, **changes: str) -> str:
        """The list's address as the form carries it, with changes; empty ones leave the argument out."""
        left_out = (*OF_ONE_PAGE, *changes)
        pairs = [pair for pair in parse_qsl(request.form.get("arguments", "")) if pair[0] not in left_out]
        return f"{self.get_url('.index_view')}?{urlencode([*pairs, *filter(lambda pair: pair[1], changes.items())])}"


def _names(given: str) -> list[str]:
    names = [name.strip() for name in given.split(",")[: COLUMNS_LIMIT + 1]]
    return list(dict.fromkeys(name for name in names if name))


def _unknown(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"This list has no column “{'”, “'.join(name[:60] for name in names[:NAMED])}”{more}, so that was left out."


def _moved(names: list[str], up: str | None, down: str | None) -> list[str]:
    """The names, one of them a place further up or down."""
    for name, step in ((up, -1), (down, 1)):
        if name in names:
            place = names.index(name)
            names.insert(max(place + step, 0), names.pop(place))
    return names
