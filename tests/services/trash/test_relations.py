"""What a developer's models relate goes, or is freed, as the ORM would have it, and comes back."""

import pytest
from sqlalchemy import Column, ForeignKey, Table, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from models import Role
from services import trash
from services.errors import ConflictError
from services.permissions import Permission
from tests.conftest import NOW, actor_of

MAY = Permission.EDIT_TEMPLATE


class LibraryBase(DeclarativeBase):
    """Not the console's, so that these tables are no part of its migrations."""


loans = Table(
    "trash_loans",
    LibraryBase.metadata,
    Column("book_id", ForeignKey("trash_books.id")),
    Column("shelf: id", ForeignKey("trash_shelves.id"), key="shelf_id"),
)


class Shelf(LibraryBase):
    __tablename__ = "trash_shelves"

    id: Mapped[int] = mapped_column(primary_key=True)


class Book(LibraryBase):
    __tablename__ = "trash_books"

    id: Mapped[int] = mapped_column(primary_key=True)
    sequel_of_id: Mapped[int | None] = mapped_column(ForeignKey("trash_books.id"))
    shelves: Mapped[list[Shelf]] = relationship(secondary=loans)
    editions: Mapped[list["Edition"]] = relationship(cascade="all, delete-orphan")
    sequels: Mapped[list["Book"]] = relationship()
    reviews: Mapped[list["Review"]] = relationship(passive_deletes=True)


class Edition(LibraryBase):
    __tablename__ = "trash_editions"

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("trash_books.id"))
    prints: Mapped[list["Print"]] = relationship(cascade="all")


class Print(LibraryBase):
    __tablename__ = "trash_prints"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("trash_editions.id"))


class Review(LibraryBase):
    __tablename__ = "trash_reviews"

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int | None] = mapped_column(ForeignKey("trash_books.id"))


@pytest.fixture
def admin(make):
    return actor_of(make.user(role=Role.ADMIN))


@pytest.fixture
def library(db):
    """Two books on a shelf, the second one a sequel of the first, each with an edition that was printed twice."""
    LibraryBase.metadata.create_all(db.connection())
    shelf = Shelf(id=1)
    first, second = (
        Book(id=number, shelves=[shelf], editions=[Edition(id=number, prints=[Print(), Print()])]) for number in (1, 2)
    )
    first.sequels = [second]
    db.add_all([first, second])
    db.flush()
    db.expire_all()


def content(db):
    return {
        table.name: sorted(db.scalars(text(f"SELECT CAST(t AS text) FROM {table.name} AS t")))  # noqa: S608 - ours
        for table in LibraryBase.metadata.sorted_tables
    }


def test_what_is_related_goes_or_is_freed_and_comes_back_as_it_was(db, admin, library):
    before = content(db)

    preview = trash.preview(db, Book, 1, actor=admin, permission=MAY)
    trashed = trash.delete(db, Book, 1, actor=admin, now=NOW, permission=MAY)

    assert (preview.why_not, [related.words for related in preview.loses]) == (None, ["1 trash book"])
    assert sorted(related.words for related in preview.goes) == ["1 trash edition", "1 trash loan", "2 trash prints"]
    left = content(db)
    assert left["trash_books"] == ["(2,)"]
    assert {table: len(rows) for table, rows in left.items()} == {
        "trash_shelves": 1,
        "trash_books": 1,
        "trash_loans": 1,
        "trash_editions": 1,
        "trash_prints": 2,
        "trash_reviews": 0,
    }
    trash.restore(db, trashed.id, actor=admin, now=NOW)
    assert content(db) == before


def test_what_no_relation_leads_to_or_is_left_to_the_database_forbids_as_ever(db, admin, library):
    with pytest.raises(ConflictError, match="2 trash loans"):
        trash.delete(db, Shelf, 1, actor=admin, now=NOW, permission=MAY)

    db.execute(text("INSERT INTO trash_reviews (id, book_id) VALUES (1, 1)"))
    before = content(db)
    with pytest.raises(ConflictError, match="1 trash review"):
        trash.delete(db, Book, 1, actor=admin, now=NOW, permission=MAY)
    assert content(db) == before
