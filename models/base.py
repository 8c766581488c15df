"""What every table shares: the base class, its naming rules and the column types."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    DateTime,
    Dialect,
    FetchedValue,
    Index,
    MetaData,
    Text,
    TypeDecorator,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

Json = dict[str, Any]


class Base(DeclarativeBase):
    """Plain SQLAlchemy, so that the worker and the services need no Flask."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it once
        str: Text(),
        datetime: DateTime(timezone=True),
        Json: JSONB(none_as_null=True),
        list[str]: ARRAY(Text()),
    }


class TextEnum(TypeDecorator[StrEnum]):
    """A StrEnum kept as text, as the wizard's own tables keep it; pair it with `one_of`."""

    impl = Text
    cache_ok = True

    def __init__(self, enum: type[StrEnum]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        """Turn a member, or its text, into text.

        Raises:
            ValueError: the text names no member.
        """
        return None if value is None else str(self.enum(value))

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], StrEnum | None]:
        """Reads members by a dict: a list has hundreds, and to ask the Enum takes several times as long."""
        members: dict[str | None, StrEnum | None] = {None: None, **{member.value: member for member in self.enum}}

        def read(value: str | None) -> StrEnum | None:
            found = members.get(value)
            return self.enum(value) if found is None and value is not None else found

        return read


def trigrams(table: str, column: str) -> Index:
    """An index that finds rows by any piece of a text, of three characters or more."""
    return Index(
        f"ix_{table}_{column}_trigrams", column, postgresql_using="gin", postgresql_ops={column: "gin_trgm_ops"}
    )


BEGINNING = 200
"""Characters of a text by which lists are ordered: an index entry holds 2,700 bytes, and others write longer ones."""
BY_BEGINNING = {"ordered_by_beginning": True}
"""`mapped_column(info=BY_BEGINNING)`: lists order by the beginning of this text, and an index has that."""


def beginning(column: Any) -> ColumnElement[str]:
    """The part of a text by which lists are ordered; written so that it is the same expression as the index's."""
    return func.substr(column, literal_column("1"), literal_column(str(BEGINNING)), type_=Text())


def beginnings(table: str, *columns: str) -> Index:
    """An index of texts by their beginnings."""
    parts = [text(f"substr({column}, 1, {BEGINNING})") for column in columns]
    return Index(f"ix_{table}_{'_'.join(columns)}_beginnings", *parts)


def one_of(column: str, enum: type[StrEnum]) -> CheckConstraint:
    """The CHECK that keeps other programs from writing a text which the enum does not know."""
    choices = ", ".join(f"'{member}'" for member in enum)
    return CheckConstraint(f"{column} IN ({choices})", name=column)


uuid_pk = Annotated[UUID, mapped_column(primary_key=True, default=uuid4, server_default=text("gen_random_uuid()"))]
created_at = Annotated[datetime, mapped_column(server_default=func.now())]
updated_at = Annotated[datetime, mapped_column(server_default=func.now(), server_onupdate=FetchedValue())]
"""Set by a trigger, later with each version of the row, so that it serves as the version."""
