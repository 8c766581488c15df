"""Frames: what goes over the wire, as https://html.spec.whatwg.org/multipage/server-sent-events.html has it."""

import json
from collections.abc import Iterable, Iterator, Sequence

RETRY_MS = 2_000
"""How long a browser waits before it connects again."""
HEARTBEAT = b":\n\n"
"""A comment, which nobody hears."""
PIECE_BYTES = 16_384
"""About how much is sent at once."""


def ready(token: str = "") -> bytes:
    """The first frame of a connection; its token, where it has one, names the place from which on it tells."""
    return f"retry: {RETRY_MS}\n".encode() + _frame("ready", token, "{}")


def resync(token: str = "") -> bytes:
    """Something may have been missed: look at all anew."""
    return _frame("resync", token, "{}")


def change(token: str, kind: str, op: str, ids: Iterable[str], count: int) -> bytes:
    """Records changed."""
    told = {"kind": kind, "op": op, "ids": list(ids), "count": count}
    return _frame("change", token, json.dumps(told, separators=(",", ":")))


def _frame(event: str, token: str, data: str) -> bytes:
    named = f"id: {token}\n" if token else ""
    return f"event: {event}\n{named}data: {data}\n\n".encode()


def in_pieces(frames: Sequence[bytes]) -> Iterator[bytes]:
    """The frames joined to few pieces, none much larger than one frame need be, so that no copy of all is made."""
    piece: list[bytes] = []
    size = 0
    for frame in frames:
        if piece and size + len(frame) > PIECE_BYTES:
            yield b"".join(piece)
            piece, size = [], 0
        piece.append(frame)
        size += len(frame)
    if piece:
        yield b"".join(piece)
