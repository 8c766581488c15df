"""Lists as they were saved: which saved view a page is in, whether it was changed, and what a list opens with."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from markupsafe import escape

from admin_views import list_filters, views_in_sight
from admin_views.list_arguments import complain_by_the_list
from extensions import db_session
from models import SavedView
from people.accounts import current_actor
from services import saved_views
from services.errors import InvalidInputError, NotFoundError
from services.ids import parse_id
from services.saved_views import Known

WHOLE = "all"
"""`?view=all` is the list itself, whatever it opens with."""
UNKNOWN = "There is no such saved view, or none that you may see; this is the list itself."
UNCOUNTED = "–"
_PLACE = re.compile(r"^flt\d+(?=[a-z]?_)")


@dataclass(frozen=True)
class Here:
    """Where a list's page stands among the list's saved views."""

    views: list[Known]
    current: Known | None
    is_changed: bool
    """Whether the page shows something else than the view that it is in."""
    arguments: str
    """What saving it would keep."""
    opens_with_view: bool
    """Whether the list opens with one of the views for this person."""


class ListViews:
    """Mixed into a model view."""

    endpoint: str

    def _handle_view(self, name: str, **kwargs: Any) -> ResponseReturnValue | None:
        refusal = super()._handle_view(name, **kwargs)  # type: ignore[misc]
        return self._enter_view() if refusal is None and name == "index_view" else refusal

    def _enter_view(self) -> ResponseReturnValue | None:
        """Lead to the view that the list opens with, or, from a view's mere id, to its address."""
        view = self._asked_view()
        g.saved_view_id = view and view.id
        is_short = not request.args or list(request.args) == ["view"]
        return redirect(self.view_url(view)) if view and is_short and (view.arguments or not request.args) else None

    def _asked_view(self) -> SavedView | None:
        if not request.args:
            default = self._wanted().default_view_id
            return saved_views.find_view(db_session(), default, actor=current_actor()) if default else None
        given = request.args.get("view", "")
        if given in ("", WHOLE):
            return None
        try:
            view = saved_views.get_view(db_session(), parse_id(given), actor=current_actor())
        except (InvalidInputError, NotFoundError):
            view = None
        if view is None or view.endpoint != self.endpoint:
            complain_by_the_list(UNKNOWN)
            return None
        return view

    def view_url(self, view: SavedView) -> str:
        """The address of a saved view."""
        rest = f"&{view.arguments}" if view.arguments else ""
        return f"{url_for(f'{self.endpoint}.index_view')}?view={view.id}{rest}"

    def count_url(self, view: SavedView) -> str:
        """Where it is told how many rows a saved view has."""
        return f"{url_for(f'{self.endpoint}.how_many')}?{view.arguments}"

    def views_here(self, address: str) -> Here:
        """For the list's page.

        Args:
            address: the list's own, `return_url`.
        """
        views = views_in_sight.of_list(self.endpoint)
        current = next((known for known in views if known.view.id == g.get("saved_view_id")), None)
        pairs = self._lasting(address)
        is_changed = current is not None and _alike(pairs) != _alike(self._lasting(f"?{current.view.arguments}"))
        return Here(views, current, is_changed, urlencode(pairs), any(known.is_default for known in views))

    def _lasting(self, address: str) -> list_filters.Pairs:
        """What an address says of the list itself; as many rows on a page as there are anyway is nothing."""
        usual = ("page_size", str(self.get_safe_page_size(None)))
        return [pair for pair in list_filters.arguments(address, "view") if pair != usual]

    @expose("/how-many/")
    def how_many(self) -> str:
        """How many rows the address selects, for the navigation; a dash where that can't be told."""
        try:
            arguments = self.asked()
            return str(escape(self.count_rows(arguments.search, arguments.filters) or UNCOUNTED))
        except InvalidInputError:
            return UNCOUNTED


def find_list(endpoint: str) -> Any:
    """The list of this name, where the person may see it; None otherwise."""
    views = (view for admin in current_app.extensions["admin"] for view in admin._views)
    return next(
        (view for view in views if isinstance(view, ListViews) and view.endpoint == endpoint and view.is_accessible()),
        None,
    )


def get_list(endpoint: str) -> Any:
    """
    Raises:
        NotFoundError: there is no such list, or none that this person may see.
    """
    found = find_list(endpoint)
    if found is None:
        raise NotFoundError("There is no such list, or none that you may see.")
    return found


def _alike(pairs: list_filters.Pairs) -> list[tuple[str, str]]:
    """The same for addresses that differ in nothing but the order of what they say."""
    return sorted((_PLACE.sub("flt", name), value) for name, value in pairs)
