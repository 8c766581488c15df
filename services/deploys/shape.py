"""What an answer looks like: the words in which it says what is wrong, and, of JSON, the names of its fields."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import Any

from services.deploys.placeholders import LIMIT, READ_LIMIT, normalise, printable

SENTENCES = (
    "message",
    "detail",
    "error_description",
    "errormessage",
    "description",
    "title",
    "reason",
    "error",
    "errors",
)
"""The fields of JSON, in lower case, whose text says what is wrong; the most telling first."""
CODES = ("code", "error_code", "errorcode", "type", "name", "status")
"""Those that hold a word for it."""
DEPTH_LIMIT = 6
_KEY_LIMIT = 40
_PLAIN_KEY = re.compile(r"[A-Za-z]{1,11}")
_KEYS_LIMIT = 120
"""Characters that the list of fields may have."""
_CODE = re.compile(r"[A-Za-z][A-Za-z_.: -]{0,50}\d{0,5}|\d{1,5}")
_PAIR = re.compile(r'"([A-Za-z_]{1,20})"\s{0,8}:\s{0,8}(?:"((?:[^"\\]|\\.){1,1000})|(\d{1,5}\b))')
_TAG_OR_TEXT = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)?[^<>]*>|[^<]+")
_HEADINGS = ("title", "h1")
_UNREAD = ("script", "style")


@lru_cache(maxsize=256)  # a host that is down gives the same answer again and again
def shape_of(answer: str) -> str:
    """An answer in at most `LIMIT` characters, without what varies from one to the next; equal for equal causes.

    HTML is reduced to its title and first heading, or, where it has neither, to its text. Of JSON there remain its
    messages and codes, and the names of its fields, as “message · code {error.code, error.message}”.
    """
    answer = answer[:READ_LIMIT].strip()
    if answer[:1] in ("{", "[", '"'):
        return _json_shape(answer)
    if answer[:1] == "<":
        return normalise(_html_words(answer))
    return normalise(answer)


def _json_shape(answer: str) -> str:
    try:
        parsed = json.loads(answer)
    except (ValueError, RecursionError):
        return _cut_json_shape(answer)
    if isinstance(parsed, str):
        return normalise(parsed)
    fields = list(_fields(parsed, "", 0))
    said = _said([(path.rpartition(".")[2].removesuffix("[]"), value) for path, value in fields])
    names = ", ".join(sorted({path for path, _ in fields if path}))
    keys = f"{{{names[:_KEYS_LIMIT]}}}"
    return f"{said[: LIMIT - len(keys) - 1]} {keys}".strip()


def _cut_json_shape(answer: str) -> str:
    """That of JSON that is cut off or broken: what it says, where it can be found."""
    said = _said([(name, _unescaped(text) if text else int(number)) for name, text, number in _PAIR.findall(answer)])
    return said or normalise(answer)


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def _fields(value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Each field's path and value; the members of a list share one path."""
    if depth > DEPTH_LIMIT:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            name = key if _PLAIN_KEY.fullmatch(key) else normalise(key[:_KEY_LIMIT])
            yield from _fields(inner, f"{path}.{name}" if path else name, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _fields(inner, f"{path}[]", depth + 1)
    else:
        yield path, value


def _said(fields: list[tuple[str, Any]]) -> str:
    """What the telling fields say, each thing once: sentences before codes."""
    found: dict[str, set[str]] = {}
    for name, value in fields:
        if (telling := name.lower()) in _TELLING and _is_said(value):
            found.setdefault(telling, set()).add(str(value))
    said: dict[str, None] = {}
    for telling, word in _TELLING.items():
        if telling in found:
            said |= dict.fromkeys(filter(None, sorted(map(word, found[telling]))))
    return " · ".join(said)[:LIMIT].rstrip()


def _is_said(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _code(text: str) -> str:
    """A code as it is, numbers in it too, unless it is as long as an id."""
    return text if _CODE.fullmatch(text) else normalise(text)


_TELLING = dict.fromkeys(SENTENCES, normalise) | dict.fromkeys(CODES, _code)


def _html_words(answer: str) -> str:
    headings: dict[str, str] = {}
    texts: list[str] = []
    inside = ""
    for match in _TAG_OR_TEXT.finditer(answer):
        text = match[0]
        if text[0] == "<":
            name = (match[2] or "").lower()
            if name in _HEADINGS or name in _UNREAD:
                inside = "" if match[1] else name
            continue
        if inside in _UNREAD or not (text := text.strip()):
            continue
        texts.append(text)
        if inside:
            headings[inside] = f"{headings.get(inside, '')} {text}".strip()
        if len(headings) == len(_HEADINGS) and not inside:
            break
    return printable(unescape(" · ".join(dict.fromkeys(headings.values())) or " ".join(texts)).replace("\n", " "))
