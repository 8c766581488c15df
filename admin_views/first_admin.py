"""The page behind the link that a console prints in which nobody can sign in yet."""

from types import SimpleNamespace
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import ResetPasswordForm
from flask_security.utils import hash_password
from wtforms import StringField

from extensions import transaction
from models import Role
from people import first_start
from services import text, users
from services.permissions import Actor

pages = Blueprint("first_admin", __name__)


class FirstAdminForm(ResetPasswordForm):
    """An address, and a password for it."""

    email = StringField()

    def validate(self, **kwargs: Any) -> bool:
        self.user = SimpleNamespace(email=self.email.data, name=None)
        is_right = bool(super().validate(**kwargs))
        try:
            known = validate_email((self.email.data or "")[: text.SHORT], check_deliverability=False)
            self.email.data = known.normalized
        except EmailNotValidError:
            self.email.errors = ["This is no e-mail address."]
            return False
        return is_right


@pages.get("/first-admin/<token>")
def form(token: str) -> ResponseReturnValue:
    """Where the first admin says who they are."""
    return _page(FirstAdminForm(formdata=None), token) if first_start.is_good(token) else _gone()


@pages.post("/first-admin/<token>")
def create(token: str) -> ResponseReturnValue:
    """Make the first admin, who signs in next.

    Raises:
        ConflictError: somebody else was made the first admin a moment ago.
    """
    if not first_start.is_good(token):
        return _gone()
    form = FirstAdminForm()
    if not form.validate():
        return _page(form, token, status=422)
    hashed = str(hash_password(str(form.password.data)))
    actor = Actor(id=None, name="first start", role=Role.ADMIN, origin=request.remote_addr)
    with transaction(actor) as db:
        users.create_first_admin(db, email=str(form.email.data), password_hash=hashed, actor=actor)
    flash("You are the first admin. Sign in with your new password.", "success")
    return redirect(url_for("security.login"), 303)


def _page(form: FirstAdminForm, token: str, *, status: int = 200) -> ResponseReturnValue:
    answer = make_response(render_template("security/first_admin.html", form=form, token=token), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _gone() -> ResponseReturnValue:
    return render_template("security/first_admin_gone.html"), 410
