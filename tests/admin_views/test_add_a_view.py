"""docs/add-a-view.md is true: its first lines make a list of a developer's own table."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Connection, DateTime, ForeignKey, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from admin_views.model_view import ConsoleModelView
from app import create_app
from config import ROOT
from models import Role
from services.permissions import Permission
from tests.admin_views.pages import csv_rows, listed
from tests.client import Browser
from tests.conftest import bound, settings_for

DOCUMENT = (ROOT / "docs" / "add-a-view.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)


class InvoiceBase(DeclarativeBase):
    """Not the console's, so that these tables are no part of its migrations."""


class Customer(InvoiceBase):
    __tablename__ = "documented_customers"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(Text)


class Invoice(InvoiceBase):
    __tablename__ = "documented_invoices"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("documented_customers.id"))
    customer: Mapped[Customer] = relationship(lazy="raise_on_sql")


def first_view() -> Any:
    """The view that the document begins with."""
    names: dict[str, Any] = {"ConsoleModelView": ConsoleModelView, "Permission": Permission}
    exec(BLOCKS[0], names)  # noqa: S102 - it is our own document that is tried
    return names["InvoiceView"]


@pytest.fixture(scope="session")
def documented_app(app: Flask, database_url: str) -> Flask:
    documented_app = create_app(settings_for(database_url))
    [admin] = documented_app.extensions["admin"]
    exec(BLOCKS[1], {"admin": admin, "InvoiceView": first_view(), "Invoice": Invoice})  # noqa: S102 - our own document
    return documented_app


@pytest.fixture
def viewer(documented_app: Flask, connection: Connection, db: Any, make: Any) -> Iterator[Browser]:
    InvoiceBase.metadata.create_all(connection)
    for number, (name, status) in enumerate([("Ana", "paid"), ("Bea", "open"), ("Ana", "open")]):
        at = datetime(2026, 11, 1 + number, tzinfo=UTC)
        customer = Customer(name=name)
        db.add(Invoice(number=f"A-{number}", status=status, created_at=at, customer=customer))
    db.flush()
    with bound(documented_app, connection):
        yield Browser(documented_app, make.user(role=Role.VIEWER))


def test_its_first_lines_make_a_list_with_search_filters_order_and_export(viewer):
    assert listed(viewer, endpoint="invoice").column("number") == ["A-2", "A-1", "A-0"]
    assert listed(viewer, "?search=ana", endpoint="invoice").column("number") == ["A-2", "A-0"]
    assert listed(viewer, "?flt0_status_equals=paid", endpoint="invoice").column("number") == ["A-0"]
    assert listed(viewer, "?order=number", endpoint="invoice").column("number") == ["A-0", "A-1", "A-2"]
    assert [row["Number"] for row in csv_rows(viewer.get("/admin/invoice/export/csv/"))] == ["A-2", "A-1", "A-0"]
    assert viewer.get("/admin/invoice/new/").status_code == 403


def test_every_block_is_python_and_every_file_that_it_names_is_there():
    for block in BLOCKS:
        compile(block, "docs/add-a-view.md", "exec")
    for name in re.findall(r"`(?:admin_views/)?(\w+\.py)`", DOCUMENT):
        assert name == "invoices.py" or list(ROOT.glob(f"*/{name}")), name
    for path in re.findall(r"`((?:services|tests)/[\w/]+\.py)`", DOCUMENT):
        assert (ROOT / path).exists(), path
