"""The way to the provider and back: to sign in, to confirm that it is oneself, and to link it to one's account."""

import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from flask_security.utils import login_user

from extensions import transaction
from people import fresh_sign_in, second_step, sign_in_provider
from people.accounts import Account, current_actor, is_here, security
from people.sign_in_provider import Purpose
from services import identities
from services.errors import ConflictError
from services.provider.errors import NotLetInError, ProviderAwayError
from services.provider.terms import Person

pages = Blueprint("provider", __name__)
log = logging.getLogger("console.web")

TOO_LATE = "That took too long, was done already, or was begun in another window. Try again."
_ELSEWHERE = frozenset({"cross-site", "same-site"})
"""What browsers say (Fetch Metadata) of requests that no page of the console makes, nor the person by an address."""
_START = {Purpose.SIGN_IN: "security.login", Purpose.CONFIRM: "security.verify", Purpose.LINK: "identities.index"}
"""The page that each way begins on, and ends on where nothing comes of it."""


@pages.get("/login/provider")
def sign_in() -> ResponseReturnValue:
    """Send whoever wants to sign in to the provider; who has signed in goes on at once.

    Whom a page of another site sends here has asked for nothing, and is asked: the provider might let them in at once.
    """
    to = _wanted(request.args.get("next", ""))
    if current_user.is_authenticated:
        return redirect(to)
    if request.headers.get("Sec-Fetch-Site") in _ELSEWHERE:
        return redirect(url_for("security.login", next=to))
    try:
        return redirect(sign_in_provider.leave(Purpose.SIGN_IN, to=to))
    except ProviderAwayError as error:
        return _refuse(error, Purpose.SIGN_IN)


@pages.post("/verify/provider")
def confirm() -> ResponseReturnValue:
    """Send who is signed in to the provider, which asks once more who it is."""
    if not current_user.is_authenticated:
        return redirect(url_for("security.login"), 303)
    return lead_away(Purpose.CONFIRM, to=_wanted(request.form.get("next", "")))


def lead_away(purpose: Purpose, *, to: str) -> ResponseReturnValue:
    """A page that leads to the provider. Browsers let no form of ours lead there itself, by our own policy."""
    try:
        address = sign_in_provider.leave(purpose, to=to)
    except ProviderAwayError as error:
        return _refuse(error, purpose)
    answer = make_response(render_template("security/to_provider.html", address=address))
    answer.headers |= {"Refresh": f"0; url={address}", "Cache-Control": "no-store"}
    return answer


@pages.get(sign_in_provider.BACK)
def back() -> ResponseReturnValue:
    """Where the provider sends people back to."""
    sign_in_provider.directory()
    kept = sign_in_provider.returned()
    if kept is None:
        flash(TOO_LATE, "danger")
        return redirect(url_for("console.index" if current_user.is_authenticated else "security.login"), 303)
    purpose = Purpose(kept["purpose"])
    try:
        return _ACTS[purpose](sign_in_provider.person_of(kept), kept)
    except ConflictError as error:
        return _refuse(error, purpose)


def _sign_in(who: Person, kept: Mapping[str, Any]) -> ResponseReturnValue:
    provider, actor = sign_in_provider.directory().provider, sign_in_provider.gatekeeper()
    with transaction(actor) as db:
        user_id = identities.sign_in(db, who, provider, actor=actor, now=datetime.now(UTC)).id
    account: Account | None = security.datastore.find_user(id=user_id)
    if account is not None and account.active and provider.roles and account.role is None:
        raise NotLetInError(
            f"{provider.name} gives you no role here any more, so that you can’t come in.",
            reason="The provider gave this person no role any more.",
        )
    if account is None or not (account.active and account.role):
        raise NotLetInError("Your account here may not sign in.", reason="This person may not sign in.")
    to = str(kept["to"])
    if not who.gave_second_factor and (step := second_step.take_first_step(account, via="oidc", to=to)):
        return step
    login_user(account, remember=False, authn_via=["oidc"])
    fresh_sign_in.mark_proved(who.proved_at)
    if who.gave_second_factor:
        second_step.note_given()
    return redirect(to, 303)


def _confirm(who: Person, kept: Mapping[str, Any]) -> ResponseReturnValue:
    """Take the provider's word that it is the person who is signed in, and that it asked just now."""
    actor, now = sign_in_provider.gatekeeper(), datetime.now(UTC)
    with transaction(actor) as db:
        if identities.find_person_id(db, who) != current_user.id:
            raise ConflictError(f"That is not your account at {sign_in_provider.directory().provider.name}.")
        identities.touch(db, who, now=now)
    if who.proved_at is not None and time.time() - who.proved_at > fresh_sign_in.FRESH_FOR.total_seconds():
        raise ConflictError(f"{sign_in_provider.directory().provider.name} did not ask you again.")
    fresh_sign_in.mark_fresh(by_second_factor=who.gave_second_factor)
    return redirect(str(kept["to"]), 303)


def _link(who: Person, kept: Mapping[str, Any]) -> ResponseReturnValue:
    actor = current_actor()
    with transaction(actor) as db:
        identities.link(db, who, actor=actor, now=datetime.now(UTC))
    flash(f"You can sign in with {sign_in_provider.directory().provider.name} now.", "success")
    return redirect(str(kept["to"]), 303)


_ACTS = {Purpose.SIGN_IN: _sign_in, Purpose.CONFIRM: _confirm, Purpose.LINK: _link}


def _refuse(error: ConflictError, purpose: Purpose) -> Response:
    reason = error.reason if isinstance(error, NotLetInError) else error.message
    log.warning("Nobody was let in by the provider: %s", reason)
    if purpose is Purpose.SIGN_IN and not isinstance(error, ProviderAwayError):
        g.failed_sign_in = {"reason": reason, "way": "oidc"}
    flash(error.message, "danger")
    return redirect(url_for(_START[purpose]), 303)  # type: ignore[return-value]


def _wanted(address: str) -> str:
    return address if is_here(address) else url_for("console.index")
