"""How a person wants the pages: kept in a cookie of their browser, so that the first byte already looks right.

Density follows the person: it is kept with them too, and each browser learns of it when they sign in there. The theme
is a matter of the screen and of the light around it, and single keys one of the keyboard: these stay with the browser.
"""

from typing import Any

from flask import Flask, Response, after_this_request, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose
from flask_login import user_logged_in
from markupsafe import Markup

from admin_views.access import PermittedView, needs_sight
from admin_views.ways_back import way_back
from extensions import transaction
from models import Density
from people import cookies
from people.accounts import current_actor
from services import list_preferences
from services.errors import InvalidInputError
from services.permissions import Permission

CHOICES: dict[str, tuple[str, ...]] = {
    "theme": ("system", "light", "dark"),
    "density": tuple(Density),
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
    @needs_sight
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
            _keep(response, name, value)
        if "density" in chosen:
            with transaction(current_actor()) as db:
                list_preferences.remember_density(db, Density(chosen["density"]), actor=current_actor())
        return response


def init_app(app: Flask) -> None:
    """Give templates `preference("theme")`, and `chosen_preferences()` for the root element."""
    app.jinja_env.globals |= {"preference": preference, "chosen_preferences": chosen_preferences}
    user_logged_in.connect(_bring_density, app)


def _bring_density(sender: Flask, user: Any) -> None:
    """Have the browser in which a person signs in know the density that they chose last, wherever that was."""
    density = user.density

    @after_this_request
    def keep(response: Response) -> Response:
        if density:
            _keep(response, "density", density)
        return response


def _keep(response: Any, name: str, value: str) -> None:
    cookies.keep(response, COOKIE.format(name), value, max_age_s=A_YEAR_S, for_scripts=True)


def preference(name: str) -> str:
    """What the person chose, or what holds where they chose nothing that can be."""
    value = request.cookies.get(cookies.name_of(COOKIE.format(name)))
    return value if value in CHOICES[name] else CHOICES[name][0]


def chosen_preferences() -> Markup:
    """The attributes of the root element; none for what nobody chose. Scripts learn how cookies begin, too."""
    attributes: list[Any] = [Markup(' data-cookies="{}"').format(cookies.PREFIX)] if cookies.is_over_tls() else []
    attributes += [
        Markup(' {}="{}"').format(ATTRIBUTES[name], preference(name))
        for name, values in CHOICES.items()
        if preference(name) != values[0]
    ]
    return Markup("").join(attributes)
