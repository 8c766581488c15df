"""What is kept of an answer: a little of it, as text that a database and a page can hold."""

import re
import zlib
from encodings import normalize_encoding
from encodings.aliases import aliases

import httpx

from services import scrubbing
from services.deploys import echoes
from services.deploys.outcome import EXCERPT_LIMIT
from services.deploys.wire import READ_LIMIT

CHARSETS = frozenset(aliases) | frozenset(aliases.values())
"""Names that are looked up; Python remembers each unknown one for ever, and other people choose them."""

_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Control characters other than tab and line feed, and those that turn the direction of text."""
_WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


def of_answer(response: httpx.Response, raw: bytes, url: str) -> str:
    """The excerpt of an answer's body.

    Args:
        response: what its headers say about the body.
        raw: the body as it came, or its beginning.
        url: the URL that was called; answers like to repeat it, and it is a credential.
    """
    return clean(inflated(raw, response.headers.get("Content-Encoding")), charset_of(response), url)


def clean(body: bytes, charset: str | None, url: str) -> str:
    """The first 2,000 characters, without control characters, the hook's URL and other secrets of this process."""
    text = decoded(body, charset).encode("utf-8", "replace").decode("utf-8")
    return scrubbing.without_known(echoes.without(_INVISIBLE.sub("", text), url))[:EXCERPT_LIMIT]


def inflated(raw: bytes, encoding: str | None) -> bytes:
    """The body unpacked as far as the limit goes, which a bomb does not pass; as it came if it can't be unpacked."""
    bits = _WINDOW_BITS.get((encoding or "").strip().lower())
    if bits is None:
        return raw
    unpacker = zlib.decompressobj(bits)
    try:
        unpacked = unpacker.decompress(raw, READ_LIMIT)
    except zlib.error:
        return raw
    return unpacked if unpacked or unpacker.eof else raw


def decoded(body: bytes, charset: str | None) -> str:
    """The body in its declared charset, or in UTF-8 where none is declared or it is not to be used."""
    name = normalize_encoding(charset[:40]).lower() if charset else ""
    try:
        return body.decode(name if name in CHARSETS else "utf-8", "replace")
    except (LookupError, ValueError):  # a codec that is no charset, such as hex
        return body.decode("utf-8", "replace")


def charset_of(response: httpx.Response) -> str | None:
    """The charset that the answer declares."""
    try:
        return response.charset_encoding
    except (UnicodeError, ValueError, AssertionError):  # the standard library's parser raises these for odd input
        return None
