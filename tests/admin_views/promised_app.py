"""An application with the developer's library, books in it, and who reads them: fixtures of its tests."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import Connection

from app import create_app
from models import Role
from services.database import DbSession
from tests.admin_views import promised, promised_further
from tests.admin_views.promised import Book, Edition, PromisedBase, Room, Writer
from tests.client import Browser
from tests.conftest import bound, settings_for


@pytest.fixture(scope="session")
def promised_app(app: Flask, database_url: str) -> Flask:
    promised_app = create_app(settings_for(database_url))
    promised_app.jinja_loader = ChoiceLoader(
        [promised_app.jinja_loader, DictLoader(promised.TEMPLATES | promised_further.TEMPLATES)]
    )
    [admin] = promised_app.extensions["admin"]
    admin.add_view(promised.WriterView(Writer, endpoint="writer"))
    for endpoint, view in (promised.VIEWS | promised_further.VIEWS).items():
        admin.add_view(view(Book, endpoint=endpoint))
    return promised_app


@pytest.fixture
def books(connection: Connection, db: DbSession) -> list[Book]:
    """Four books by two writers."""
    PromisedBase.metadata.create_all(connection)
    ana, bea = Writer(name="Ana", password="hush"), Writer(name="Bea")
    attic = Room(title="Attic")
    rows = [
        Book(title="Tea", pages=120, size="s", price=Decimal("1.50"), writer=ana, published=date(2020, 1, 2)),
        Book(title="Kettles", pages=480, size="l", writer=bea, rooms=[attic], read_at=datetime(2026, 1, 2, tzinfo=UTC)),
        Book(title="Pots", pages=120, blurb="Of clay.", size="x", editions=[Edition(isbn="1"), Edition(isbn="2")]),
        Book(title="Kept", pages=7),
    ]
    for row in rows:  # one after the other, so that their ids are in this order
        db.add(row)
        db.flush()
    return rows


@pytest.fixture
def librarian(promised_app: Flask, connection: Connection, make: Any, books: list[Book]) -> Iterator[Browser]:
    with bound(promised_app, connection):
        yield Browser(promised_app, make.user(role=Role.ADMIN))
