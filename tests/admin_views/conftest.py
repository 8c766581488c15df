"""A table and a view of a developer's own, in an application that has them beside the console's."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, DateTime, ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_views.model_view import ConsoleModelView
from app import create_app
from models import Role
from models.base import TextEnum
from services.database import DbSession
from services.errors import ConflictError, InvalidInputError
from services.masks import masked
from services.permissions import Permission
from tests.admin_views import plain_app as plain
from tests.admin_views.failed_session import failed  # noqa: F401 - a fixture
from tests.admin_views.promised_app import books, librarian, promised_app  # noqa: F401 - fixtures
from tests.admin_views.recovering import operator, started  # noqa: F401 - fixtures
from tests.client import Browser
from tests.conftest import bound, settings_for


class Kind(StrEnum):
    CORNER_SHOP = "corner_shop"
    MARKET = "market"


class OwnBase(DeclarativeBase):
    """Not the console's, so that these tables are no part of its migrations."""

    type_annotation_map = {str: Text(), datetime: DateTime(timezone=True)}  # noqa: RUF012


class Shop(OwnBase):
    """A table with an integer key and a column of every kind."""

    __tablename__ = "shops"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[Kind | None] = mapped_column(TextEnum(Kind))
    opened_at: Mapped[datetime | None]
    owner_id: Mapped[UUID | None]
    open: Mapped[bool | None]
    tags: Mapped[list[str] | None] = mapped_column(ARRAY(Text()))
    note: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    hook_url: Mapped[str | None]
    password: Mapped[str | None]


class Shelf(OwnBase):
    """A table whose key has two columns, one of them text."""

    __tablename__ = "shelves"

    shop: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    goods: Mapped[str | None]


class Transfer(OwnBase):
    """A table that refers to another twice."""

    __tablename__ = "transfers"

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))


class ShopView(ConsoleModelView):
    column_list = ("name", "kind", "opened_at")
    column_searchable_list = ("name",)
    column_filters = ("name", "kind", "opened_at", "owner_id", "open", "id", "tags")


class PlainShopView(ConsoleModelView):
    """Not one line: everything comes from the model."""


class EditedShopView(ConsoleModelView):
    """Edited through the form that is made from the model; its service refuses two names."""

    create_permission = edit_permission = delete_permission = Permission.EDIT_TEMPLATE

    def create_record(self, db: DbSession, new_id: UUID, fields: Any, *, actor: Any) -> Shop:
        db.add(shop := Shop(**fields))
        return shop

    def update_record(self, db: DbSession, record: Any, fields: Any, *, actor: Any) -> None:
        if fields["name"] == "Nameless":
            raise InvalidInputError("That is no name.", field="name")
        if fields["name"] == "Taken":
            raise ConflictError("Another shop has this name.")
        for name, value in fields.items():
            setattr(record, name, value)

    def delete_record(self, db: DbSession, record_id: Any, *, actor: Any) -> None:
        shop = db.get_one(Shop, record_id)
        if shop.name == "Protected":
            raise ConflictError("This shop is protected.")
        db.delete(shop)


class ShelfView(ConsoleModelView):
    delete_permission = Permission.EDIT_TEMPLATE
    can_export = False

    def delete_record(self, db: DbSession, record_id: Any, *, actor: Any) -> None:
        db.delete(db.get_one(Shelf, record_id))


class TransferView(ConsoleModelView):
    column_filters = ("from_id", "to_id")
    column_labels: ClassVar = {"from_id": "From", "to_id": "To"}


class TrashingShopView(ConsoleModelView):
    delete_permission = Permission.EDIT_TEMPLATE


class BriefShopView(ConsoleModelView):
    can_view_details = False


class OwnShopView(ConsoleModelView):
    """Written by Python, since it formats one column itself, though no otherwise than the console."""

    column_formatters_export: ClassVar = {"hook_url": lambda view, context, shop, name: masked(name, shop.hook_url)}


class LoudShopView(ConsoleModelView):
    column_formatters_export: ClassVar = {"name": lambda view, context, shop, name: shop.name.upper()}


@pytest.fixture(scope="session")
def shop_app(app: Flask, database_url: str) -> Flask:
    """The console with the developer's views; `app` comes first, since it sets up the tests' sessions."""
    shop_app = create_app(settings_for(database_url))
    [admin] = shop_app.extensions["admin"]
    admin.add_view(ShopView(Shop))
    admin.add_view(PlainShopView(Shop, endpoint="plain"))
    admin.add_view(EditedShopView(Shop, endpoint="edited"))
    admin.add_view(TrashingShopView(Shop, endpoint="trashing"))
    admin.add_view(OwnShopView(Shop, endpoint="own"))
    admin.add_view(LoudShopView(Shop, endpoint="loud"))
    admin.add_view(BriefShopView(Shop, endpoint="brief"))
    admin.add_view(ShelfView(Shelf))
    admin.add_view(TransferView(Transfer, "Transfers"))
    return shop_app


@pytest.fixture
def shops(connection: Connection, db: DbSession) -> Any:
    """Creates the table for this test; `shops(name=…)` adds one row."""
    OwnBase.metadata.create_all(connection)

    def add(**values: Any) -> Shop:
        shop = Shop(**{"name": "A shop"} | values)
        db.add(shop)
        db.flush()
        return shop

    return add


@pytest.fixture
def at_shops(shop_app: Flask, connection: Connection, make: Any, shops: Any) -> Iterator[Any]:
    """Signs a new person of a role in to the application with shops."""
    with bound(shop_app, connection):
        yield lambda role: Browser(shop_app, make.user(role=role))


@pytest.fixture(scope="session")
def plain_app(app: Flask, database_url: str) -> Flask:
    """The console with views for plain Flask-Admin; `app` comes first, since it sets up the tests' sessions."""
    return plain.create_plain_app(settings_for(database_url))


@pytest.fixture
def library(connection: Connection, db: DbSession) -> plain.Author:
    """The library's tables for this test, and its one author."""
    plain.PlainBase.metadata.create_all(connection)
    return plain.furnish(db)


@pytest.fixture
def reader(plain_app: Flask, connection: Connection, make: Any, library: plain.Author) -> Iterator[Browser]:
    """Somebody at the library's views."""
    with bound(plain_app, connection):
        yield Browser(plain_app, make.user(role=Role.ADMIN))
