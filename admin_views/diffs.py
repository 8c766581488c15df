"""Two texts side by side: what is in both, what was removed, what was added."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

WORDS = 1_500
"""Words of each text up to which words are compared; longer ones are compared line by line. What it costs grows with
the square of this."""
LINES = 1_500
"""Lines of each text up to which they are compared at all."""
KEPT = 160
"""Characters that are shown on each side of a stretch that is alike."""

_WORD = re.compile(r"\s+|[^\W_]+|.", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A stretch of text."""

    kind: Literal["same", "removed", "added"]
    text: str


def diff(before: str, after: str) -> Sequence[Piece]:
    """What became of a text, in order; long stretches that are alike are cut in their middle."""
    return [_cut(piece) for piece in _pieces(before, after)]


def _pieces(before: str, after: str) -> Iterator[Piece]:
    old, new = _parts(before, after)
    if old is None or new is None:
        yield from _whole(before, after)
        return
    for act, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if act == "equal":
            yield Piece("same", "".join(old[i1:i2]))
            continue
        yield from _whole("".join(old[i1:i2]), "".join(new[j1:j2]))


def _parts(before: str, after: str) -> tuple[list[str] | None, list[str] | None]:
    """Both texts in words, or in lines where they have too many; None where they have too many of these, too."""
    for limit, parts in ((WORDS, _WORD.findall), (LINES, _lines)):
        old, new = parts(before), parts(after)
        if max(len(old), len(new)) <= limit:
            return old, new
    return None, None


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _whole(before: str, after: str) -> Iterator[Piece]:
    if before:
        yield Piece("removed", before)
    if after:
        yield Piece("added", after)


def _cut(piece: Piece) -> Piece:
    if piece.kind != "same" or len(piece.text) <= 2 * KEPT + 20:
        return piece
    return Piece("same", f"{piece.text[:KEPT]} … {piece.text[-KEPT:]}")
