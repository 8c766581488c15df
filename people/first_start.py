"""The first start: no account has a default password, so a link on the terminal lets the first admin choose one."""

import sys

from flask import Flask
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.exc import SQLAlchemyError

from extensions import db_session
from people import reset_links
from people.signing import timed_signer
from services import database_roles, users
from services.database_roles import NOBODY

GOOD_FOR_S = 3_600
"""Seconds for which a link is good; the next start prints another."""


def announce(app: Flask) -> None:
    """Print a link where nobody can sign in yet; nothing where somebody can, or where there are no tables to ask."""
    with app.app_context():
        try:
            db = db_session()
            database_roles.stand(db, NOBODY)
            if users.has_way_in(db):
                return
        except SQLAlchemyError:
            return
        link = reset_links.address_of("first_admin.form", token=make_token())
    print(f"\nNobody can sign in yet. Make yourself the first admin, within the hour:\n\n    {link}\n", file=sys.stderr)


def make_token() -> str:
    """What the link holds; it is good until somebody can sign in."""
    return str(_signer().dumps("first admin"))


def is_good(token: str) -> bool:
    """Whether the first admin may be made by it now."""
    try:
        _signer().loads(token, max_age=GOOD_FOR_S)
    except BadData:
        return False
    return not users.has_way_in(db_session())


def _signer() -> URLSafeTimedSerializer:
    return timed_signer("first admin")
