"""Text without what varies from one failure to the next: ids, numbers, times and addresses become placeholders.

Words are taken one by one and left alone where nothing in them can vary, so that prose costs little; the scan ends once
enough is known, so that what follows, or how much of it there is, changes nothing. Every expression here is linear: no
repetition can hand characters to the next one.
"""

import re
from itertools import pairwise

LIMIT = 300
"""Characters that are kept."""
READ_LIMIT = 4_000
"""Characters that are looked at."""
_AHEAD = 2
"""How many times the limit is gathered before neighbours are merged, since that shortens the text."""

_QUOTED = re.compile(
    r"""(?:"(?<!\w.)([^"]{1,200})"|'(?<!\w.)([^']{1,200})'|`(?<!\w.)([^`]{1,200})`"""
    r"""|“([^“”]{1,200})”|‘([^‘’]{1,200})’|«([^«»]{1,200})»)(?!\w)"""
)
_NAME = re.compile(r"[^\W\d]{1,40}")
_VARIES = re.compile(r"[\d@]|://|::|[^\W_]{12}|[a-fA-F]{8}")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://[^\s\"'<>()\[\]{},;]*[^\s\"'<>()\[\]{},;.:!?]")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_DAY_TIME = re.compile(
    r"(?<![\w:.])(?:"
    r"\d{4}[-/]\d\d[-/]\d\d(?:[T_]\d\d:?\d\d(?::?\d\d(?:[.,]\d{1,9})?)?)?"
    r"|\d{1,2}[-/](?:\d{1,2}|[A-Z][a-z]{2})[-/]\d{4}(?::\d\d:\d\d:\d\d)?"
    r"|\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?"
    r")(?:Z|[+-]\d\d:?\d\d|[AaPp][Mm])?(?![\w:])"
)
_COLONS = re.compile(
    r"(?<![\w:.])(?=:*[0-9A-Fa-f])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?:\.\d{1,3}){0,3}(?:%\w{1,16})?(?![\w:])"
)
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_RUN = re.compile(r"[\w+/=-]{16,}")
_PIECE = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_CODE = re.compile(r"[A-Z]{1,6}\d{1,5}")
_HEX_LENGTH = 8
"""Letters from a to f from which on a word is taken for a number in base 16; no word of English has as many."""
_HEX_LETTERS = re.compile(r"[a-f]{8,}|[A-F]{8,}")
_KINDS = str.maketrans("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "a" * 26 + "A" * 26 + "0" * 10)
_JOINED = re.compile(r"#(?:[#.,:/+=_-]*#)+")
_SIGNED = re.compile(r"(?<!\S)[+-]#")

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_MONTHS = re.compile("Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec")
_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},?"
_DATE = re.compile(rf"(?:\b{_WEEKDAY} )?(?:#[ -]{_MONTH}[ -]#|\b{_MONTH} #(?:, #)?(?: <time> #)?)")
_UNIT = r"(?:[mµun]?s|m|h|d|(?:milli|micro|nano)?sec(?:ond)?s?|msecs?|min(?:ute)?s?|h(?:ou)?rs?|days?|weeks?)"
_DURATION = re.compile(rf"# {_UNIT}\b")
_TIMES = re.compile(r"<time>(?:,? (?:<time>|GMT|UTC|AM|PM|am|pm|#(?=$| )))+")
_LISTED = re.compile(r"#(?:[ ,;|]+#)+")


def normalise(text: str) -> str:
    """The text in at most `LIMIT` characters, with what varies taken out.

    Spaces are collapsed. `#` stands for ids and numbers, IP addresses too, since an id may happen to be all digits;
    `<time>` for times, dates and durations, and `<url>`, `<email>` and `"…"` for what they say.

    A quoted name, such as 'hookUrl', stays; so do short codes in capitals, such as E1234.
    """
    words: list[str] = []
    length = 0
    for word in _QUOTED.sub(_quoted, text[:READ_LIMIT]).split():
        if not (len(word) < _HEX_LENGTH and word.isalpha()) and _VARIES.search(word):
            word = _normal(word)
            if word == "#" and words and words[-1] == "#":
                continue
        words.append(word)
        length += len(word) + 1
        if length > _AHEAD * LIMIT:
            break
    shape = " ".join(words)
    return printable(_merged(shape) if "#" in shape or "<time>" in shape else shape)[:LIMIT].rstrip()


def printable(text: str) -> str:
    """The text without what can't be seen or stored: control characters, marks of direction, lone surrogates."""
    return text if text.isprintable() else "".join(character for character in text if character.isprintable())


def _quoted(match: re.Match[str]) -> str:
    inside = match[match.lastindex or 0]
    return match[0] if _NAME.fullmatch(inside) else f"{match[0][0]}…{match[0][-1]}"


def _normal(word: str) -> str:
    if "://" in word:
        word = _URL.sub("<url>", word)
    if "@" in word:
        word = _EMAIL.sub("<email>", word)
    if word.count("-") > 3:
        word = _UUID.sub("#", word)
    word = _DAY_TIME.sub("<time>", word)
    if word.count(":") > 1:
        word = _COLONS.sub("#", word)
    word = _PIECE.sub(_piece, _RUN.sub(_run, word))
    return _SIGNED.sub("#", _JOINED.sub("#", word))


def _run(match: re.Match[str]) -> str:
    """`#` for what looks drawn at random, such as a token in base 64: it changes between a, A and 0 all the time."""
    run = match[0]
    kinds = run.translate(_KINDS)
    changes = sum(one != next_one for one, next_one in pairwise(kinds))
    return "#" if "a" in kinds and "A" in kinds and changes * 10 >= len(run) * 3 else run


def _piece(match: re.Match[str]) -> str:
    piece = match[0]
    if _DIGIT.search(piece):
        return piece if _CODE.fullmatch(piece) else "#"
    return "#" if _HEX_LETTERS.fullmatch(piece) else piece


def _merged(shape: str) -> str:
    """Dates of several words, durations, and lists of numbers, each as one placeholder."""
    if _MONTHS.search(shape):
        shape = _DATE.sub("<time>", shape)
    shape = _DURATION.sub("<time>", shape)
    return _LISTED.sub("#", _TIMES.sub("<time>", shape))
