"""Echoes: what an answer repeats of the hook that was called, which is a credential, however it is written.

Hosts like to say what they were asked for (`Cannot POST /…`), whole, in part or cut off, escaped, wrapped or in base64.
"""

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from typing import NamedTuple
from urllib.parse import unquote

from services import url_secrets

UNMISTAKABLE = 6
"""Characters from which on a part is known again within other words, in base64 and across lines."""
BEGINNING = 8
"""Characters by which the beginning of a secret is known again that an answer, or its reader, cut off."""
HOOKS_KEPT = 1_000
"""Hooks of which it is kept what to look for, the latest; a worker has at most 1,000 in work."""

_INSTEAD = "…"
_BEHIND = r"(?:(?<![\w~%-])|(?<=%[0-9a-f]{2})|(?<=\\u[0-9a-f]{4}))"
_ALONE = re.compile(rf"{_BEHIND}[\w~-]{{{url_secrets.LEAST},{UNMISTAKABLE - 1}}}(?![\w~-])", re.IGNORECASE)
"""A short word by itself, or behind an escaped sign."""


class _Traces(NamedTuple):
    """What to look for."""

    patterns: tuple[tuple[str, str], ...]
    """What stands in an answer that a pattern finds something in, with the pattern: most answers repeat nothing."""
    short: frozenset[str]
    """Parts that are only taken out where they are words by themselves."""
    parts: tuple[str, ...]
    """Those that may be wrapped."""
    encoded: tuple[str, ...]
    """These in base64."""


def without(answer: str, url: str) -> str:
    """An answer without the URL that was called, nor the parts of it that may be secret."""
    traces = _traces_of(url)
    if traces is None:
        return answer
    folded = answer.casefold()
    if patterns := [pattern for held, pattern in traces.patterns if held in folded]:
        answer = re.sub("|".join(patterns), _INSTEAD, answer, flags=re.IGNORECASE)
    if traces.short:
        answer = _ALONE.sub(lambda match: _INSTEAD if match[0].lower() in traces.short else match[0], answer)
    answer = _without_wrapped(answer, traces.parts)
    for text in traces.encoded:
        answer = answer.replace(text, _INSTEAD)
    return answer


@lru_cache(maxsize=HOOKS_KEPT)
def _traces_of(url: str) -> _Traces | None:
    target = url_secrets.target_of(url)
    if target is None:
        return None
    parts = url_secrets.parts_of(target)
    secrets = sorted({target.geturl(), target.path, target.query, *parts}, key=len, reverse=True)
    long = [text for text in secrets if len(text) >= UNMISTAKABLE]
    short = {text for text in secrets if url_secrets.LEAST <= len(text) < UNMISTAKABLE}
    words = frozenset(text.lower() for text in short if _ALONE.fullmatch(text))
    spellings = {spelling for text in (url, *long) for spelling in _spellings(text) if len(spelling) >= UNMISTAKABLE}
    spellings |= {text for text in short if text.lower() not in words}
    patterns = [(text.casefold(), re.escape(text)) for text in sorted(spellings, key=len, reverse=True)]
    beginnings = [part[:BEGINNING] for part in parts if _is_known_by_beginning(part)]
    patterns += [(text.casefold(), rf"{re.escape(text)}[\w~%-]*") for text in beginnings]
    return _Traces(tuple(patterns), words, tuple(long), tuple(found for text in long for found in _in_base64(text)))


def _is_known_by_beginning(part: str) -> bool:
    return len(part) > BEGINNING and not url_secrets.begins_a_word(part[:BEGINNING])


def _spellings(text: str) -> Iterator[str]:
    """A text as it stands in addresses, once and twice undone, and each of them in HTML and in JSON."""
    for plain in {text, unquote(text), unquote(unquote(text))}:
        in_json = json.dumps(plain)[1:-1]
        yield from (plain, escape(plain), in_json, in_json.replace("&", r"\u0026"), in_json.replace("/", r"\/"))


def _in_base64(part: str) -> Iterator[str]:
    """What base64 makes of a part wherever in a text it begins, without the characters that its neighbours decide."""
    for before in range(3):
        raw = b"\0" * before + part.encode("utf-8", "replace")
        begin, end = -(-before * 8 // 6), len(raw) * 8 // 6
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(raw).decode()[begin:end]


def _without_wrapped(answer: str, parts: tuple[str, ...]) -> str:
    """The answer without parts that its lines are broken within."""
    unwrapped = "".join(answer.split()).lower()
    for part in parts:
        if part.lower() in unwrapped:
            answer = re.sub(r"\s*".join(map(re.escape, part)), _INSTEAD, answer, flags=re.IGNORECASE)
    return answer
