"""Masking what PostgreSQL could not: the few lines of a COPY that may hold a secret go by Python's own rule.

A line that PostgreSQL marked keeps all its secrets. In the others JSON may hold some, below a key that speaks of one or
in an address, and a hook's host may be no plain one. Whole blocks are searched for what stands there then.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC
from itertools import accumulate
from typing import Any

from services import masks, stored_json
from services.exports.columns import Column, Kind
from services.exports.statement import JSON_DELIMITER, Statement, may_hold_secrets
from services.exports.values import as_json, defused, text_of

WORDS = tuple(
    word.encode() for word in ("hook", "secret", "pass", "token", "credential", "authorization", "config", "key")
)
"""Each key that secrets.is_secret_key knows has one of them, in small letters, or one of these letters:"""
LETTERS = ("ſ", "K", "ı", "İ")
"""Python takes them for an s, a k or an i where it does not tell capitals apart."""

_FIRST_BYTES = (b"\xc4", b"\xc5", b"\xe2\x84\xaa")
"""Of these letters in UTF-8, or all of one's."""
_LETTERS = re.compile("|".join(LETTERS).encode())
_REST_OF_KEY = re.compile(rb'(?:[^"\\]++|\\""|\\.)*"+: ', re.DOTALL)
"""The rest of a key of jsonb as text, its quotes doubled in CSV; the names of JSON Lines have no space there."""
_USERINFO = re.compile(rb"//[^/?#]*@")
_MASKED_HOST = re.compile("https?://([^/]*)/…".encode())
_PLAIN_HOST = re.compile(rb"[a-z0-9.-]+(?::[1-9][0-9]{0,3})?")
"""Hosts that masks.mask_url shows as they are, with a port that is surely one."""
_HOSTS_KEPT = 10_000
_CELL = re.compile(r'"((?:[^"]+|"")*)"|([^,\n]*)')
_TOKEN = re.compile(r'"(?:[^"\\]+|\\.)*"|[\[\]{}]', re.DOTALL)


class Screen:
    """Takes the marks from a statement's lines, and masks in those that need it."""

    def __init__(self, statement: Statement) -> None:
        self._columns = statement.columns
        self._mark = ord(JSON_DELIMITER if statement.is_json else ",")
        self._masked = self._masked_json if statement.is_json else self._masked_csv
        self._has_marks = statement.has_marks
        self._has_json = any(column.kind is Kind.JSON for column in statement.columns)
        self._has_hooks = any(masks.mask_of(column.name) is masks.mask_url for column in statement.columns)
        self._plain_hosts: set[bytes] = set()

    def block(self, rows: Sequence[bytes]) -> bytes:
        """The lines of a block, as the file has them."""
        if not self._has_marks:
            return b"".join(rows)
        marked = [place for place, row in enumerate(rows) if row[0] != self._mark]
        lines = [row[1:] for row in rows]
        for place in reversed(marked):
            del lines[place]
        self._screen(lines)
        for place in marked:
            lines.insert(place, self._masked(rows[place][2:], marked=True))
        return b"".join(lines)

    def _screen(self, lines: list[bytes]) -> None:
        """Mask in lines without a mark: in those in which something suspicious stands."""
        text = b"".join(lines)
        found = set(self._suspicious(text))
        if found:
            ends = list(accumulate(map(len, lines)))
            for line in {bisect_right(ends, place) for place in found}:
                lines[line] = self._masked(lines[line], marked=False)

    def _suspicious(self, text: bytes) -> Iterator[int]:
        """Where in these lines something may be a secret."""
        if self._has_hooks and not self._has_plain_hosts(text):
            yield from (match.start() for match in _MASKED_HOST.finditer(text) if not _PLAIN_HOST.fullmatch(match[1]))
        if not self._has_json:
            return
        low = text.lower()
        for word in WORDS:
            place = low.find(word)
            while place >= 0:
                if _REST_OF_KEY.match(low, place):
                    yield place
                place = low.find(word, place + 1)
        if not text.isascii() and any(byte in low for byte in _FIRST_BYTES):
            yield from (match.start() for match in _LETTERS.finditer(text))
        yield from (match.start() for match in _USERINFO.finditer(low))

    def _has_plain_hosts(self, text: bytes) -> bool:
        new = set(_MASKED_HOST.findall(text)) - self._plain_hosts
        if not all(map(_PLAIN_HOST.fullmatch, new)):
            return False
        if len(self._plain_hosts) < _HOSTS_KEPT:
            self._plain_hosts |= new
        return True

    def _masked_csv(self, line: bytes, *, marked: bool) -> bytes:
        text, cells, at = line.decode(), [], 0
        for column in self._columns:
            match = _CELL.match(text, at)
            cell = match[0] if match else ""
            at += len(cell) + 1
            if match and cell and may_hold_secrets(column):
                quoted = match[1]
                cell = _csv_cell(column, match[2] if quoted is None else quoted.replace('""', '"'), marked=marked)
            cells.append(cell)
        return ",".join(cells).encode() + b"\n"

    def _masked_json(self, line: bytes, *, marked: bool) -> bytes:
        text, values, at = line.decode(), [], 1
        for column in self._columns:
            name = f"{as_json(column.name)}:"
            start = at + len(name)
            end = _end_of_value(text, start)
            value, at = text[start:end], end + 1
            if value != "null" and may_hold_secrets(column):
                value = as_json(_shown(column, stored_json.read(value), marked=marked))
            values.append(name + value)
        return f"{{{','.join(values)}}}\n".encode()


def _shown(column: Column, value: Any, *, marked: bool) -> Any:
    """What a secret column has in the file.

    Args:
        value: as it is, where the line was marked, and always in JSON; else as PostgreSQL shows it.
    """
    if marked or column.kind is Kind.JSON:
        return masks.masked(column.name, value)
    if masks.mask_of(column.name) is masks.mask_url:
        return masks.mask_url(f"{value[:-5]}{'x' * 16}{value[-4:]}")  # a secret as long, which ends as it did
    return value


def _csv_cell(column: Column, cell: str, *, marked: bool) -> str:
    is_json = column.kind is Kind.JSON
    value = _shown(column, stored_json.read(cell) if is_json else cell, marked=marked)
    text = str(text_of(value, UTC, is_json=True) if is_json else defused(value))
    if any(character in text for character in '",\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _end_of_value(text: str, at: int) -> int:
    """Where the JSON value ends that begins at `at`, within an object.

    Raises:
        ValueError: it does not end.
    """
    if text[at] not in '"[{':
        return min(place for place in (text.find(",", at), text.find("}", at)) if place >= 0)
    depth = 0
    for token in _TOKEN.finditer(text, at):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth == 0:
            return token.end()
    raise ValueError("A line of JSON ends too early.")
