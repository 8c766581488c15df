"""What COPY writes is byte for byte what Python writes: of texts that begin in every way, of times, of JSON."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services import masks, stored_json
from services.exports import copying
from services.exports.columns import Column, Kind
from services.exports.formats import Format
from services.exports.screen import Screen
from services.exports.statement import statement_for
from services.exports.values import FORMULA_STARTS, csv_lines, text_of

ASCII = [chr(code) for code in range(1, 128)]
OTHERS = ["é", "Ā", "߿", "ࠀ", "Ж", "語", "🦊", "\u0080", "\uffff", *"＝＋－＠", "＞", "\ufeff="]
OCTAL = [r"\101", r"\075", r"\053x", r"\100"]
"""What PostgreSQL reads as one byte where it makes a single one of a text."""
TEXTS = [None, "", *ASCII, *OTHERS, *OCTAL, *(f'{start}1",\r\n' for start in (*FORMULA_STARTS, "a", "1", '"', "\\"))]


def written(connection: Any, columns: list[Column], rows: list[list[Any]], casts: list[str]) -> bytes:
    """The lines of CSV of these rows, whose columns have these types."""
    driver = connection.connection.dbapi_connection
    cursor = driver.cursor()
    cursor.execute("DROP TABLE IF EXISTS given")
    typed = ", ".join(f"c{number} {cast}" for number, cast in enumerate(casts))
    cursor.execute(f"CREATE TEMPORARY TABLE given (place serial, {typed})")
    places = ", ".join("%s" for _ in casts)
    names = ", ".join(f"c{number}" for number in range(len(casts)))
    cursor.executemany(f"INSERT INTO given ({names}) VALUES ({places})", rows)  # noqa: S608 - ours
    cursor.execute("SET LOCAL timezone = 'UTC'")
    read = ", ".join(
        f"c{number}::text AS c{number}" if cast == "jsonb" else f"c{number}" for number, cast in enumerate(casts)
    )
    selection = f"SELECT {read} FROM given ORDER BY place"  # noqa: S608 - ours
    statement = statement_for(selection, columns, Format.CSV, "UTC")
    screen = Screen(statement)
    return b"".join(screen.block(block) for block in copying.rows_of(driver, statement.sql))


@pytest.mark.parametrize("column_type", ["text", "varchar"])
def test_a_text_is_defused_where_it_begins_a_formula_and_nowhere_else(connection, column_type):
    columns = [
        Column("number", "Number", Kind.NUMBER),
        Column("note", "Note", Kind.TEXT),
        Column("tags", "", Kind.LIST),
    ]
    rows = [[number, value, [value]] for number, value in enumerate(TEXTS)]

    found = written(connection, columns, rows, ["int", column_type, "text[]"])

    for line, (number, value, tags) in zip(split(found), rows, strict=True):
        assert line == _line(
            str(number), _quoted(text_of(value, UTC), is_null=value is None), _quoted(text_of(tags, UTC))
        )


def _line(*cells: str) -> bytes:
    return (",".join(cells) + "\n").encode()


def _quoted(cell: str, *, is_null: bool = False) -> str:
    """A cell as COPY quotes it: what is empty is told from what is not there."""
    if is_null:
        return ""
    needs = cell == "" or any(character in cell for character in '",\r\n')
    return '"' + cell.replace('"', '""') + '"' if needs else cell


def split(lines: bytes) -> list[bytes]:
    """The lines, each of which begins with its number."""
    found, at = [], 0
    for number in range(1, len(TEXTS)):
        after = lines.index(f"\n{number},".encode(), at) + 1
        found.append(lines[at:after])
        at = after
    return [*found, lines[at:]]


def test_times_are_in_iso_8601_but_for_those_that_never_come(connection):
    columns = [Column("at", "At", Kind.TIME), Column("local", "Local", Kind.LOCAL_TIME)]
    times = ["2026-11-26 08:32:13.500879", "2026-11-26 08:32:13.5", "2026-11-26", "0001-01-01", "9999-12-31 23:59:59"]

    found = written(
        connection,
        columns,
        [[f"{time}+00", time] for time in times] + [["infinity", "-infinity"], [None, None]],
        ["timestamptz", "timestamp"],
    ).decode()

    local = [datetime.fromisoformat(time) for time in times]
    expected = [f"{text_of(time.replace(tzinfo=UTC), UTC)},{text_of(time, UTC)}" for time in local]
    assert found.splitlines() == [*expected, "infinity,-infinity", ","]


def test_rows_that_are_masked_by_python_are_quoted_like_those_that_are_not(connection):
    columns = [
        Column("hook_url", "Hook", Kind.TEXT),
        Column("note", "Note", Kind.TEXT),
        Column("survey", "Survey", Kind.JSON),
        Column("env_config", "Environment", Kind.JSON),
    ]
    hook = "https://hooks.example.com/deploy/0123456789abcdef"
    surveys = ["{}", "[]", '{"token": "s3cret"}', '[{"a": "=1"}, "é"]', '"=1"', "null", "7", '"[x"', None]
    rows = [
        [url, note, survey, environment]
        for url in (None, "", hook, "=hook", f" {hook}")
        for note in (None, "=1", ',"')
        for survey in surveys
        for environment in ("{}", '{"A": "s3cret"}', "[]", None)
    ]

    found = written(connection, columns, rows, ["text", "text", "jsonb", "jsonb"]).decode()

    assert "s3cret" not in found
    assert "0123456789" not in found
    expected = [[_shown(column, value) for column, value in zip(columns, row, strict=True)] for row in rows]
    assert found.replace('""', "") == csv_lines(expected).decode().replace('""', "")


def _shown(column: Column, value: Any) -> Any:
    read = stored_json.read(value) if column.kind is Kind.JSON and value is not None else value
    return text_of(masks.masked(column.name, read), UTC, is_json=column.kind is Kind.JSON)
