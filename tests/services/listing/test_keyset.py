"""Walking a list page by page: whatever its order, and whatever happens meanwhile, no row that stays is missed."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import DateTime, ForeignKey, Text, or_, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Query, aliased, mapped_column, relationship

from models.base import TextEnum
from services.database import DbSession
from services.listing.keyset import backward, forward
from services.listing.sections import ordered
from services.listing.terms import Order, Term, with_key

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Size(StrEnum):
    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"


class OwnBase(DeclarativeBase):
    type_annotation_map = {str: Text(), datetime: DateTime(timezone=True)}  # noqa: RUF012


class Maker(OwnBase):
    __tablename__ = "makers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]


class Thing(OwnBase):
    """A table with columns of every kind that lists are ordered by; many rows are alike."""

    __tablename__ = "things"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    note: Mapped[str | None]
    size: Mapped[Size | None] = mapped_column(TextEnum(Size))
    is_sold: Mapped[bool]
    made_at: Mapped[datetime | None]
    maker_id: Mapped[int | None] = mapped_column(ForeignKey("makers.id"))

    maker: Mapped[Maker | None] = relationship()


@pytest.fixture
def things(db: DbSession) -> DbSession:
    OwnBase.metadata.create_all(db.connection())
    db.add_all(Maker(id=number, name=name) for number, name in enumerate(["Åsa", None, "ben", "Ben"], start=1))
    db.flush()
    return db


def thing(chance: random.Random, number: int) -> Thing:
    return Thing(
        id=number,
        name=chance.choice(["a", "B", "b", "ä", "", "a b", "'\\%_"]),
        note=chance.choice([None, None, "", "x", "X"]),
        size=chance.choice([None, *Size]),
        is_sold=chance.random() < 0.5,
        made_at=chance.choice([None, *(EPOCH + timedelta(microseconds=step) for step in range(3))]),
        maker_id=chance.choice([None, 1, 2, 3, 4]),
    )


def terms(maker: Any) -> dict[str, Term]:
    return {
        "name": Term(Thing.name),
        "note": Term(Thing.note, may_lack=True),
        "size": Term(Thing.size, may_lack=True, members=tuple(Size)),
        "is_sold": Term(Thing.is_sold, members=(False, True)),
        "made_at": Term(Thing.made_at, may_lack=True),
        "maker": Term(maker.name, may_lack=True, is_joined=True),
    }


def order_of(names: Sequence[tuple[str, bool]]) -> tuple[Order, Any]:
    maker = aliased(Maker)
    known = terms(maker)
    chosen = [Term(**{**vars(known[name]), "descending": descending}) for name, descending in names]
    return with_key(chosen, [Thing.__table__.c.id]), maker


class Walk:
    """A list that is read page by page while others change it."""

    def __init__(self, db: DbSession, names: Sequence[tuple[str, bool]], kept: Any, limit: int) -> None:
        self.db, self.kept, self.limit = db, kept, limit
        self.order, self.maker = order_of(names)

    def query(self) -> Query[Thing]:
        return self.db.query(Thing).outerjoin(self.maker, Thing.maker).filter(*self.kept)

    def at_once(self) -> list[int]:
        """The ids of all rows as one statement has them."""
        return [row.id for row in self.query().order_by(*ordered(self.order))]

    def onward(self) -> Iterator[list[int]]:
        place = None
        while True:
            page = forward(self.query(), self.order, limit=self.limit, place=place)
            yield [row.id for row in page.rows]
            if not page.has_more:
                return
            place = page.last

    def back(self) -> Iterator[list[int]]:
        place = None
        while True:
            page = backward(self.query(), self.order, limit=self.limit, place=place)
            yield [row.id for row in page.rows]
            if not page.has_more:
                return
            place = page.first


ORDERS = st.lists(
    st.tuples(st.sampled_from(["name", "note", "size", "is_sold", "made_at", "maker"]), st.booleans()),
    max_size=3,
    unique_by=lambda one: one[0],
)
"""Up to three columns, each in a direction."""
FILTERS = st.lists(
    st.sampled_from(
        [
            Thing.name != "B",
            Thing.name.ilike("%b%"),
            Thing.note.is_(None),
            Thing.size.in_([Size.SMALL, Size.LARGE]),
            Thing.made_at > EPOCH,
            or_(Thing.is_sold, Thing.maker_id == 1),
        ]
    ),
    max_size=2,
)
"""What rows have to be like to be in the list."""


def empty(db: DbSession) -> None:
    db.execute(text("DELETE FROM things"))
    db.expunge_all()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=ORDERS, kept=FILTERS, seed=st.integers(0, 2**32), limit=st.integers(1, 7))
def test_pages_forward_and_back_are_the_whole_list_in_its_order(things, names, kept, seed, limit):
    empty(things)
    chance = random.Random(seed)
    things.add_all(thing(chance, number) for number in range(40))
    things.flush()
    walk = Walk(things, names, kept, limit)

    expected = walk.at_once()

    assert [row for page in walk.onward() for row in page] == expected
    assert [row for page in list(walk.back())[::-1] for row in page] == expected


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=ORDERS, kept=FILTERS, seed=st.integers(0, 2**32), limit=st.integers(1, 7), goes_on=st.booleans())
def test_no_row_that_stays_is_missed_or_seen_twice_while_others_come_and_go(things, names, kept, seed, limit, goes_on):
    empty(things)
    chance = random.Random(seed)
    things.add_all(thing(chance, number) for number in range(30))
    things.flush()
    walk = Walk(things, names, kept, limit)
    stayed, seen, fresh = set(walk.at_once()), [], iter(range(100, 200))

    for page in walk.onward() if goes_on else walk.back():
        seen += page
        gone = chance.randrange(30)
        things.execute(text("DELETE FROM things WHERE id = :id"), {"id": gone})
        stayed.discard(gone)
        things.add_all(thing(chance, number) for number in islice(fresh, chance.randrange(3)))
        things.flush()

    assert len(seen) == len(set(seen))
    assert stayed <= set(seen)


@pytest.mark.parametrize("skip", [0, 1, 7, 23, 39])
def test_a_page_by_its_number_is_the_same_part_of_the_list(things, skip):
    chance = random.Random(skip)
    things.add_all(thing(chance, number) for number in range(60))
    things.flush()
    walk = Walk(things, [("made_at", True), ("size", False)], [], limit=10)

    page = forward(walk.query(), walk.order, limit=10, skip=skip)

    assert [row.id for row in page.rows] == walk.at_once()[skip : skip + 10]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("place", [(None, 7_000), ("3", 10_000), ("5", 2_000)])
def test_an_index_leads_to_a_page_deep_in_a_column_that_may_lack_values(things, descending, place):
    things.execute(
        text(
            "INSERT INTO things (id, name, is_sold, note)"
            " SELECT number, 'a', true, nullif(number % 7, 0) FROM generate_series(1, 20000) AS number"
        )
    )
    things.execute(text("CREATE INDEX things_note ON things (note, id)"))
    things.execute(text("ANALYZE things"))
    walk = Walk(things, [("note", descending)], [], limit=10)

    before = rows_read(things)
    forward(walk.query(), walk.order, limit=walk.limit, place=place)

    assert rows_read(things) - before <= 400


def rows_read(db: DbSession) -> int:
    """How many rows and index entries of the table this transaction made PostgreSQL look at so far."""
    looked_at = "pg_stat_get_xact_tuples_fetched(oid) + pg_stat_get_xact_tuples_returned(oid)"
    relations = "('things', 'things_note', 'things_pkey', 'pk_things')"
    return int(db.scalar(text(f"SELECT sum({looked_at}) FROM pg_class WHERE relname IN {relations}")) or 0)  # noqa: S608
