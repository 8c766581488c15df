"""Tokens for tests, as those who have them keep them."""

from datetime import UTC, datetime, timedelta

from flask import Flask

from extensions import db_session
from models import ApiToken, TokenScope
from services import token_texts, users


def token_of(app: Flask, email: str, *, scope: TokenScope = TokenScope.ADMIN) -> str:
    """A new token of the person with this address, of which the trail knows nothing."""
    text, now = token_texts.new(), datetime.now(UTC)
    with app.app_context():
        db = db_session()
        person = users.find_by_email(db, email)
        assert person is not None
        db.add(
            ApiToken(
                user_id=person.id,
                name="A program",
                scope=scope,
                token_hash=token_texts.hash_of(text),
                last_four=text[-4:],
                expires_at=now + timedelta(days=1),
            )
        )
        db.commit()
    return text
