"""What a token looks like: `ops_`, 43 letters and digits at random, and 6 that check them.

The beginning lets scanners of sources and logs find what has leaked; the check keeps them, and the console, from taking
other words for tokens, as in https://github.blog/engineering/behind-githubs-new-authentication-token-formats/. 43 of
62 characters hold 256 bits, so that one round of SHA-256 is enough to keep: slow hashes are for what can be guessed.
"""

import re
import secrets
from hashlib import sha256
from string import ascii_letters, digits
from zlib import crc32

PREFIX = "ops_"
PATTERN = r"\bops_[0-9A-Za-z]{49}\b"
"""What scanners can look for."""
_CHARACTERS = digits + ascii_letters
_RANDOM = 43
_CHECK = 6
_WHOLE = re.compile(PATTERN)


def new() -> str:
    """A token that nobody has had."""
    text = "".join(secrets.choice(_CHARACTERS) for _ in range(_RANDOM))
    return f"{PREFIX}{text}{_check(text)}"


def is_token(text: str) -> bool:
    """Whether it can be one at all: of this form, and with the right check."""
    bare = text.removeprefix(PREFIX)
    return _WHOLE.fullmatch(text) is not None and secrets.compare_digest(_check(bare[:_RANDOM]), bare[_RANDOM:])


def hash_of(token: str) -> str:
    """What is kept of a token: SHA-256, as hexadecimal digits."""
    return sha256(token.encode("ascii")).hexdigest()


def _check(text: str) -> str:
    """CRC-32 of the text, in 6 of the characters."""
    number, found = crc32(text.encode("ascii")), ""
    for _ in range(_CHECK):
        number, place = divmod(number, len(_CHARACTERS))
        found = _CHARACTERS[place] + found
    return found
