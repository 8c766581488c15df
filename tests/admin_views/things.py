"""A table with columns of types that the console's own have not, and tables that hang on it: for its filters."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

from flask_admin.contrib.sqla import filters as stock
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Date,
    Float,
    ForeignKey,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    SmallInteger,
    TypeDecorator,
    Uuid,
)
from sqlalchemy import Enum as SqlEnum
from sqlalchemy import Text as TextType
from sqlalchemy.dialects.postgresql import (
    CIDR,
    DATERANGE,
    INET,
    INT4RANGE,
    INT8RANGE,
    JSONB,
    NUMRANGE,
    REAL,
    TSRANGE,
    TSTZRANGE,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from admin_views.model_view import ConsoleModelView
from models.base import TextEnum
from tests.admin_views.conftest import Kind


class ThingBase(DeclarativeBase):
    """Not the console's, so that these tables are no part of its migrations."""


class Mood(Enum):
    CALM = 1
    CROSS = 2


class Shout(TypeDecorator[str]):
    """A developer's own type."""

    impl = TextType
    cache_ok = True


class Maker(ThingBase):
    __tablename__ = "makers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    town: Mapped[str | None]
    facts: Mapped[Any | None] = mapped_column("metadata", JSONB(none_as_null=True))

    def __str__(self) -> str:
        return f"{self.name} & sons"


class Part(ThingBase):
    __tablename__ = "parts"

    id: Mapped[int] = mapped_column(primary_key=True)
    thing_id: Mapped[int] = mapped_column(ForeignKey("things.id"))
    name: Mapped[str | None]
    screws: Mapped[list["Screw"]] = relationship(lazy="raise_on_sql")


class Screw(ThingBase):
    __tablename__ = "screws"

    id: Mapped[int] = mapped_column(primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("parts.id"))
    size: Mapped[int]


class Thing(ThingBase):
    __tablename__ = "things"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    size: Mapped[str | None]
    shout: Mapped[str | None] = mapped_column(Shout)
    kind: Mapped[Kind | None] = mapped_column(TextEnum(Kind))
    mood: Mapped[Mood | None] = mapped_column(SqlEnum(Mood, name="thing_mood", native_enum=False))
    sold: Mapped[bool | None]
    small: Mapped[int | None] = mapped_column(SmallInteger)
    whole: Mapped[int | None]
    big: Mapped[int | None] = mapped_column(BigInteger)
    price: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    exact: Mapped[Decimal | None] = mapped_column(Numeric)
    double: Mapped[float | None] = mapped_column(Float)
    single: Mapped[float | None] = mapped_column(REAL)
    day: Mapped[date | None]
    clock: Mapped[time | None]
    local: Mapped[datetime | None]
    span: Mapped[timedelta | None] = mapped_column(Interval)
    key: Mapped[UUID | None]
    key_text: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    address: Mapped[Any | None] = mapped_column(INET)
    network: Mapped[Any | None] = mapped_column(CIDR)
    tags: Mapped[list[str] | None] = mapped_column(ARRAY(TextType))
    numbers: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    days: Mapped[list[date] | None] = mapped_column(ARRAY(Date))
    extra: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    plain: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    ints: Mapped[Any | None] = mapped_column(INT4RANGE)
    longs: Mapped[Any | None] = mapped_column(INT8RANGE)
    nums: Mapped[Any | None] = mapped_column(NUMRANGE)
    dates: Mapped[Any | None] = mapped_column(DATERANGE)
    locals: Mapped[Any | None] = mapped_column(TSRANGE)
    moments: Mapped[Any | None] = mapped_column(TSTZRANGE)
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    maker_id: Mapped[int | None] = mapped_column(ForeignKey("makers.id"))
    maker: Mapped[Maker | None] = relationship(lazy="raise_on_sql")
    parts: Mapped[list[Part]] = relationship(lazy="raise_on_sql")


class OldFilter(stock.BaseSQLAFilter):
    """A filter as developers wrote them for Flask-Admin, before filters knew aliases."""

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        return query.filter(self.get_column(alias).startswith(value))

    def operation(self) -> str:
        return "starts with"


OF_COLUMNS = tuple(column.key for column in Thing.__mapper__.column_attrs if column.key != "maker_id")


class ThingView(ConsoleModelView):
    column_list = ("name",)
    column_filters = (
        *OF_COLUMNS,
        "maker_id",
        "maker.name",
        "maker.town",
        "maker.facts",
        "parts.name",
        "parts.screws.size",
        OldFilter(Thing.name, "Old name"),
        stock.FilterNotEqual("parts.name", "Old part"),
    )
    column_searchable_list = ("name",)
    column_choices: ClassVar[dict[str, Any]] = {"size": [("s", "Small"), ("l", "Large")]}
    column_facets = ("kind", "sold", "size", "maker_id", "mood")
