"""How a person wants the pages: kept in a cookie of their browser, so that the first byte already looks right."""

from typing import Any

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose
from markupsafe import Markup

from admin_views.access import PermittedView
from admin_views.ways_back import way_back
from services.errors import InvalidInputError
from services.permissions import Permission

CHOICES: dict[str, tuple[str, ...]] = {
    "theme": ("system", "light", "dark"),
    "density": ("comfortable", "compact"),
    "keys": ("on", "off"),
}
"""What can be chosen, by name; the first is what holds until a person chooses."""
COOKIE = "console_{}"
ATTRIBUTES = {"theme": "data-bs-theme", "density": "data-density", "keys": "data-keys"}
"""Where a page's root element says each."""
A_YEAR_S = 31_536_000


class PreferencesView(PermittedView, BaseView):
    """Takes what a person chooses in the account menu; where scripts run they do the same without a new page."""

    permission = Permission.SEE_RECORDS

    def is_visible(self) -> bool:
        return False  # it is no page

    @expose("/", methods=["POST"])
    def save(self) -> ResponseReturnValue:
        """Keep what the form names, and go back.

        Raises:
            InvalidInputError: it names nothing that can be chosen.
        """
        chosen = {name: request.form[name] for name in CHOICES if name in request.form}
        if not chosen or any(value not in CHOICES[name] for name, value in chosen.items()):
            raise InvalidInputError("Choose a theme, a density or whether single keys act.", field="preference")
        response = redirect(way_back(), 303)
        for name, value in chosen.items():
            response.set_cookie(COOKIE.format(name), value, max_age=A_YEAR_S, samesite="Lax", secure=request.is_secure)
        return response


def init_app(app: Flask) -> None:
    """Give templates `preference("theme")`, and `chosen_preferences()` for the root element."""
    app.jinja_env.globals |= {"preference": preference, "chosen_preferences": chosen_preferences}


def preference(name: str) -> str:
    """What the person chose, or what holds where they chose nothing that can be."""
    value = request.cookies.get(COOKIE.format(name))
    return value if value in CHOICES[name] else CHOICES[name][0]


def chosen_preferences() -> Markup:
    """The attributes of the root element; none for what nobody chose."""
    attributes: list[Any] = [
        Markup(' {}="{}"').format(ATTRIBUTES[name], preference(name))
        for name, values in CHOICES.items()
        if preference(name) != values[0]
    ]
    return Markup("").join(attributes)
