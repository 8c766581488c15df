"""Tokens for tests, as those who have them keep them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from extensions import db_session
from models import ApiToken, TokenScope, User
from services import token_texts, users
from services.database import DbSession


def add_token(db: DbSession, person: User, text: str | None = None, **values: Any) -> ApiToken:
    """A token of the person, of which the trail knows nothing."""
    text = text or token_texts.new()
    defaults = {"name": "A program", "scope": TokenScope.READ, "expires_at": datetime.now(UTC) + timedelta(days=1)}
    token = ApiToken(user_id=person.id, token_hash=token_texts.hash_of(text), last_four=text[-4:], **defaults | values)
    db.add(token)
    db.flush()
    return token


def token_of(app: Flask, email: str, *, scope: TokenScope = TokenScope.ADMIN) -> str:
    """What the new token of the person with this address is sent as."""
    text = token_texts.new()
    with app.app_context():
        db = db_session()
        person = users.find_by_email(db, email)
        assert person is not None
        add_token(db, person, text, scope=scope)
        db.commit()
    return text
