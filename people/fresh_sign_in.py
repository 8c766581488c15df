"""What a stolen cookie must not suffice for: acts that ask for the password, or a passkey, once more."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec

from flask import Response, abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from people import second_step, sign_ins
from people.accounts import has_bearer

FRESH_FOR = timedelta(minutes=10)
"""How long a password, a passkey or a code that was given counts as just now."""
_GIVEN_AT = "fs_paa"
"""Where Flask-Security keeps when the person last proved who they are, in seconds since 1970."""

Params = ParamSpec("Params")


def fresh_sign_in_required(
    view: Callable[Params, ResponseReturnValue],
) -> Callable[Params, ResponseReturnValue]:
    """Have a view, or a method of one under `@expose`, answer only those who signed in within the last ten minutes.

    All others are led to confirm that it is they, and from there back: to the page that was asked for, or, since what
    a form sent is gone by then, to the page that the form was on. Tokens are never fresh, and are refused. Who has not
    signed in at all goes on to the view, whose own rules turn them away.
    """

    @wraps(view)
    def asked(*args: Params.args, **kwargs: Params.kwargs) -> ResponseReturnValue:
        if is_sign_in_fresh() or not (has_bearer() or current_user.is_authenticated):
            return view(*args, **kwargs)
        return _ask_again()

    return asked


def is_sign_in_fresh() -> bool:
    """Whether the person proved who they are in the last ten minutes, by their second factor too if they have one."""
    if has_bearer() or not _is_recent(session.get(_GIVEN_AT)):
        return False
    return not _has_second_factor() or _is_recent(second_step.given_at())


def _has_second_factor() -> bool:
    return current_user.is_authenticated and current_user.second_factor_since is not None


def _is_recent(at: object) -> bool:
    return isinstance(at, int | float) and 0 <= time.time() - at < FRESH_FOR.total_seconds()


def mark_proved(at: float | None) -> None:
    """The person has signed in by the word of a provider, to which they proved who they are then, and not just now.

    Args:
        at: in seconds since 1970; None where the provider does not say, and is believed.
    """
    if at is not None:
        session[_GIVEN_AT] = min(at, time.time())


def mark_fresh(*, by_second_factor: bool = False) -> None:
    """The person has just proved who they are. What a cookie named before opens nothing any more.

    Args:
        by_second_factor: whether that was by it, or by what counts as both.
    """
    given_at = time.time() if by_second_factor else second_step.given_at()
    sign_ins.renew()
    session[_GIVEN_AT] = time.time()
    if given_at is not None:
        second_step.note_given(given_at)


def _ask_again() -> ResponseReturnValue:
    if request.path.startswith("/api/"):
        abort(403, "This needs a fresh sign-in; confirm on the console that it is you.")
    address = _address(_page())
    if request.headers.get("HX-Request") == "true":
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)


def _address(to: str | None) -> str:
    """Where the password is asked for, and after it the second factor; the latter alone where only it is missing."""
    if _has_second_factor():
        to = url_for("sign_in_steps.confirm_by_second_step", next=to)
        if _is_recent(session.get(_GIVEN_AT)):
            return to
    return url_for("security.verify", next=to)


def _page() -> str | None:
    """Where to go on afterwards: browsers say of their own pages, and of no other site's, from where a form comes."""
    if request.method == "GET" and request.headers.get("HX-Request") != "true":
        return request.full_path.rstrip("?")
    referrer = request.referrer or ""
    return referrer.removeprefix(request.host_url.rstrip("/")) if referrer.startswith(request.host_url) else None
