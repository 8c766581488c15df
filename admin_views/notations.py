"""How values of each type of column are written as text, and read back: for forms, and within lists and ranges."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from ipaddress import ip_address, ip_interface, ip_network
from math import isinf, isnan
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Float, Integer, Numeric, SmallInteger
from sqlalchemy import types as generic
from sqlalchemy.dialects import postgresql

from admin_views.notation import Notation
from admin_views.time_notations import DAY, INTERVAL, clock_notation, moment_notation
from services import text

REAL_MAX = 3.4028235e38
"""The greatest number of a column of four bytes (IEEE 754, single precision)."""
REAL_MIN = 1e-45
"""Its smallest above zero, about."""
INTEGER_DIGITS = 131_072
FRACTION_DIGITS = 16_383
"""Digits of a number before and after its point (PostgreSQL, 8.1.2)."""


def _integer(least: int, greatest: int) -> Notation:
    def read(given: str) -> int:
        if not re.fullmatch(r"[+-]?[0-9]{1,40}", given):
            raise ValueError("This is no whole number.")
        if not least <= (number := int(given)) <= greatest:
            raise ValueError(f"This is a number from {least:,} to {greatest:,}.")
        return number

    return Notation(str, read)


def bounds_of(column_type: Any) -> tuple[int, int]:
    """The least and the greatest number of a column of whole numbers."""
    bits = 16 if isinstance(column_type, SmallInteger) else 64 if isinstance(column_type, BigInteger) else 32
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def _decimal(column_type: Any) -> Notation:
    precision, scale = column_type.precision, column_type.scale
    make: Any = Decimal if column_type.asdecimal else float

    def read(given: str) -> Any:
        try:
            number = Decimal(given)
        except InvalidOperation:
            raise ValueError("This is no number.") from None
        if number.is_snan() or (number.is_infinite() and precision):
            raise ValueError("This is no number.")
        if number.is_finite():
            _check_digits(number, precision, scale)
        return make(number)

    return Notation(str, read)


def _check_digits(number: Decimal, precision: int | None, scale: int | None) -> None:
    before = number.adjusted() + 1 if number else 0
    after = max(-int(number.as_tuple().exponent), 0)
    fraction = FRACTION_DIGITS if precision is None else scale or 0
    whole = INTEGER_DIGITS if precision is None else precision - fraction
    if after > fraction:
        raise ValueError(f"This has at most {fraction:,} digits after the point." if fraction else "This has no point.")
    if before > whole:
        raise ValueError(f"This has at most {whole:,} digits before the point.")


def _float(column_type: Any) -> Notation:
    is_real = isinstance(column_type, generic.REAL) or (column_type.precision or 53) <= 24

    def read(given: str) -> Any:
        try:
            number = float(given)
        except ValueError:
            raise ValueError("This is no number.") from None
        too_great = isinf(number) and "inf" not in given.lower()
        if too_great or (is_real and not isinf(number) and not isnan(number) and _is_beyond_real(number)):
            raise ValueError("This number is too great, or too near to zero, to be stored.")
        return Decimal(given) if column_type.asdecimal else number

    return Notation(lambda value: str(value) if isinstance(value, Decimal) else repr(value), read)


def _is_beyond_real(number: float) -> bool:
    return abs(number) > REAL_MAX or 0 < abs(number) < REAL_MIN


def _uuid(column_type: Any) -> Notation:
    def read(given: str) -> Any:
        try:
            value = UUID(given)
        except ValueError:
            raise ValueError("This is no id.") from None
        return value if column_type.as_uuid else str(value)

    return Notation(str, read)


def _network(parse: Callable[[str], Any], what: str, example: str) -> Notation:
    def read(given: str) -> Any:
        try:
            if "%" in given:
                raise ValueError(given)
            return parse(given)
        except ValueError:
            raise ValueError(f"This is no {what}, such as {example}.") from None

    return Notation(str, read)


def _inet(given: str) -> Any:
    """An address, with the network it is in where that is named."""
    return ip_interface(given) if "/" in given else ip_address(given)


def _mac(length: int) -> Notation:
    def read(given: str) -> str:
        digits = re.sub("[:.-]", "", given).lower()
        if not re.fullmatch(f"[0-9a-f]{{{2 * length}}}", digits):
            raise ValueError("This is no hardware address, such as 08:00:2b:01:02:03.")
        return ":".join(re.findall("..", digits))

    return Notation(str, read)


def _read_text(given: str) -> str:
    if not text.is_storable(given):
        raise ValueError("This holds a character that can’t be stored.")
    return given


def _boolean(given: str) -> bool:
    try:
        return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[given.lower()]
    except KeyError:
        raise ValueError("This is true or false.") from None


def _enum(column_type: Any) -> Notation:
    members = column_type.enum_class

    def read(given: str) -> Any:
        if given not in column_type.enums:
            raise ValueError(f"This is one of {', '.join(column_type.enums)}.")
        return members[given] if members else given

    return Notation(lambda value: getattr(value, "name", str(value)), read)


_BY_TYPE: tuple[tuple[type[Any], Callable[[Any], Notation]], ...] = (
    (generic.Enum, _enum),
    (Integer, lambda column_type: _integer(*bounds_of(column_type))),
    (Numeric, _decimal),
    (Float, _float),
    (generic.Uuid, _uuid),
    (generic.DateTime, lambda column_type: moment_notation(zoned=bool(column_type.timezone))),
    (generic.Date, lambda column_type: DAY),
    (generic.Time, lambda column_type: clock_notation(zoned=bool(column_type.timezone))),
    (generic.Interval, lambda column_type: INTERVAL),
    (postgresql.INTERVAL, lambda column_type: INTERVAL),
    (postgresql.INET, lambda column_type: _network(_inet, "address", "192.0.2.1 or 2001:db8::/32")),
    (postgresql.CIDR, lambda column_type: _network(ip_network, "network", "192.0.2.0/24")),
    (postgresql.MACADDR, lambda column_type: _mac(6)),
    (postgresql.MACADDR8, lambda column_type: _mac(8)),
    (generic.Boolean, lambda column_type: Notation(lambda value: str(value).lower(), _boolean)),
    (generic.String, lambda column_type: Notation(str, _read_text)),
)


def notation_of(column_type: Any) -> Notation | None:
    """How the values of a type are written; None for types that have no text of their own here."""
    for known, make in _BY_TYPE:
        if isinstance(column_type, known):
            return make(column_type)
    return None
