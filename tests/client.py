"""A person at a browser without scripts: a test client with a session of its own, real CSRF tokens included."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from extensions import db_session
from models import SignIn, User
from tests.records import Records

LONG = "long " * 20_000
"""More text than any field takes."""


def seen(page: TestResponse) -> str:
    """The version of the record that a page's form was made from."""
    return page.text.partition('name="seen" type="hidden" value="')[2].partition('"')[0]


def signed_in(user: User, sign_in: SignIn) -> dict[str, Any]:
    """What the session cookie of somebody says who has signed in."""
    return {"_user_id": user.fs_uniquifier, "_fresh": True, "sign_in": str(sign_in.id)}


def _begin(app: Flask, user: User) -> SignIn:
    with app.app_context():
        db = db_session()
        sign_in = Records(db, datetime.now(UTC)).sign_in(user)
        db.commit()
        db.refresh(sign_in)
        db.expunge(sign_in)
    return sign_in


class Browser:
    """Requests as one person makes them; `user` is None while nobody has signed in."""

    def __init__(self, app: Flask, user: User | None = None) -> None:
        self.app = app
        self.user = user
        self.client = app.test_client()
        with self.client.session_transaction() as session:
            session["csrf_token"] = "known"
            if user is not None:
                session.update(signed_in(user, _begin(app, user)))

    @property
    def csrf_token(self) -> str:
        """The token that a form of this session would hold, which is another one once somebody has signed in."""
        with self.client.session_transaction() as session:
            known = session.setdefault("csrf_token", "known")
        return str(URLSafeTimedSerializer(self.app.secret_key or "", salt="wtf-csrf-token").dumps(known))

    def get(self, path: str, **arguments: Any) -> TestResponse:
        return self.client.get(path, **arguments)

    def post(self, path: str, data: Mapping[str, Any] | None = None, **arguments: Any) -> TestResponse:
        """POST a form with its token."""
        return self.client.post(path, data={"csrf_token": self.csrf_token} | dict(data or {}), **arguments)

    def send(self, method: str, path: str, **arguments: Any) -> TestResponse:
        """Any request, with the token in a header as scripts send it."""
        headers = {"X-CSRFToken": self.csrf_token} | dict(arguments.pop("headers", {}))
        return self.client.open(path, method=method, headers=headers, **arguments)
