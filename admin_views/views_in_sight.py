"""The saved views that a page shows: those of its list, and what is pinned to the navigation; asked for at once."""

from flask import g, request

from extensions import db_session
from people.accounts import current_actor
from services import saved_views
from services.saved_views import Known


def of_list(endpoint: str) -> list[Known]:
    """The views of the list that the page is of: one's own first, each by name."""
    return [known for known in _in_sight() if known.view.endpoint == endpoint]


def pinned() -> list[Known]:
    """What the person pinned, in the person's order."""
    known = [(one.pin, str(one.view.id), one) for one in _in_sight() if one.pin is not None]
    return [one for *_, one in sorted(known, key=lambda place: place[:2])]


def _in_sight() -> list[Known]:
    if "views_in_sight" not in g:
        g.views_in_sight = saved_views.in_sight(db_session(), request.blueprint, actor=current_actor())
    views: list[Known] = g.views_in_sight
    return views
