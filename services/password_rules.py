"""What a new password must be, as NIST SP 800-63B-4 (section 3.1.1) has it: long, and not what is tried first."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from services import breaches

LEAST = 15
"""Characters: what the standard asks of a password that may be all that somebody signs in with."""
MOST = 256
"""Characters; the standard asks for no fewer than 64 to be taken."""
LEAST_SCORE = 3
"""Of zxcvbn's scores from 0 to 4: more than 10⁸ guesses (Wheeler, “zxcvbn”, USENIX Security 2016)."""
OURS = ("operations console", "operationsconsole", "operations", "console")
SHORTEST_WORD = 3
"""Characters of what is known from which on it counts."""
LEAST_BESIDES = 8
"""Characters that have to be left once what is known is taken out: a name and a year are tried soon."""
_READ = 72
"""Characters that zxcvbn looks at."""


def normalize(password: str) -> str:
    """The password as it is compared: what looks alike and is typed in different ways is the same (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def complaint(password: str, *, known: Iterable[str | None] = (), breached: Path | None = None) -> str | None:
    """What is wrong with a new password; None where it can be used. Any character goes, and no kind is asked for.

    Args:
        password: as `normalize` gives it.
        known: what others know of the person: name, address.
        breached: a file of passwords that were in breaches, as services.breaches reads it.
    """
    if len(password) < LEAST:
        return f"Use at least {LEAST} characters: a few words that belong to nobody’s saying do well."
    if len(password) > MOST:
        return f"Use at most {MOST} characters."
    words = list(_words_of(known))
    if _is_little_besides(password.casefold(), words):
        return "It is among the first guesses of whoever knows you or this console."
    if breached and breaches.is_one(breached, password):
        return "It was in a breach elsewhere, so that attackers try it. Choose another."
    return _guessed(password, words)


def _is_little_besides(folded: str, words: list[str]) -> bool:
    """Whether it is made of these words, with little else."""
    left = folded
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, " ") if len(word) >= SHORTEST_WORD else left
    return left != folded and len("".join(left.split())) < LEAST_BESIDES


def _guessed(password: str, words: list[str]) -> str | None:
    from zxcvbn import zxcvbn  # here, since it is 14 MB of words that few processes ever need

    found = zxcvbn(password[:_READ], user_inputs=words)
    if found["score"] >= LEAST_SCORE:
        return None
    why = str(found["feedback"]["warning"]).rstrip(".")
    return f"It is among the first that attackers try{': ' + why[0].lower() + why[1:] if why else ''}. Choose another."


def _words_of(known: Iterable[str | None]) -> Iterable[str]:
    yield from OURS
    for text in filter(None, known):
        folded = text.casefold()
        yield folded
        yield from (part for part in re.split(r"[^\w]+|_", folded) if part)
        yield from filter(None, [folded.partition("@")[0]])
