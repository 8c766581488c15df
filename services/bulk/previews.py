"""The preview of a bulk job: how many records, what would become of them, which would be skipped and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from services.bulk.act import Act, ActContext, Outlook
from services.bulk.freeze import LIMIT
from services.database import DbSession
from services.permissions import Actor, require

LOOKED_AT = 1_000
"""Records that a preview looks at one by one; of more than these it says what the first come to."""
SAMPLE = 10
"""Records that it shows."""


@dataclass(frozen=True)
class Sampled:
    """One record as the preview shows it."""

    record_id: Any
    name: str
    outlook: Outlook


@dataclass(frozen=True)
class Preview:
    """What a bulk job would do if it began now."""

    act: Act
    total: int
    """How many records match; one more than the limit where there are more."""
    looked_at: int
    """How many of them were looked at: all, or the first."""
    skipped: Mapping[str, int]
    """Why, and how many of those that were looked at; the most first."""
    sample: Sequence[Sampled]
    """The first to which it would be done."""

    @property
    def is_too_many(self) -> bool:
        return self.total > LIMIT

    @property
    def is_whole(self) -> bool:
        """Whether all were looked at, so that the counts are exact."""
        return self.looked_at >= self.total

    @property
    def would(self) -> int:
        """To how many of those that were looked at it would be done."""
        return self.looked_at - sum(self.skipped.values())


def preview(db: DbSession, act: Act, ids: Select[Any], *, actor: Actor, context: ActContext) -> Preview:
    """Look at what the act would do.

    Args:
        ids: a SELECT of the primary keys that the list's filter selects.

    Raises:
        ForbiddenError: the role does not permit the act.
    """
    require(actor, act.permission)
    keys = ids.order_by(None).distinct().subquery()
    some = select(*keys.c).limit(LIMIT + 1).subquery()
    total = db.scalars(select(func.count()).select_from(some)).one()
    [key] = keys.c
    records = act.load(db, select(key).order_by(key).limit(LOOKED_AT), actor)
    outlooks = act.look(db, records, actor, context)
    skipped = Counter(outlook.why_not for outlook in outlooks if outlook.why_not)
    would = [(record, outlook) for record, outlook in zip(records, outlooks, strict=True) if not outlook.why_not]
    return Preview(
        act=act,
        total=max(total, len(records)),
        looked_at=len(records),
        skipped=dict(skipped.most_common()),
        sample=[Sampled(getattr(record, act.key.key), str(record), outlook) for record, outlook in would[:SAMPLE]],
    )
