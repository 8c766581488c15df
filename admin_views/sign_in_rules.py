"""The page of what signing in takes: of which roles a second factor is required; and its reset for who lost one."""

from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin_views.access import PermittedView
from admin_views.refusals import refusal_of
from extensions import db_session, transaction
from models import Role
from people.accounts import current_actor
from people.fresh_sign_in import fresh_sign_in_required
from services.errors import InvalidInputError
from services.permissions import Permission
from services.second_factors import roles
from services.second_factors.reset import reset


class SignInRulesView(PermittedView, BaseView):
    """Admins say here whose password alone does not do."""

    permission: ClassVar[Permission] = Permission.SET_SIGN_IN_RULES

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Each role, with how many of its people have no second factor."""
        return self.render("console/sign_in_rules.html", standings=roles.standings(db_session(), actor=current_actor()))

    @expose("/", methods=["POST"])
    @fresh_sign_in_required
    def save(self) -> ResponseReturnValue:
        """Require it of the roles that are ticked, and of no others.

        Raises:
            InvalidInputError: one is none, so that it is not known of whom it was to be required.
        """
        try:
            ticked = [Role(name) for name in request.form.getlist("role")]
        except ValueError:
            raise InvalidInputError("There is no such role, so nothing was changed.", field="role") from None
        with transaction(current_actor()) as db:
            is_new = roles.require_of(db, ticked, actor=current_actor())
        if is_new:
            flash("The rules of signing in are changed. They hold from each person’s next page on.", "success")
        else:
            flash("Nothing was changed.", "info")
        return redirect(url_for(".index"), 303)

    @expose("/people/<uuid:id>/reset", methods=["POST"])
    @fresh_sign_in_required
    def reset_person(self, id: UUID) -> ResponseReturnValue:
        """Take a person's second factors away, who lost them."""
        if refusal := refusal_of(lambda db, actor: reset(db, id, actor=actor, now=datetime.now(UTC))):
            flash(str(refusal), "danger")
        else:
            flash("The second factor is reset, and the person’s sign-ins have ended.", "success")
        return redirect(url_for("user.details_view", id=id), 303)
