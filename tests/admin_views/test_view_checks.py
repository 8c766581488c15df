"""The check of lists at the start: which orders and searches have no index, and which permissions are missing."""

import pytest
from flask import Flask
from flask_admin.actions import action
from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from admin_views.model_view import ConsoleModelView
from admin_views.view_checks import problems_of, problems_with
from models.base import trigrams
from services.permissions import Permission


class CheckedBase(DeclarativeBase):
    """Not the console's, so that these tables are no part of its migrations."""


class Vendor(CheckedBase):
    __tablename__ = "checked_vendors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text, index=True)


class Item(CheckedBase):
    __tablename__ = "checked_items"
    __table_args__ = (
        Index("one", "indexed", "plain"),
        Index("two", text("descending DESC")),
        Index("three", text("substr(begun, 1, 200)")),
        UniqueConstraint("unique_pair", "plain"),
        trigrams("checked_items", "found"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plain: Mapped[str] = mapped_column(Text)
    indexed: Mapped[str] = mapped_column(Text)
    descending: Mapped[str] = mapped_column(Text)
    begun: Mapped[str] = mapped_column(Text)
    unique_pair: Mapped[str] = mapped_column(Text)
    found: Mapped[str] = mapped_column(Text)
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("checked_vendors.id"))
    vendor: Mapped[Vendor | None] = relationship(lazy="raise_on_sql")


class GoodView(ConsoleModelView):
    column_list = ("plain",)
    column_sortable_list = ("id", "indexed", "descending", "begun", "unique_pair")
    column_default_sort = ("indexed", True)
    column_searchable_list = ("found",)
    action_permissions = {"praise": Permission.EDIT_TEMPLATE}  # noqa: RUF012

    @action("praise", "Praise")
    def action_praise(self, ids):
        """Nothing."""


class BadView(ConsoleModelView):
    permission = "see_all"
    column_sortable_list = ("plain", "found", ("vendor", "vendor.name"))
    column_default_sort = "plain"
    column_searchable_list = ("plain",)
    action_permissions = {"scold": Permission.EDIT_TEMPLATE}  # noqa: RUF012
    can_edit = True

    @action("praise", "Praise")
    def action_praise(self, ids):
        """Nothing."""

    def create_record(self, db, new_id, fields, *, actor):
        """Nothing."""


class SmallView(ConsoleModelView):
    column_unindexed = ("plain",)
    column_sortable_list = ("plain",)
    column_default_sort = "id"
    column_searchable_list = ("plain",)


@pytest.fixture
def checked(app: Flask):
    """What is wrong with a view of the items."""

    def checked(view: type[ConsoleModelView]) -> list[str]:
        with app.app_context():
            return list(problems_with(view(Item, endpoint=view.__name__.lower())))

    return checked


def test_a_view_whose_orders_searches_and_actions_are_served_is_well(checked):
    assert checked(GoodView) == []
    assert checked(SmallView) == []


@pytest.mark.parametrize(
    "problem",
    [
        "the order by “plain” reads the whole table: no index of checked_items begins with plain.",
        "the order by “found” reads the whole table: no index of checked_items begins with found.",
        "the order by “vendor” goes along vendor: no index of checked_items begins with vendor_id.",
        "the order that it has by itself reads the whole table",
        "the search of checked_items.plain reads the whole table.",
        "it names no permission that opens it.",
        "nobody may run its action “praise”",
        "action_permissions names “scold”, and there is no such action.",
        "nobody may use its create_record: it names no create_permission.",
        "can_edit is open to all who see it; name edit_permission in its place.",
    ],
)
def test_each_thing_that_is_wrong_is_named_with_what_mends_it(checked, problem):
    assert any(found.startswith(problem) for found in checked(BadView))


def test_the_consoles_own_lists_are_checked_at_each_start(app):
    [admin] = app.extensions["admin"]

    assert all("View: " in problem for problem in problems_of(admin))
