"""Excel files: every text typed as text, so that none is a formula; more rows than a sheet holds go on in the next."""

import json
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import IO, Any

from xlsxwriter import Workbook

SHEET_ROWS = 1_048_576
CELL_LIMIT = 32_767
"""Rows of a sheet and characters of a cell, as Excel has them (Microsoft, Excel specifications and limits)."""
EXACT = 2**53
"""Numbers from here on are not exact in Excel, which counts in doubles; they are written as text."""


def write(
    file: IO[bytes], labels: Sequence[str], rows: Iterable[Sequence[Any]], *, sheet_rows: int = SHEET_ROWS
) -> int:
    """Write a workbook in constant memory (through a temporary file of its sheet) and return how many rows it has.

    Args:
        rows: values as JSON has them; times are texts, since Excel's own have no zone.
    """
    book = Workbook(file, {"constant_memory": True})
    rows, count = iter(rows), 0
    try:
        for sheet, row in _sheets(book, labels, sheet_rows):
            for values in rows:
                row += 1
                count += 1
                for place, value in enumerate(values):
                    _write(sheet, row, place, value)
                if row == sheet_rows - 1:
                    break
            else:
                break
    finally:
        book.close()
    return count


def _sheets(book: Any, labels: Sequence[str], sheet_rows: int) -> Iterator[tuple[Any, int]]:
    while True:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for place, label in enumerate(labels):
            sheet.write_string(0, place, label)
        yield sheet, 0


def _write(sheet: Any, row: int, place: int, value: Any) -> None:
    match value:
        case None | "":
            return
        case bool():
            sheet.write_boolean(row, place, value)
        case int() | float() if abs(value) < EXACT and isfinite(value):
            sheet.write_number(row, place, value)
        case dict() | list():
            sheet.write_string(row, place, _cut(json.dumps(value, ensure_ascii=False)))
        case _:
            sheet.write_string(row, place, _cut(str(value)))


def _cut(text: str) -> str:
    return text if len(text) <= CELL_LIMIT else f"{text[: CELL_LIMIT - 1]}…"
