"""The second step of signing in: who has a second factor is in once it was given, and who must have one sets it up.

Tokens for the API are not asked: a program has no second factor, and a person who makes a token has given theirs.
"""

import time
from typing import Any

from flask import Flask, Response, abort, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import user_logged_out
from flask_security import current_user, user_authenticated
from flask_security.tf_plugin import TfPlugin
from flask_security.utils import login_user, logout_user

from config import Settings
from extensions import db_session
from people import sign_ins
from people.accounts import Account, has_bearer, security
from services.second_factors import passkeys, sealing
from services.second_factors.ceremonies import Site

PENDING_FOR_S = 600
"""Seconds between the first step and the second."""
SET_UP = "second_factors.index"
OPEN = frozenset(
    {"static", "security.logout", "security.verify", "provider.confirm", "provider.back"}
    | {"preferences.save", "api.alive", "api.ready"}
)
"""What is asked for no second factor: leaving, confirming, looks, and what tells nothing of anybody."""
STEPS, SET_UP_PAGES = "sign_in_steps", "second_factors"
"""Where a second factor is given, and where it is set up."""

_PENDING = "second_step"
_GIVEN = "second_factor"
"""In which sign-in the second factor was given."""
_GIVEN_AT = "second_factor_at"


class SecondSteps(TfPlugin):
    """What Flask-Security asks between a right password and a sign-in; its own steps are not the console's.

    docs/decisions/0021-second-factors-are-steps-of-our-own.md says why.
    """

    def tf_enter(
        self, user: Any, remember_me: bool | None, primary_authn_via: str, next_loc: str | None
    ) -> ResponseReturnValue | None:
        """Lead to the second step; None where there is none."""
        if user.second_factor_since is None:
            return None
        to = request.form.get("next") or request.args.get("next")
        return _ask(user, remember=bool(remember_me), via=primary_authn_via, to=to)


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["console_settings"]
    app.extensions["second_factor_seal"] = sealing.seal_of(settings.secret_key, *settings.older_secret_keys)
    security.two_factor_plugins = SecondSteps()
    app.before_request(_hold)
    user_logged_out.connect(_forget, app)
    user_authenticated.connect(_begin, app)
    app.jinja_env.globals |= {"takes_passkeys": _takes_passkeys, "has_passkeys": _has_passkeys}


def seal() -> Any:
    """What keys of apps and challenges of passkeys are sealed by."""
    return current_app.extensions["second_factor_seal"]


def site() -> Site:
    """Where the browser believes that it is."""
    settings: Settings = current_app.extensions["console_settings"]
    public = settings.public_url or ""
    origin = public if public.partition("://")[2] == request.host else request.host_url.rstrip("/")
    return Site(origin, request.host.partition(":")[0] or request.host)


def pending() -> Account | None:
    """Who has taken the first step, and may take the second."""
    step = session.get(_PENDING)
    if not step or time.time() - step["at"] > PENDING_FOR_S:
        return None
    account: Account | None = security.datastore.find_user(fs_uniquifier=step["who"])
    return account if account is not None and account.active and account.second_factor_since else None


def take_first_step(account: Account, *, via: str, to: str) -> ResponseReturnValue | None:
    """Lead whoever has a second factor to the second step, without a password before; None where there is none."""
    return None if account.second_factor_since is None else _ask(account, remember=False, via=via, to=to)


def complete(account: Account, via: str) -> str:
    """The person has taken the second step too, and is in. Returns where to go on."""
    step = session.pop(_PENDING)
    _let_in(account, remember=step["remember"], authn_via=[step["via"], via])
    return str(step["to"] or url_for("console.index"))


def sign_in_alone(account: Account) -> None:
    """The person is in by a passkey, which is two factors by itself."""
    _let_in(account, remember=False, authn_via=["passkey"])


def _let_in(account: Account, *, remember: bool, authn_via: list[str]) -> None:
    """Begin a sign-in by both steps, in the place of the one that goes on in this browser, if any."""
    if current_user.is_authenticated:
        logout_user()
    login_user(account, remember=remember, authn_via=authn_via)
    note_given()


def note_given(at: float | None = None) -> None:
    """Ask for no second factor again in this sign-in.

    Args:
        at: when it was given, in seconds since 1970; now, where nothing is said.
    """
    session[_GIVEN], session[_GIVEN_AT] = str(sign_ins.current_id()), time.time() if at is None else at


def is_given() -> bool:
    """Whether it was given in the sign-in of this request."""
    return session.get(_GIVEN) == str(sign_ins.current_id())


def given_at() -> float | None:
    """When it was given in the sign-in of this request, in seconds since 1970; None where it was not."""
    at = session.get(_GIVEN_AT, 0)
    return float(at) if is_given() and isinstance(at, int | float) else None


def _ask(account: Any, *, remember: bool, via: str, to: str | None) -> ResponseReturnValue:
    step = {"who": account.fs_uniquifier, "remember": remember, "via": via, "to": to, "at": int(time.time())}
    session[_PENDING] = step
    return redirect(url_for("sign_in_steps.second_step_page"))


def _hold() -> ResponseReturnValue | None:
    """Let nobody past whose second factor was not given in this sign-in, or who must have one and has none."""
    if _is_open() or has_bearer() or "_user_id" not in session or is_given() or not current_user.is_authenticated:
        return None
    if current_user.second_factor_since is not None:
        return _take_back()
    if current_user.must_have_second_factor and request.blueprint != SET_UP_PAGES:
        return _lead_to_set_up()
    return None


def _is_open() -> bool:
    return request.endpoint in OPEN or request.blueprint == STEPS


def _take_back() -> ResponseReturnValue:
    """A sign-in from before the person had a second factor: it ends, and goes on as a first step.

    It goes on where the page is, which is asked for anew. Were its parts to end it, all of which ask at once, the one
    that is answered last would lead to the sign-in, and say nothing of why.
    """
    if _is_part():
        return _have_page_asked_anew()
    account, remember = current_user._get_current_object(), session.permanent
    logout_user()
    _ask(account, remember=remember, via="session", to=request.full_path.rstrip("?") if _is_page() else None)
    return redirect(url_for("sign_in_steps.second_step_page"), 303)


def _have_page_asked_anew() -> ResponseReturnValue:
    if request.path.startswith("/api/"):
        abort(403, "Give your second factor on the console first.")
    if request.headers.get("HX-Request") == "true":
        return Response(status=204, headers={"HX-Refresh": "true"})
    return redirect(url_for("sign_in_steps.confirm_by_second_step"), 303)  # a script that is led elsewhere reloads


def _lead_to_set_up() -> ResponseReturnValue:
    if _is_page():
        flash("Your role must have a second factor. Set one up to go on.", "info")
    if request.path.startswith("/api/"):
        abort(403, "Your role must have a second factor; set one up on the console first.")
    if request.headers.get("HX-Request") == "true":
        return Response(status=204, headers={"HX-Redirect": url_for(SET_UP)})
    return redirect(url_for(SET_UP), 303)


def _is_page() -> bool:
    """Whether a person asks for a page, which they can be led back to."""
    return request.method == "GET" and not _is_part()


def _is_part() -> bool:
    """Whether a program asks, or a script of a page that stays where it is."""
    is_of_script = request.headers.get("Sec-Fetch-Mode") in sign_ins.UNATTENDED
    return is_of_script or request.path.startswith("/api/") or "HX-Request" in request.headers


def _takes_passkeys() -> bool:
    return site().takes_passkeys


def _has_passkeys() -> bool:
    """Whether who is signed in has any."""
    return current_user.is_authenticated and bool(passkeys.of_person(db_session(), current_user.id))


def _forget(sender: Flask, **known: Any) -> None:
    session.pop(_GIVEN, None)


def _begin(sender: Flask, **known: Any) -> None:
    """A new sign-in begins; what was pending or given belongs to another."""
    session.pop(_PENDING, None)
    session.pop(_GIVEN, None)
