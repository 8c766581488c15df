"""Passwords that were in breaches, as a file of theirs that lies here knows them: nothing of a password leaves."""

import hashlib
from pathlib import Path
from typing import BinaryIO

LINE_LIMIT = 128
"""Bytes that a line has at most."""


def is_one(path: Path, password: str) -> bool:
    """Whether the file has this password.

    Its lines are what haveibeenpwned's downloader writes: the SHA-1 of a password in hexadecimal digits, a colon, how
    often it was seen; in the order of the hashes. It is searched by halves: some 35 reads for a milliard of lines.

    Raises:
        OSError: the file can't be read.
    """
    wanted = hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        low, high = 0, file.seek(0, 2)
        while low < high:
            middle = (low + high) // 2
            if _line_at(file, middle)[:40].upper() < wanted:
                low = middle + 1
            else:
                high = middle
        return _line_at(file, low)[:40].upper() == wanted


def _line_at(file: BinaryIO, place: int) -> bytes:
    """The first line that begins at this byte or after it; after the last one, what sorts behind all."""
    file.seek(max(place - 1, 0))
    if place:
        file.readline(LINE_LIMIT)
    return file.readline(LINE_LIMIT) or b"~"
