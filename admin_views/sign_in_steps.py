"""The pages between a password and the console: the second step, and what scripts ask about passkeys there."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from admin_views.refusals import status_of
from extensions import db_session, transaction
from models import AuthenticatorApp, Passkey
from people import fresh_sign_in, second_step
from people.accounts import ANONYMOUS, Account, is_here, security
from people.sign_ins import actor_of
from services.errors import ConflictError, InvalidInputError
from services.second_factors import apps, ceremonies, challenges, passkeys, recovery
from services.second_factors.challenges import Purpose

pages = Blueprint("sign_in_steps", __name__)

WRONG_CODE = "This is not the code that the app shows now, or it was used already."
WRONG_RECOVERY_CODE = "This is none of your recovery codes, or it was used already."


@pages.get("/login/second-step")
def second_step_page() -> ResponseReturnValue:
    """Where a code or a passkey is asked for, after the password."""
    account = second_step.pending()
    return _to_first_step() if account is None else _page(account)


@pages.post("/login/second-step")
def take_second_step() -> ResponseReturnValue:
    """Take what was typed: the app's code, or a recovery code."""
    account = second_step.pending()
    if account is None:
        return _to_first_step()
    refusals, status = _refusals(account)
    if refusals:
        return _page(account, refusals), status
    return redirect(second_step.complete(account, _field()), 303)


@pages.post("/login/second-step/passkey/options")
def ask_for_second_step() -> ResponseReturnValue:
    """What the browser has one of the person's passkeys do."""
    account = second_step.pending()
    return _gone() if account is None else _ask(Purpose.SECOND_STEP, account)


@pages.post("/login/second-step/passkey")
def take_second_step_by_passkey() -> ResponseReturnValue:
    """Take the passkey's answer for the second step."""
    account = second_step.pending()
    if account is None:
        return _gone()
    _, refusal = _answered(Purpose.SECOND_STEP, account)
    return refusal or jsonify(location=second_step.complete(account, "passkey"))


@pages.post("/login/passkey/options")
def ask_for_sign_in() -> ResponseReturnValue:
    """What the browser has any passkey for this site do."""
    return _ask(Purpose.SIGN_IN, None)


@pages.post("/login/passkey")
def sign_in_by_passkey() -> ResponseReturnValue:
    """Sign in whoever's passkey has answered: it says who it is, and has recognised the person."""
    passkey, refusal = _answered(Purpose.SIGN_IN, None)
    if passkey is None:
        return refusal or _gone()
    account = security.datastore.find_user(id=passkey.user_id)
    if account is None or not account.active:
        return jsonify(message="This account may not sign in."), 403
    second_step.sign_in_alone(account)
    return jsonify(location=_next())


@pages.post("/verify/passkey/options")
def ask_to_confirm() -> ResponseReturnValue:
    """What the browser has one of the passkeys of who is signed in do."""
    return _ask(Purpose.CONFIRM, current_user) if current_user.is_authenticated else _gone()


@pages.post("/verify/passkey")
def confirm_by_passkey() -> ResponseReturnValue:
    """Take the passkey's answer in the place of the password that is asked for once more."""
    if not current_user.is_authenticated:
        return _gone()
    _, refusal = _answered(Purpose.CONFIRM, current_user)
    if refusal:
        return refusal
    fresh_sign_in.mark_fresh(by_second_factor=True)
    return jsonify(location=_next())


@pages.get("/verify/second-step")
def confirm_by_second_step() -> ResponseReturnValue:
    """Where the second factor is asked for once more, after the password; who has just given it goes on."""
    if not current_user.is_authenticated or current_user.second_factor_since is None:
        return _to_first_step()
    if fresh_sign_in.is_sign_in_fresh():
        return redirect(_next(), 303)
    return _page(current_user, again=True)


@pages.post("/verify/second-step")
def take_second_step_again() -> ResponseReturnValue:
    """Take what was typed, as when signing in."""
    if not current_user.is_authenticated or current_user.second_factor_since is None:
        return _to_first_step()
    refusals, status = _refusals(current_user._get_current_object())
    if refusals:
        return _page(current_user, refusals, again=True), status
    second_step.note_given()
    return redirect(_next(), 303)


def _field() -> str:
    """Which of the two was typed."""
    return "recovery_code" if request.form.get("recovery_code") else "code"


def _refusals(account: Account) -> tuple[Mapping[str, str], int]:
    """What is wrong with what was typed, by its field, and the status that says so; nothing where it is right."""
    field = _field()
    try:
        if _is_right(account, field):
            return {}, 200
    except ConflictError as error:
        return {field: error.message}, 429
    account.track_failed_authn(field, tfa=True)
    return {field: WRONG_CODE if field == "code" else WRONG_RECOVERY_CODE}, 422


def _is_right(account: Account, field: str) -> bool:
    """
    Raises:
        TooManyTriesError: nothing may be tried just now.
    """
    typed, now = request.form.get(field, ""), datetime.now(UTC)
    with transaction(actor_of(account)) as db:
        if field == "code":
            return apps.take_code(db, account.id, typed, seal=second_step.seal(), now=now)
        is_right = recovery.spend(db, account.id, typed, now=now)
        left = recovery.left(db, account.id)
    if is_right:
        flash(
            f"{left} recovery {'code is' if left == 1 else 'codes are'} left. Make new ones under Your account.", "info"
        )
    return is_right


def _page(account: Account, refusals: Mapping[str, str] | None = None, *, again: bool = False) -> str:
    db = db_session()
    return render_template(
        "security/second_step.html",
        account=account,
        has_app=db.get(AuthenticatorApp, account.id) is not None,
        has_passkeys=bool(passkeys.of_person(db, account.id)),
        refusals=refusals or {},
        again=again,
        to=request.values.get("next", ""),
    )


def _ask(purpose: Purpose, account: Any) -> ResponseReturnValue:
    known = passkeys.of_person(db_session(), account.id) if account else []
    challenge, user_id = ceremonies.new_challenge(), account.id if account else None
    state = challenges.seal(second_step.seal(), challenge, purpose, user_id=user_id, now=datetime.now(UTC))
    return jsonify(state=state, options=ceremonies.ask_for(second_step.site(), challenge, known))


def _answered(purpose: Purpose, account: Any) -> tuple[Passkey | None, ResponseReturnValue | None]:
    """The passkey that has answered rightly, or why none has."""
    user_id, now, site = account.id if account else None, datetime.now(UTC), second_step.site()
    state, credential = request.form.get("state", ""), request.form.get("credential", "")
    try:
        challenge = challenges.unseal(second_step.seal(), state, purpose, user_id=user_id, now=now)
        with transaction(actor_of(account) if account else ANONYMOUS) as db:
            passkey = passkeys.answer(db, site, challenge, credential, user_id=user_id, now=now)
            db.expunge(passkey)
    except (InvalidInputError, ConflictError) as error:
        if account:
            account.track_failed_authn("passkey", tfa=purpose is Purpose.SECOND_STEP)
        return None, (jsonify(message=error.message), status_of(error))
    return passkey, None


def _next() -> str:
    to = request.values.get("next", "")
    return to if is_here(to) else url_for("console.index")


def _to_first_step() -> ResponseReturnValue:
    return redirect(url_for("console.index" if current_user.is_authenticated else "security.login"), 303)


def _gone() -> ResponseReturnValue:
    return jsonify(message="That took too long. Sign in again.", location=url_for("security.login")), 409
