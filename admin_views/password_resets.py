"""The pages for who lost their password: asking for a link by mail, and choosing a new one by it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    after_this_request,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_security import ResetPasswordForm
from flask_security.utils import hash_password

from extensions import transaction
from people import mail, password_tries, reset_links
from people.accounts import ANONYMOUS, Account
from services import passwords, sign_in_budgets, text

pages = Blueprint("password_resets", __name__)

ASKED = "If this console knows the address, a link is on its way there. It is good for an hour."


@pages.get("/reset")
def index() -> str:
    """Where to get a link from: by mail, or from an admin where no mail is sent."""
    return render_template("security/forgot_password.html", sends_mail=mail.is_on())


@pages.post("/reset")
def ask() -> ResponseReturnValue:
    """Send a link to the address, if it is somebody's; if it is nobody's, the answer is the same, and takes as long.

    Raises:
        TooManyRequests: too many links were asked for.
    """
    email = request.form.get("email", "").strip()[: text.SHORT]
    if mail.is_on() and text.is_storable(email):
        password_tries.take(
            [sign_in_budgets.of_mail(email.lower()), sign_in_budgets.of_address(request.remote_addr or "")]
        )
        with transaction(ANONYMOUS) as db:
            user = passwords.ask_reset(db, email, origin=request.remote_addr)
            account = user and SimpleNamespace(email=user.email, fs_uniquifier=user.fs_uniquifier)
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        _when_answered(lambda: mail.in_background(lambda: _send_link(app, account)))
    flash(ASKED, "info")
    return redirect(url_for("security.login"), 303)


def _when_answered(act: Callable[[], None]) -> None:
    """Do it once the answer is on its way, which would else be a little slower where there is somebody."""

    @after_this_request
    def wait(response: Response) -> Response:
        response.call_on_close(act)
        return response


@pages.get("/reset/<token>")
def form(token: str) -> ResponseReturnValue:
    """Where the new password is chosen."""
    account = reset_links.find_account(token)
    return _page(ResetPasswordForm(formdata=None), token, account) if account else _gone()


@pages.post("/reset/<token>")
def reset(token: str) -> ResponseReturnValue:
    """Set the new password, and end all that was signed in with the old one.

    Raises:
        ConflictError: the link was used a moment ago.
    """
    account = reset_links.find_account(token)
    if account is None:
        return _gone()
    form, was = ResetPasswordForm(), str(account.fs_uniquifier)
    form.user = account
    if not form.validate():
        return _page(form, token, account, status=422)
    hashed = str(hash_password(str(form.password.data)))
    with transaction(ANONYMOUS) as db:
        passwords.reset(db, account.id, hashed, uniquifier=was, origin=request.remote_addr)
    password_tries.remember_device(account)
    mail.tell_of_new_password(account)
    flash("Your new password is set. Sign in with it.", "success")
    return redirect(url_for("security.login"), 303)


def _send_link(app: Flask, account: Any) -> None:
    """Sign the link and hand it over; nothing where there is nobody."""
    if account is not None:
        with app.app_context():
            link = reset_links.link_for(account)
            mail.send_later(account.email, "Choose a new password", "reset_link.txt", email=account.email, link=link)


def _page(form: ResetPasswordForm, token: str, account: Account, *, status: int = 200) -> ResponseReturnValue:
    page = render_template("security/reset_password.html", form=form, token=token, account=account)
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _gone() -> ResponseReturnValue:
    return render_template("security/link_gone.html"), 410
