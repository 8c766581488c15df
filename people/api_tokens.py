"""Tokens of programs as the web and the terminal know them: who sent one, why one is refused, and making one."""

import logging
import re
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from extensions import db_session, transaction
from services import api_tokens, users
from services.api_tokens import Known
from services.errors import NotFoundError
from services.permissions import TOKEN_SCOPES, Actor

log = logging.getLogger("console.web")

_OLD_FORM = re.compile(r"\.?[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
"""What Flask-Security's tokens look like, which the console took before it had its own."""
_REFUSED = "The token is not valid, or no longer; make a new one."
_OLD = "Tokens of this kind are not valid any more; make one that begins with “ops_”, in the console under API tokens."


def init_app(app: Flask) -> None:
    app.after_request(_note_use)


def sender(text: str) -> Actor | None:
    """The person whose token this is, as far as its scope goes; None where it opens nothing."""
    token = _recognized(text)
    if token is None:
        return None
    only = TOKEN_SCOPES[token.scope]
    return Actor(id=token.user_id, name=token.email, role=token.role, origin=request.remote_addr, only=only)


def sign_in() -> str | None:
    """What ends with the token that was sent, to those who listen; None where none was."""
    token: Known | None = g.get("bearer")
    return None if token is None else f"token {token.id}"


def why_refused() -> str:
    """Why the token that was sent opens nothing, and what to do about it."""
    return str(g.get("bearer_refusal") or _REFUSED)


def person_meant() -> UUID | None:
    """Whose token it is or was that was sent, good or not; None where it is nobody's."""
    return cast(UUID | None, g.get("bearer_person"))


def make_token(email: str, *, name: str, scope: str, days: int, actor: Actor) -> str:
    """A new token of the person with this address; for terminals, which ask for no password.

    Raises:
        NotFoundError: nobody who may sign in has this address.
        InvalidInputError: the name, the scope or the days can't be used.
        ConflictError: the person has too many.
    """
    with transaction(actor) as db:
        person = users.find_by_email(db, email)
        if person is None or not person.active or not person.fs_uniquifier:
            raise NotFoundError(f"Nobody who may sign in has the address {email}.")
        now = datetime.now(UTC)
        made = api_tokens.make(db, person.id, name=name, scope=scope, days=days, actor=actor, now=now)
        return made.text


def _recognized(text: str) -> Known | None:
    """The token, looked up once a request."""
    if "bearer" not in g:
        token = api_tokens.find(db_session(), text)
        refusal = _refusal_of(text, token)
        g.bearer_person = None if token is None else token.user_id
        g.bearer, g.bearer_refusal = None if refusal else token, refusal
    known: Known | None = g.bearer
    return known


def _refusal_of(text: str, token: Known | None) -> str | None:
    if token is None:
        return _OLD if _OLD_FORM.fullmatch(text) else _REFUSED
    if token.revoked_at is not None:
        return f"This token was revoked on {token.revoked_at:%-d %B %Y}; make a new one."
    if token.expires_at <= datetime.now(UTC):
        return f"This token expired on {token.expires_at:%-d %B %Y}; make a new one."
    return None if token.is_active else _REFUSED


def _note_use(response: Response) -> Response:
    """Keep when the token was used last; what was answered stands, whatever becomes of that."""
    token, now = g.get("bearer"), datetime.now(UTC)
    if token is None or not token.is_use_unnoted(now):
        return response
    person = Actor(id=token.user_id, name=token.email, role=token.role, origin=request.remote_addr)
    try:
        with transaction(person) as db:
            api_tokens.note_use(db, token.id, origin=request.remote_addr, now=now)
    except SQLAlchemyError as error:
        log.warning("The use of a token could not be noted: %s", type(error).__name__)
    return response
