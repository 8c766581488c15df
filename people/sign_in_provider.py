"""Signing in by the OpenID provider, as browsers do it: and what their cookies remember of it meanwhile."""

import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask import Flask, abort, current_app, request, session
from flask_login import user_logged_out
from flask_security import current_user, user_authenticated

from config import Settings
from extensions import db_session, transaction
from models import Role
from people import password_tries
from people.accounts import ANONYMOUS
from services import identities, sign_in_budgets
from services.errors import InvalidInputError
from services.permissions import Actor
from services.provider import code_flow
from services.provider.code_flow import Flow
from services.provider.errors import NotLetInError
from services.provider.metadata import Directory
from services.provider.terms import Person, Provider
from services.second_factors import challenges
from settings.provider import ProviderSettings

AWAY_FOR_S = 540
"""Seconds that somebody may be at the provider's; that a state was used is remembered for longer."""
_KEY, _EXTENSION, _LEFT = "at_provider", "console_provider", "left"
BACK = "/login/provider/back"
"""Where the provider sends people back to, below PUBLIC_URL."""


class Purpose(StrEnum):
    """Why somebody is sent there."""

    SIGN_IN = "sign_in"
    CONFIRM = "confirm"
    LINK = "link"


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["console_settings"]
    app.jinja_env.globals["is_linked"] = _is_linked
    user_logged_out.connect(_note_leaving, app)
    user_authenticated.connect(_forget_leaving, app)
    agree(app, settings.provider)


def agree(app: Flask, settings: ProviderSettings | None) -> None:
    """Have people sign in by this provider, of which nothing is known yet; or, with None, by none."""
    app.extensions[_EXTENSION] = Directory(_provider(settings)) if settings else None
    app.jinja_env.globals["provider_name"] = settings.name if settings else None


def _provider(said: ProviderSettings) -> Provider:
    factor = said.second_factor
    return Provider(
        issuer=said.issuer,
        client_id=said.client_id,
        client_secret=said.client_secret,
        name=said.name,
        scopes=said.scopes,
        roles_claim=said.roles_claim,
        roles={value: Role(role) for value, role in said.roles},
        creates_people=said.creates_people,
        links_by_email=said.links_by_email,
        second_factor_claim=factor.claim if factor else "",
        second_factor_values=factor.values if factor else (),
    )


def _is_linked() -> bool:
    """Whether who is signed in can confirm that by the provider."""
    return current_user.is_authenticated and any(
        identity.issuer == directory().provider.issuer
        for identity in identities.of_person(db_session(), current_user.id)
    )


def is_on() -> bool:
    """Whether there is a provider."""
    return current_app.extensions[_EXTENSION] is not None


def directory() -> Directory:
    """What is known of the provider.

    Raises:
        NotFound: there is none.
    """
    known: Directory | None = current_app.extensions[_EXTENSION]
    return known or abort(404)


def gatekeeper() -> Actor:
    """Who lets people in by the provider's word, as the settings say: nobody in particular, from this address."""
    name = f"provider {directory().provider.name}"
    return Actor(id=None, name=name, role=Role.ADMIN, origin=request.remote_addr)


def leave(purpose: Purpose, *, to: str) -> str:
    """Remember why, and where to go on afterwards; the address to send the browser to.

    Raises:
        ProviderAwayError: it does not say where.
    """
    known, flow = directory(), Flow.new()
    _rest_database()
    asks_anew = purpose is Purpose.CONFIRM or _LEFT in session
    address = code_flow.address(known, flow, redirect_uri=_redirect_uri(), asks_anew=asks_anew, now=datetime.now(UTC))
    who = session.get("_user_id")
    session[_KEY] = flow.kept() | {"purpose": purpose, "to": to, "who": who, "at": int(time.time())}
    return address


def _note_leaving(sender: Flask, **known: Any) -> None:
    """Who signs out here is still known to the provider, which is to ask who it is until somebody signs in again."""
    session[_LEFT] = True


def _forget_leaving(sender: Flask, **known: Any) -> None:
    session.pop(_LEFT, None)


def returned() -> Mapping[str, Any] | None:
    """What was remembered of who comes back now; None of whoever was not sent away from here, or was too long ago.

    It is forgotten, and good for nothing once more, whatever comes of it.
    """
    kept, state = session.get(_KEY), request.args.get("state", "")
    if kept is None or not secrets.compare_digest(state.encode("utf-8", "replace"), str(kept["state"]).encode()):
        return None
    del session[_KEY]
    is_same = kept["who"] == session.get("_user_id")
    if not is_same or not 0 <= time.time() - kept["at"] <= AWAY_FOR_S:
        return None
    try:
        with transaction(ANONYMOUS) as db:
            challenges.spend(db, state.encode(), now=datetime.now(UTC))
    except InvalidInputError:
        return None
    return dict(kept)


def person_of(kept: Mapping[str, Any]) -> Person:
    """Who it is that comes back.

    Raises:
        NotLetInError: the provider let nobody in, or its answer is not good.
        ProviderAwayError: it does not answer.
        TooManyRequests: too many came back from this address without being let in.
    """
    known, budgets = directory(), [sign_in_budgets.of_address(request.remote_addr or "")]
    if "error" in request.args:
        raise NotLetInError(f"{known.provider.name} did not let you in.", reason="The provider let nobody in.")
    password_tries.take(budgets)
    _rest_database()
    person = code_flow.finish(
        known,
        Flow.of(kept),
        request.args.get("code", ""),
        named=request.args.get("iss"),
        redirect_uri=_redirect_uri(),
        now=datetime.now(UTC),
    )
    password_tries.give_back(budgets)
    return person


def _redirect_uri() -> str:
    settings: Settings = current_app.extensions["console_settings"]
    return f"{settings.public_url}{BACK}"


def _rest_database() -> None:
    """Give the connection back meanwhile: the provider may take its time."""
    db_session().rollback()
