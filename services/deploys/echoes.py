"""Echoes: what an answer repeats of the hook that was called, which is a credential, however it is written.

Hosts like to say what they were asked for (`Cannot POST /…`), whole, in part or cut off, escaped, wrapped or in base64.
"""

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from urllib.parse import parse_qsl, unquote, urlsplit

SECRET_LENGTH = 6
"""Characters from which on a part of a URL may be a secret; a shorter one would be guessed anyway."""
WORD_LENGTH = 16
"""Letters up to which a lower-case part is taken for a word."""
BEGINNING = 8
"""Characters by which the beginning of a secret is known again that an answer, or its reader, cut off."""
HOOKS_KEPT = 1_000
"""Hooks of which it is kept what to look for, the latest; a worker has at most 1,000 in work."""

_BETWEEN = re.compile(r"[^\w~%-]+")
_INSTEAD = "…"


def without(answer: str, url: str) -> str:
    """An answer without the URL that was called, nor the parts of it that could be secret."""
    look_for, parts, encoded = _traces(url)
    if look_for is None:
        return answer
    answer = _without_wrapped(look_for.sub(_INSTEAD, answer), parts)
    for text in encoded:
        answer = answer.replace(text, _INSTEAD)
    return answer


@lru_cache(maxsize=HOOKS_KEPT)
def _traces(url: str) -> tuple[re.Pattern[str] | None, tuple[str, ...], tuple[str, ...]]:
    """What to look for: the spellings of all that could be secret, its parts, and these in base64."""
    try:
        target = urlsplit(url)._replace(scheme="", netloc="", fragment="")
    except ValueError:
        return None, (), ()
    if len(target.geturl()) < SECRET_LENGTH:
        return None, (), ()
    words = list(filter(_may_be_secret, _words(target.path, target.query)))
    parts = sorted({part for word in words for part in _parts(word)}, key=len, reverse=True)
    wholes = {url, target.geturl(), target.path, target.query, *words, *parts}
    spellings = {text for whole in wholes for text in _spellings(whole) if len(text) >= SECRET_LENGTH}
    beginnings = [f"{re.escape(part[:BEGINNING])}[\\w~%-]*" for part in parts if _is_known_by_beginning(part)]
    found = [*map(re.escape, sorted(spellings, key=len, reverse=True)), *beginnings]
    encoded = tuple(text for part in parts for text in _in_base64(part))
    return re.compile("|".join(found), re.IGNORECASE) if found else None, tuple(parts), encoded


def _words(path: str, query: str) -> Iterator[str]:
    """The path's segments, the query's values, and the names that stand for values there."""
    yield from path.split("/")
    for name, value in parse_qsl(query.replace(";", "&"), keep_blank_values=True):
        yield from (value, name) if not value or any(map(str.isdigit, name)) else (value,)


def _parts(word: str) -> Iterator[str]:
    """A word, and what there is of it between dots, colons and the like."""
    for text in {word, unquote(word)}:
        yield from (part for part in (text, *_BETWEEN.split(text)) if len(part) >= SECRET_LENGTH)


def _may_be_secret(word: str) -> bool:
    """Whether a part of a URL may be one; `deploy` and `integrations` are words that answers need."""
    return not (word.isalpha() and word.islower() and len(word) < WORD_LENGTH)


def _is_known_by_beginning(part: str) -> bool:
    return len(part) > BEGINNING and _may_be_secret(part[:BEGINNING])


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
