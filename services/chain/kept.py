"""Seals as logs have them, where whoever rules the database does not: the chain has to hold each of them still."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from sqlalchemy import select

from models import AuditSeal
from services.database import DbSession

AT_ONCE = 1_000
"""Seals that are asked for at a time."""
_SAID = re.compile(r"\bas seal (\d{1,18}): ([0-9a-f]{64})\b", re.ASCII)


class Kept(NamedTuple):
    """A seal as it was when it was logged."""

    seq: int
    digest: bytes


def read_log(lines: Iterable[str]) -> Iterator[Kept]:
    """The seals that a worker's log tells of (`… as seal 7: 9f86…`), whatever else is in it."""
    for line in lines:
        for seq, digest in _SAID.findall(line):
            yield Kept(int(seq), bytes.fromhex(digest))


def check(db: DbSession, logged: Iterable[Kept]) -> tuple[int, str | None]:
    """How many of the seals the chain holds, up to the first that it does not; and what is wrong with that."""
    rest, held = iter(logged), 0
    while some := tuple(islice(rest, AT_ONCE)):
        if fault := _fault_of(db, some):
            return held, fault
        held += len(some)
    return held, None if held else "The log tells of no seal, so that it proves nothing."


def _fault_of(db: DbSession, some: Sequence[Kept]) -> str | None:
    wanted = select(AuditSeal.seq, AuditSeal.digest).where(AuditSeal.seq.in_({one.seq for one in some}))
    digests = dict(db.execute(wanted).all())
    for one in some:
        if one.seq not in digests:
            return f"Seal {one.seq} is missing, which the log tells of: the chain was cut short, or made anew."
        if digests[one.seq] != one.digest:
            return f"Seal {one.seq} has another digest than the log tells of: the chain was made anew."
    return None
