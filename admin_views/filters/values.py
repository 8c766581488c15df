"""What columns are compared with: each kind of value knows its texts, and refuses those that the database would."""

from collections.abc import Iterable
from decimal import Decimal
from ipaddress import ip_interface, ip_network
from math import isfinite
from typing import Any
from uuid import UUID

from services import text
from services.listing import relative_times

LARGEST_REAL, SMALLEST_REAL = 3.4e38, 1.2e-38
"""What four bytes hold of a number, sign apart, besides 0."""
DIGITS = 300
"""Digits of a decimal on either side of its point, for columns that name no limit."""

Options = tuple[tuple[str, str], ...]


class Values:
    """A kind of value; `parse` raises ValueError for a text that is none."""

    one: str
    """What it needs, in words."""
    many: str
    """The same of several."""
    kind: str = ""
    """Which input the page shows for one; a text where it is empty."""
    options: Options = ()
    """Texts and their labels, where they are known beforehand."""

    def parse(self, value: str) -> Any:
        raise NotImplementedError


class Texts(Values):
    """Any text that the database can hold."""

    one = "an ordinary text of at most 200 characters"
    many = "texts"

    def __init__(self, options: Iterable[tuple[Any, Any]] | None = None) -> None:
        self.options = tuple((str(value), str(label)) for value, label in options or ())

    def parse(self, value: str) -> str:
        if len(value) > text.SHORT or not text.is_storable(value):
            raise ValueError("Not storable.")
        return value


class Ids(Values):
    """Whole ids, since a part of one names many rows."""

    one = "a whole id, such as 3f2b8c1e-0d4a-4c6b-9f7e-5a1d2c3b4e5f"
    many = "whole ids"

    def __init__(self, *, as_text: bool = False) -> None:
        self._as_text = as_text

    def parse(self, value: str) -> UUID | str:
        found = UUID(value.strip())
        return str(found) if self._as_text else found


class WholeNumbers(Values):
    """Whole numbers that the column can hold."""

    one = "a whole number"
    many = "whole numbers"
    kind = "number"

    def __init__(self, bits: int) -> None:
        """
        Args:
            bits: of the column's type, its sign apart.
        """
        self._bound = 2**bits

    def parse(self, value: str) -> int:
        number = int(value) if len(value) <= 20 else None
        if number is None or not -self._bound <= number < self._bound:
            raise ValueError("No row has it.")
        return number


class Decimals(Values):
    """Decimal numbers that the column can hold."""

    one = "a number"
    many = "numbers"
    kind = "decimal"

    def __init__(self, precision: int | None = None, scale: int | None = None) -> None:
        self._digits = DIGITS if precision is None else precision - (scale or 0)

    def parse(self, value: str) -> Decimal:
        number = Decimal(value.strip()) if len(value) <= 2 * DIGITS else Decimal("NaN")
        if not number.is_finite():
            raise ValueError("No number.")
        if number and not -DIGITS <= number.adjusted() < self._digits:
            raise ValueError("No row has it.")
        return number


class Floats(Values):
    """Numbers in four or eight bytes."""

    one = "a number"
    many = "numbers"
    kind = "decimal"

    def __init__(self, *, is_real: bool = False) -> None:
        self._is_real = is_real

    def parse(self, value: str) -> float:
        number = float(value) if len(value) <= 400 else float("nan")
        if not isfinite(number):
            raise ValueError("No number.")
        if self._is_real and number and not SMALLEST_REAL <= abs(number) <= LARGEST_REAL:
            raise ValueError("No row has it.")
        return number


class Choices(Values):
    """A few values that are known beforehand."""

    def __init__(self, members: Iterable[tuple[str, str, Any]]) -> None:
        """
        Args:
            members: of each its text in addresses, its label, and the value that the column is compared with.
        """
        known = tuple(members)
        self.options = tuple((value, label) for value, label, _ in known)
        self._members = {value: member for value, _, member in known}
        labels = ", ".join(label for _, label in self.options)
        self.one, self.many = f"one of {labels}", f"some of {labels}"

    def parse(self, value: str) -> Any:
        if value not in self._members:
            raise ValueError("None of them.")
        return self._members[value]


class YesNo(Values):
    """Whether something is so."""

    one = "Yes or No"
    many = "Yes or No"
    options = (("1", "Yes"), ("0", "No"))

    def parse(self, value: str) -> bool:
        if value not in ("0", "1"):
            raise ValueError("Neither.")
        return value == "1"


class Spans(Values):
    """How long something takes or is ago."""

    one = "a span of time, such as 30m, 24h or 7d"
    many = "spans of time"
    kind = "span"

    def parse(self, value: str) -> Any:
        return relative_times.parse(value).span


class Addresses(Values):
    """Addresses of the network, with or without the length of their net."""

    one = "an address of the network, such as 192.0.2.7 or 2001:db8::/32"
    many = "addresses"

    def parse(self, value: str) -> str:
        return _unscoped(str(ip_interface(value.strip())))


class Networks(Values):
    """Nets, which hold addresses."""

    one = "a net, such as 192.0.2.0/24"
    many = "nets"

    def parse(self, value: str) -> str:
        return _unscoped(str(ip_network(value.strip(), strict=False)))


def _unscoped(address: str) -> str:
    """
    Raises:
        ValueError: the address names one machine's own interface (`fe80::1%eth0`), which the database does not keep.
    """
    if "%" in address:
        raise ValueError("Of one machine alone.")
    return address
