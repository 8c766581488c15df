"""A developer's own table with a column of every type, and a view that edits it."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Date,
    DateTime,
    Float,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    SmallInteger,
    String,
    Text,
    Time,
    Uuid,
)
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.dialects.postgresql import (
    CIDR,
    CITEXT,
    DATERANGE,
    INET,
    INT4MULTIRANGE,
    INT4RANGE,
    INT8RANGE,
    INTERVAL,
    JSONB,
    MACADDR,
    MACADDR8,
    NUMRANGE,
    REAL,
    TSRANGE,
    TSTZRANGE,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from admin_views.model_view import ConsoleModelView
from models.base import TextEnum
from services.permissions import Permission
from tests.admin_views.conftest import Kind


class EveryBase(DeclarativeBase):
    """Not the console's, so that this table is no part of its migrations."""


class Mood(Enum):
    CALM = 1
    CROSS = 2


class Every(EveryBase):
    """One row with a value of every type."""

    __tablename__ = "every_type"

    id: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[str | None] = mapped_column(String(400))
    full_line: Mapped[str] = mapped_column(String(400))
    prose: Mapped[str | None] = mapped_column(Text)
    full_prose: Mapped[str] = mapped_column(Text)
    blind: Mapped[str | None] = mapped_column(CITEXT)
    kind: Mapped[Kind | None] = mapped_column(TextEnum(Kind))
    mood: Mapped[Mood | None] = mapped_column(SqlEnum(Mood, name="every_mood", native_enum=False))
    word: Mapped[str | None] = mapped_column(SqlEnum("calm", "cross", name="every_word", native_enum=False))
    sure: Mapped[bool]
    unsure: Mapped[bool | None]
    small: Mapped[int | None] = mapped_column(SmallInteger)
    whole: Mapped[int | None] = mapped_column(Integer)
    big: Mapped[int | None] = mapped_column(BigInteger)
    price: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    exact: Mapped[Decimal | None] = mapped_column(Numeric)
    double: Mapped[float | None] = mapped_column(Float(53))
    single: Mapped[float | None] = mapped_column(REAL)
    day: Mapped[date | None] = mapped_column(Date)
    clock: Mapped[time | None] = mapped_column(Time)
    zoned_clock: Mapped[time | None] = mapped_column(Time(timezone=True))
    moment: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    local: Mapped[datetime | None] = mapped_column(DateTime)
    span: Mapped[timedelta | None] = mapped_column(Interval)
    own_span: Mapped[timedelta | None] = mapped_column(INTERVAL)
    key: Mapped[UUID | None] = mapped_column(Uuid)
    key_text: Mapped[str | None] = mapped_column(Uuid(as_uuid=False))
    address: Mapped[Any | None] = mapped_column(INET)
    network: Mapped[Any | None] = mapped_column(CIDR)
    hardware: Mapped[str | None] = mapped_column(MACADDR)
    hardware8: Mapped[str | None] = mapped_column(MACADDR8)
    tags: Mapped[list[str | None] | None] = mapped_column(ARRAY(Text))
    numbers: Mapped[list[int | None] | None] = mapped_column(ARRAY(Integer))
    grid: Mapped[list[Any] | None] = mapped_column(ARRAY(Numeric, dimensions=2))
    days: Mapped[list[date] | None] = mapped_column(ARRAY(Date))
    extra: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    loose: Mapped[Any | None] = mapped_column(JSONB)
    plain: Mapped[Any | None] = mapped_column(JSON)
    ints: Mapped[Any | None] = mapped_column(INT4RANGE)
    longs: Mapped[Any | None] = mapped_column(INT8RANGE)
    nums: Mapped[Any | None] = mapped_column(NUMRANGE)
    moments: Mapped[Any | None] = mapped_column(TSTZRANGE)
    locals: Mapped[Any | None] = mapped_column(TSRANGE)
    dates: Mapped[Any | None] = mapped_column(DATERANGE)
    many: Mapped[Any | None] = mapped_column(INT4MULTIRANGE)
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)


class EveryView(ConsoleModelView):
    """Edited by the form that is made from the model; each column is set, as a developer's own service might."""

    edit_permission = create_permission = Permission.EDIT_TEMPLATE
    column_list = ("id",)

    def create_record(self, db: Any, new_id: Any, fields: Any, *, actor: Any) -> Every:
        db.add(record := Every(**fields))
        return record

    def update_record(self, db: Any, record: Any, fields: Any, *, actor: Any) -> None:
        for name, value in fields.items():
            setattr(record, name, value)
