"""Acting as somebody else: beginning with a reason, turning changes on, and stopping."""

from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from flask import Flask, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin_views.access import PermittedView
from admin_views.ways_back import way_back
from extensions import transaction
from people import acting
from people.accounts import current_actor, has_bearer
from people.fresh_sign_in import fresh_sign_in_required
from services import acting as services_acting
from services.acting import ActingAs
from services.errors import ConflictError, InvalidInputError
from services.permissions import Actor, Permission, can


def init_app(app: Flask) -> None:
    """Give templates `acting_as()`: as whom the page is shown, None mostly."""
    app.jinja_env.globals["acting_as"] = acting_as


def acting_as() -> ActingAs | None:
    """As whom the page is shown; known once somebody asked who asks."""
    current_actor()
    return acting.current()


def acting_as_known() -> ActingAs | bool:
    """As `acting_as`, of a page that says what went wrong: True where that may be why nobody knows as whom."""
    if not acting.is_meant() or has_bearer():
        return False
    try:
        return acting_as() or False
    except Exception:  # the page has another error to tell, and is to be shown whatever this one is
        return True


class ActingView(PermittedView, BaseView):
    """What the banner's buttons, and the form on a person's page, are sent to."""

    permission: ClassVar[Permission] = Permission.ACT_AS

    def is_accessible(self) -> bool:
        """The admin's own permission counts, also while they act as somebody who has none."""
        return can(_admin(), self.permission)

    def is_visible(self) -> bool:
        return False  # it begins on a person's page

    @expose("/start", methods=["POST"])
    def start(self) -> ResponseReturnValue:
        """Begin to act as the person whom the form names."""
        admin, form = _admin(), request.form
        user_id = form.get("person", "")
        try:
            person = UUID(user_id)
        except ValueError:
            raise InvalidInputError("Name the person as whom to act.", field="person") from None
        try:
            with transaction(admin) as db:
                acting_id = services_acting.start(
                    db, person, reason=form.get("reason", ""), actor=admin, now=datetime.now(UTC)
                )
        except (InvalidInputError, ConflictError) as error:
            flash(f"Reason: {error.message}" if error.field == "reason" else error.message, "error")
            return redirect(url_for("user.details_view", id=person), 303)
        acting.begin(acting_id)
        return redirect(url_for("console.index"), 303)

    @expose("/")
    @fresh_sign_in_required
    def index(self) -> ResponseReturnValue:
        """Ask whether changes are to be turned on."""
        if acting_as() is None:
            return redirect(url_for("console.index"))
        return self.render("console/acting_changes.html", minutes=services_acting.WRITES_FOR.seconds // 60)

    @expose("/", methods=["POST"])
    @fresh_sign_in_required
    def allow_changes(self) -> ResponseReturnValue:
        """Let what is done from now on change records, for a while.

        Raises:
            ConflictError: the person acts as nobody any more.
        """
        now_acting, admin = _acting(), _admin()
        with transaction(admin) as db:
            services_acting.allow_writes(db, now_acting.id, admin=admin, now=datetime.now(UTC))
        flash(f"What you do now changes records as {now_acting.person} could.", "warning")
        return redirect(url_for("console.index"), 303)

    @expose("/stop", methods=["POST"])
    def stop(self) -> ResponseReturnValue:
        """Be oneself again."""
        now_acting, admin = acting_as(), _admin()
        acting.forget()
        if now_acting is None:
            return redirect(way_back(), 303)
        with transaction(admin) as db:
            services_acting.stop(db, now_acting.id, admin=admin, now=datetime.now(UTC))
        flash(f"You don’t act as {now_acting.person} any more.", "success")
        return redirect(url_for("user.details_view", id=now_acting.actor.id), 303)


def _admin() -> Actor:
    """Who has signed in, whoever they act as."""
    actor = current_actor()
    return actor.acting_by or actor


def _acting() -> ActingAs:
    found = acting_as()
    if found is None:
        raise ConflictError("You act as nobody any more.")
    return found
