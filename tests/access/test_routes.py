"""Every route names its permission, and every route is asked by some row of the tables."""

from flask import Flask
from flask_admin import Admin, BaseView, expose

from admin_views.access import PermittedView, needs, needs_sight
from api.operations import OPERATIONS
from services.permissions import Permission
from tests.access.every_list import ROWS
from tests.access.routes import OPEN, routes, unnamed, unnamed_actions
from tests.access.tables import ACTIONS

ELSEWHERE = {("api.read_events", "GET")}
"""Streams have no end to wait for: who hears what is in tests/api/events/test_who_hears.py."""


class Open(BaseView):
    """A view as Flask-Admin has it, open to everybody."""

    @expose("/")
    def index(self):
        return "open"


class Seen(PermittedView, BaseView):
    """A view that names the permission to read it, and acts that name one of their own or nothing."""

    permission = Permission.SEE_RECORDS

    @expose("/")
    def index(self):
        return "seen"

    @expose("/forgotten", methods=["POST"])
    def forgotten(self):
        return "forgotten"

    @expose("/named", methods=["POST"])
    @needs(Permission.EDIT_ROOM)
    def named(self):
        return "named"

    @expose("/kept", methods=["POST"])
    @needs_sight
    def kept(self):
        return "kept"


def test_every_route_names_its_permission(app):
    assert unnamed(app) == []


def test_every_action_names_its_permission(app):
    assert unnamed_actions(app) == []


def test_what_is_open_to_all_is_named_and_there(app):
    assert set(OPEN) <= set(app.view_functions)
    assert {f"api.{one.name}" for one in OPERATIONS if one.permission is None} <= set(OPEN)


def test_a_new_route_that_names_nothing_is_found():
    app = Flask("new")
    app.add_url_rule("/new", view_func=lambda: "new", methods=["GET", "POST"], endpoint="new")
    Admin(app).add_views(Open(endpoint="open"), Seen(endpoint="seen"))

    found = [one for one in unnamed(app) if "/static/" not in one]

    assert found == ["GET /admin/", "GET /admin/open/", "POST /admin/seen/forgotten", "GET /new", "POST /new"]


def test_every_route_is_asked_by_a_row_of_the_tables(app, world):
    addresses = app.url_map.bind("localhost")
    asked = set()
    for action in [*ACTIONS.values(), *(action for action, _ in ROWS.values())]:
        path = action.path.format(**world.ids("own")).partition("?")[0]
        asked.add((addresses.match(path, method=action.method)[0], action.method))

    left = {(rule.endpoint, method) for rule, method in routes(app) if not rule.endpoint.endswith("static")} - asked

    assert left == ELSEWHERE
