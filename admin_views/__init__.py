"""What people see: Flask-Admin views, row actions and the console."""

from flask import Flask, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import Admin
from flask_admin.menu import MenuLink
from flask_admin.theme import Theme

from admin_views import (
    account_pages,
    acting,
    chips,
    edit_conflicts,
    environment,
    first_admin,
    flashes,
    kept_markup,
    lazy_templates,
    list_cells,
    list_chips,
    list_filters,
    list_questions,
    lists,
    navigation,
    password_resets,
    preferences,
    provider_pages,
    row_writer,
    saved_views,
    shortcuts,
    sign_in_steps,
    theme,
    times,
    view_checks,
    widgets,
)
from admin_views.account import AccountView
from admin_views.acting import ActingView
from admin_views.api_tokens import ApiTokensView
from admin_views.bulk import BulkView
from admin_views.console import ConsoleView
from admin_views.deliveries import DeliveriesView
from admin_views.exports import ExportsView
from admin_views.failures import FailuresView
from admin_views.hook_pages import HooksView
from admin_views.identities import IdentitiesView
from admin_views.palette import PaletteView
from admin_views.people import PeopleView
from admin_views.preferences import PreferencesView
from admin_views.records import RecordsView
from admin_views.recoveries import RecoveriesView
from admin_views.saved_views import SavedViewsView
from admin_views.second_factors import SecondFactorsView
from admin_views.sign_in_rules import SignInRulesView
from admin_views.symbols import symbol
from admin_views.trash import TrashView
from admin_views.undo import UndoView
from admin_views.wizard import WizardView
from config import ROOT
from people.accounts import current_actor
from services import labels, offers
from services.deploys import failure_counts
from services.permissions import Permission, can

THEME = ROOT / "templates" / "tabler"
"""Flask-Admin's pages as the console shows them; Flask-Admin looks for `admin/…` in there."""


def init_app(app: Flask) -> Admin:
    """Register every view, in the order of the navigation."""
    admin = Admin(
        app,
        name="Operations Console",
        url="/admin",
        index_view=ConsoleView(name="Console", url="/console", endpoint="console", **symbol("layout-dashboard")),
        theme=Theme(folder=str(THEME), base_template="admin/base.html"),
    )
    _add_views(admin)
    app.add_url_rule("/", "home", _home)
    app.register_blueprint(sign_in_steps.pages)
    app.register_blueprint(password_resets.pages)
    app.register_blueprint(first_admin.pages)
    app.register_blueprint(provider_pages.pages)
    _teach_templates(app)
    view_checks.warn_of(admin)
    return admin


def _add_views(admin: Admin) -> None:
    admin.add_view(RecordsView(name="Records", url="/console", endpoint="records"))
    admin.add_view(HooksView(name="Hooks", url="/console/hooks", endpoint="hooks"))
    admin.add_view(WizardView(name="Wizard", url="/wizard", endpoint="wizard", **symbol("wand")))
    lists.add_to(admin)
    _add_pages_of_deploys(admin)
    admin.add_view(
        TrashView(name="Trash", url="/console/trash", category="Administration", endpoint="trash", **symbol("trash"))
    )
    admin.add_view(
        BulkView(
            name="Bulk jobs", url="/console/bulk", category="Administration", endpoint="bulk", **symbol("list-check")
        )
    )
    _add_pages_of_second_factors(admin)
    admin.add_view(ApiTokensView(name="API tokens", url="/console/account/tokens", endpoint="api_tokens"))
    admin.add_view(IdentitiesView(name="Linked sign-ins", url="/console/account/identities", endpoint="identities"))
    admin.add_view(ActingView(name="Acting", url="/console/acting", endpoint="acting"))
    admin.add_view(PaletteView(name="Find anything", url="/console/palette", endpoint="palette"))
    admin.add_view(ExportsView(name="Exports", url="/console/exports", endpoint="exports", **symbol("file-export")))
    admin.add_view(UndoView(name="Undo", url="/console/undo", endpoint="undo"))
    admin.add_view(SavedViewsView(name="Saved views", url="/console/views", endpoint="saved_views"))
    admin.add_view(AccountView(name="Your account", url="/console/account", endpoint="account"))
    admin.add_view(PeopleView(name="People", url="/console/people", endpoint="people"))
    admin.add_view(PreferencesView(url="/console/preferences", endpoint="preferences"))
    admin.add_link(MenuLink(name="API", url="/api/docs", icon_type="symbol", icon_value="code"))


def _add_pages_of_deploys(admin: Admin) -> None:
    admin.add_view(
        FailuresView(
            name="Failures",
            url="/console/failures",
            endpoint="failures",
            **symbol("alert-triangle"),
            category="Deploys",
        )
    )
    admin.add_view(
        RecoveriesView(
            name="Recoveries", url="/console/recoveries", category="Deploys", endpoint="recoveries", **symbol("refresh")
        )
    )
    admin.add_view(
        DeliveriesView(
            name="Deliveries",
            url="/console/deliveries",
            category="Deploys",
            endpoint="deliveries",
            **symbol("switch-horizontal"),
        )
    )


def _add_pages_of_second_factors(admin: Admin) -> None:
    url, rules = "/console/account/second-factors", {"url": "/console/sign-in-rules", "category": "Administration"}
    admin.add_view(SecondFactorsView(name="Second factors", url=url, endpoint="second_factors"))
    admin.add_view(SignInRulesView(name="Sign-in rules", endpoint="sign_in_rules", **rules, **symbol("shield-lock")))


def _teach_templates(app: Flask) -> None:
    """What the templates may ask, and how they say things."""
    theme.init_app(app)
    account_pages.init_app(app)
    acting.init_app(app)
    chips.init_app(app)
    times.init_app(app)
    preferences.init_app(app)
    saved_views.init_app(app)
    flashes.init_app(app)
    edit_conflicts.init_app(app)
    shortcuts.init_app(app)
    navigation.init_app(app)
    list_cells.init_app(app)
    row_writer.init_app(app)
    kept_markup.init_app(app)
    lazy_templates.init_app(app)
    list_chips.init_app(app)
    list_filters.init_app(app)
    list_questions.init_app(app)
    environment.init_app(app)
    widgets.init_app(app)
    app.jinja_env.tests["forbidden"] = lambda why_not: why_not == offers.NOT_PERMITTED
    app.jinja_env.filters |= {"label": labels.label, "within": labels.within, "deploy_count": failure_counts.number}
    app.jinja_env.globals["may"] = _may


def _may(permission: str) -> bool:
    """Whether the person who is asking may do it to any record, for templates."""
    return can(current_actor(), Permission(permission))


def _home() -> ResponseReturnValue:
    return redirect(url_for("console.index"))
