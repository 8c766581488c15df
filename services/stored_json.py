"""Reading JSON that PostgreSQL holds: any program may have stored it, in shapes that Python gives up at."""

import json
import re
from math import isinf
from typing import Any

DEEPEST = 200
"""Levels of lists and objects that are read; PostgreSQL stores thousands, and Python can't recurse so far."""
CUT = "…"
"""What stands for what lies deeper."""
_TOKEN = re.compile(r'"(?:[^"\\]+|\\.)*"|[\[\]{}]', re.DOTALL)


def read(stored: str | bytes) -> Any:
    """The value: numbers that Python can't hold as their digits, and what is nested too deep cut.

    Args:
        stored: as the database sends it, so that it is JSON; in UTF-8 where it is bytes.
    """
    text = stored if isinstance(stored, str) else stored.decode()
    if text.count("[") + text.count("{") > DEEPEST:
        text = _cut(text)
    try:
        return _READER.decode(text)
    except ValueError:  # a whole number of more than sys.get_int_max_str_digits()
        return _READER_OF_DIGITS.decode(text)


def _cut(text: str) -> str:
    """The same JSON, with `CUT` in the place of each list and object that lies too deep."""
    kept, depth, start = [], 0, 0
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth == DEEPEST + 1:
                kept.append(f'{text[start : token.start()]}"{CUT}"')
        elif token[0] in "]}":
            depth -= 1
            if depth == DEEPEST:
                start = token.end()
    return "".join([*kept, text[start:]])


def _real(digits: str) -> float | str:
    number = float(digits)
    return digits if isinf(number) else number


def _whole(digits: str) -> int | str:
    try:
        return int(digits)
    except ValueError:
        return digits


_READER = json.JSONDecoder(parse_float=_real)
_READER_OF_DIGITS = json.JSONDecoder(parse_float=_real, parse_int=_whole)
