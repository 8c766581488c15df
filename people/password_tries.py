"""Tries at passwords in forms: each is taken from the budgets that it is for before it is looked at."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import Flask, Response, abort, after_this_request, request
from flask_security import FormInfo, LoginForm, VerifyForm, user_authenticated
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import TooManyRequests

from extensions import transaction
from people import cookies, fresh_sign_in
from people.accounts import ANONYMOUS, security
from people.signing import timed_signer
from services import sign_in_budgets
from services.sign_in_budgets import Budget, TooManyTriesError

COOKIE = "console_device"
"""In which accounts somebody signed in before in this browser; it opens nothing."""
A_YEAR_S = 31_536_000
ACCOUNTS = 8
"""Accounts that one browser is remembered for, the latest."""


class SignInForm(LoginForm):
    """E-mail and password, as often as the budgets let."""

    def validate(self, **kwargs: Any) -> bool:
        if not all(isinstance(said, str) and said for said in (self.email.data, self.password.data)):
            return bool(super().validate(**kwargs))
        self.ifield, self.user = self.email, _find(self.email.data)
        budgets = _budgets(str(self.user.id) if self.user else self.email.data.strip().lower())
        take(budgets)
        is_right = bool(super().validate(**kwargs))
        if is_right:
            give_back(budgets)
        return is_right


class ConfirmForm(VerifyForm):
    """The password once more, as often as the budget lets: a stolen cookie is no way to guess at it."""

    def validate(self, **kwargs: Any) -> bool:
        budgets = [sign_in_budgets.of_person(str(self.user.id))]
        take(budgets)
        is_right = bool(super().validate(**kwargs))
        if is_right:
            give_back(budgets)
            fresh_sign_in.mark_fresh()
        return is_right


def init_app(app: Flask) -> None:
    security.set_form_info("login_form", FormInfo(cls=SignInForm))
    security.set_form_info("verify_form", FormInfo(cls=ConfirmForm))
    user_authenticated.connect(_remember, app)
    app.before_request(_refuse_what_is_no_form)


def _refuse_what_is_no_form() -> None:
    """Flask-Security takes any JSON for the fields of a form, and falls over what is not names with texts.

    Raises:
        BadRequest: it is none.
    """
    if request.blueprint == "security" and request.is_json and not _is_form():
        abort(400, "Send a JSON object whose values are texts.")


def _is_form() -> bool:
    try:
        fields = request.get_json(silent=True)
    except RecursionError:
        return False
    return isinstance(fields, dict) and all(isinstance(value, str | bool) for value in fields.values())


def take(budgets: Sequence[Budget]) -> None:
    """Take a try from each, for good, before anything is tried.

    Raises:
        TooManyRequests: one of them is used up for a while.
    """
    try:
        with transaction(ANONYMOUS) as db:
            sign_in_budgets.take(db, budgets, now=datetime.now(UTC))
    except TooManyTriesError as error:
        raise TooManyRequests(error.message, retry_after=int(error.wait.total_seconds()) + 1) from None


def give_back(budgets: Sequence[Budget]) -> None:
    """What was tried was right."""
    with transaction(ANONYMOUS) as db:
        sign_in_budgets.give_back(db, budgets, now=datetime.now(UTC))


def _find(address: str) -> Any:
    """The account with this address as Flask-Security would find it, or None."""
    try:
        return security.datastore.find_user(case_insensitive=True, email=security._mail_util.normalize(address))
    except ValueError:
        return None


def _budgets(name: str) -> list[Budget]:
    """Those of a try at an account, which is named by its id, or, where there is none, by what was typed."""
    device, known = _device()
    if device and name in known:
        return [sign_in_budgets.of_device(device, name)]
    return [sign_in_budgets.of_account(name), sign_in_budgets.of_address(request.remote_addr or "")]


def _device() -> tuple[str, list[str]]:
    """What this browser goes by, and the ids of the accounts that it was signed in to, as far as its cookie is ours."""
    try:
        device, known = _signer().loads(request.cookies.get(cookies.name_of(COOKIE), ""), max_age=A_YEAR_S)
        return str(device), [str(one) for one in known]
    except (BadData, ValueError, TypeError):
        return "", []


def _remember(sender: Flask, user: Any, **how: Any) -> None:
    remember_device(user)


def remember_device(user: Any) -> None:
    """Let this browser try at this account from now on whatever others do; the person has just proved who they are."""
    device, known = _device()
    value = [device or uuid4().hex, [str(user.id), *(one for one in known if one != str(user.id))][:ACCOUNTS]]

    @after_this_request
    def keep(response: Response) -> Response:
        signed = str(_signer().dumps(value))
        cookies.keep(response, COOKIE, signed, max_age_s=A_YEAR_S)
        return response


def _signer() -> URLSafeTimedSerializer:
    return timed_signer("device")
