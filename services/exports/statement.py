"""The statement that has PostgreSQL write a file's lines: `COPY (SELECT …) TO STDOUT`.

It has three layers: the list's own selection, in its order, with raw columns named `c0`, `c1`, …; how secret ones may
be shown, as `s0`, …, or null where PostgreSQL can't tell; and the cells, as the file has them. A row with such a null,
or with JSON that is neither a list nor an object, is odd: it begins with `x` and keeps its secrets, for `screen` to
mask by Python's rule. SQL need only be right for plain ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services import masks
from services.exports.columns import Column, Kind
from services.exports.formats import Format
from services.exports.values import FORMULA_STARTS
from services.secrets import HIDDEN, hidden, without_values

JSON_DELIMITER = "\x02"
JSON_QUOTE = "\x01"
"""No line of JSON has them, since JSON escapes control characters: so COPY leaves it as it is."""

_STARTS = ",".join(str(ord(start)) for start in FORMULA_STARTS)
_IS_LETTER = '{text}::"char"::int > 64'
"""Whether a text's first byte is one of A to DEL, none of which begins a formula: bytes of other letters are negative.
One cheap comparison does for most cells."""

_SHOWN: dict[Any, str] = {
    masks.mask_url: (
        "CASE WHEN split_part({c}, '/', 4) = '' OR length({c}) - length(split_part({c}, '/', 3)) < 25"
        " OR right({c}, 16) <> translate(right({c}, 16), '/?#&=;:.,', '')"
        r" OR {c} <> translate({c}, E'\t\r\n', '') THEN NULL"
        " WHEN starts_with({c}, 'https://') THEN 'https://' || split_part({c}, '/', 3) || '/…' || right({c}, 4)"
        " WHEN starts_with({c}, 'http://') THEN 'http://' || split_part({c}, '/', 3) || '/…' || right({c}, 4) END"
    ),
    masks.mask_credentials: "CASE WHEN strpos({c}, '@') = 0 THEN {c} END",
    hidden: f"CASE WHEN {{c}} IS NOT NULL THEN '{HIDDEN}' END",
}
"""What `{c}` is shown as; null where that is not to be told here. `screen` looks whether a hook's host is plain."""
_IS_ODD_JSON = "{c}::\"char\" NOT IN ('[', '{{')"
"""Lists and objects are shown as they are, and `screen` looks for secrets in them, which is quicker at it."""
_IS_ODD_ENVIRONMENT = "{c} <> '{{}}'"


@dataclass(frozen=True)
class Statement:
    """What COPY is to send."""

    sql: str
    columns: tuple[Column, ...]
    is_json: bool
    """Whether each line is a JSON object; CSV otherwise."""

    @property
    def has_marks(self) -> bool:
        """Whether any column may hold secrets: lines begin with a mark then."""
        return any(may_hold_secrets(column) for column in self.columns)


def may_hold_secrets(column: Column) -> bool:
    """Whether a column's values may have to be masked."""
    return column.kind is Kind.JSON or masks.is_secret(column.name)


def statement_for(selection: str, columns: Sequence[Column], format: Format, zone: str) -> Statement:
    """The COPY of a file's lines; for XLSX, those of JSON Lines, from which it is made.

    Args:
        selection: a SELECT of the columns' raw values as `c0`, `c1`, …, JSON as text, without parameters.
        zone: in which times are written; the transaction has it as its own.
    """
    is_json = format is not Format.CSV
    secret = [(number, column) for number, column in enumerate(columns) if may_hold_secrets(column)]
    odd = " OR ".join(_is_odd(number, column) for number, column in secret)
    cells = _json_object(columns, odd) if is_json else _csv_cells(columns, odd, is_utc=zone == "UTC")
    rows = f"({selection}) AS selected"
    if secret:
        layer = ", ".join(["*", *(_shown(number, column) for number, column in secret if column.kind is not Kind.JSON)])
        rows = f"(SELECT {layer} FROM {rows} OFFSET 0) AS looked_at"  # noqa: S608 - ours
        cells = f"CASE WHEN {odd} THEN 'x' END, {cells}"
    options = f", DELIMITER '{JSON_DELIMITER}', QUOTE '{JSON_QUOTE}'" if is_json else ""
    sql = f"COPY (SELECT {cells} FROM {rows}) TO STDOUT (FORMAT csv, ENCODING 'UTF8'{options})"  # noqa: S608 - ours
    return Statement(sql, tuple(columns), is_json)


def _shown(number: int, column: Column) -> str:
    """How what is secret, and no JSON, is shown."""
    return f"{_SHOWN.get(masks.mask_of(column.name), 'NULL').format(c=f'c{number}')} AS s{number}"


def _is_odd(number: int, column: Column) -> str:
    """Whether what a column holds is left to `screen`: true, or not, which may be null."""
    c = f"c{number}"
    if column.kind is not Kind.JSON:
        return f"(s{number} IS NULL AND {c} IS NOT NULL)"
    mask = masks.mask_of(column.name)
    if mask is None:
        return _IS_ODD_JSON.format(c=c)
    return _IS_ODD_ENVIRONMENT.format(c=c) if mask is without_values else f"{c} IS NOT NULL"


def _csv_cells(columns: Sequence[Column], odd: str, *, is_utc: bool) -> str:
    return ", ".join(_csv_cell(number, column, odd, is_utc=is_utc) for number, column in enumerate(columns))


def _csv_cell(number: int, column: Column, odd: str, *, is_utc: bool) -> str:
    c = f"c{number}"
    if may_hold_secrets(column):
        return _secret(number, column, odd, is_json=False)
    match column.kind:
        case Kind.TEXT:
            return _defused(c)
        case Kind.BOOLEAN:
            return f"{c}::text"
        case Kind.TIME | Kind.LOCAL_TIME:
            iso = _iso(c, column.kind, is_utc=is_utc)
            return f"CASE WHEN isfinite({c}) THEN {iso} ELSE {c}::text END"
        case Kind.LIST:
            return _defused(f"array_to_string({c}, ', ')")
    return c


def _iso(c: str, kind: Kind, *, is_utc: bool) -> str:
    """In ISO 8601; UTC apart, since that can be had for less."""
    if is_utc:
        return f"replace({c}::text, ' ', 'T')" + (" || ':00'" if kind is Kind.TIME else "")
    return f"btrim(to_json({c})::text, '\"')"


def _secret(number: int, column: Column, odd: str, *, is_json: bool) -> str:
    """As it is shown; but as it is in rows that `screen` masks."""
    if column.kind is Kind.JSON:
        return f"c{number}"  # it is shown as it is, or not at all
    shown = f"s{number}" if is_json else _defused(f"s{number}")
    return f"CASE WHEN s{number} IS NULL OR {odd} THEN c{number} ELSE {shown} END"


def _defused(text: str) -> str:
    """Reads the first character only: a pattern would take longer than all else."""
    is_letter = _IS_LETTER.format(text=f"({text})")
    return f"CASE WHEN {is_letter} THEN {text} WHEN ascii({text}) IN ({_STARTS}) THEN chr(39) || {text} ELSE {text} END"


def _json_object(columns: Sequence[Column], odd: str) -> str:
    values = ", ".join(
        f"{_json_value(number, column, odd)} AS {_quoted(column.name)}" for number, column in enumerate(columns)
    )
    return f"(SELECT row_to_json(line) FROM (SELECT {values}) AS line)"  # noqa: S608 - ours


def _json_value(number: int, column: Column, odd: str) -> str:
    if may_hold_secrets(column):
        return _secret(number, column, odd, is_json=True) + ("::json" if column.kind is Kind.JSON else "")
    return f"c{number}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
