"""Sign-ins: begun, used, timed out and ended one by one, or all of a person's at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, delete, func, select, true, update

from models import SignIn, User
from services import api_tokens, audit, text
from services.database import DbSession
from services.errors import NotFoundError
from services.permissions import Actor, Permission, can, require

TOUCHED_EVERY = timedelta(minutes=1)
"""How often it is written that a sign-in is used."""
KEPT_FOR = timedelta(days=7)
"""How long an ended sign-in is kept, so that whoever comes with its cookie can be told why it opens nothing."""
AGENT_LIMIT = 400
"""Characters of what a browser says it is."""

WhyEnded = Literal["ended", "idle", "over", "unknown"]


@dataclass(frozen=True)
class Lifetimes:
    """How long sign-ins last, from the settings."""

    idle: timedelta
    """Without use."""
    most: timedelta
    """However much they are used."""


def begin(
    db: DbSession, user_id: UUID, *, origin: str | None, user_agent: str | None, lifetimes: Lifetimes, now: datetime
) -> SignIn:
    """A person has just proved who they are, in one browser."""
    ends_at = now + lifetimes.most
    sign_in = SignIn(
        id=uuid4(),
        user_id=user_id,
        created_at=now,
        last_used_at=now,
        origin=origin,
        user_agent=_agent(user_agent or ""),
        expires_at=min(now + lifetimes.idle, ends_at),
        ends_at=ends_at,
    )
    db.add(sign_in)
    db.flush()
    return sign_in


def _agent(said: str) -> str | None:
    said = said[:AGENT_LIMIT].strip()
    return said if said and text.is_storable(said) else None


def is_live(now: datetime) -> ColumnElement[bool]:
    """A condition on sign-ins that holds for those which open anything."""
    return and_(SignIn.ended_at.is_(None), SignIn.expires_at > now)


def touch(db: DbSession, sign_in_id: UUID, *, origin: str | None, lifetimes: Lifetimes, now: datetime) -> None:
    """Write that it is used, and so goes on, unless it has ended or that was written a moment ago."""
    db.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, is_live(now), SignIn.last_used_at <= now - TOUCHED_EVERY)
        .values(last_used_at=now, origin=origin, expires_at=func.least(now + lifetimes.idle, SignIn.ends_at))
        .execution_options(synchronize_session=False)
    )


def rename(db: DbSession, sign_in_id: UUID, *, now: datetime) -> UUID | None:
    """Have it go by another id, so that a cookie which names the old one opens nothing; None where it has ended."""
    renamed = update(SignIn).where(SignIn.id == sign_in_id, is_live(now)).values(id=uuid4()).returning(SignIn.id)
    return db.scalar(renamed.execution_options(synchronize_session=False))


def why_ended(db: DbSession, sign_in_id: UUID, *, now: datetime) -> WhyEnded:
    """Why it opens nothing any more: somebody ended it, it was idle, its time is over, or it is long forgotten."""
    sign_in = db.get(SignIn, sign_in_id)
    if sign_in is None:
        return "unknown"
    if sign_in.ended_at is not None or sign_in.expires_at > now:
        return "ended"
    return "over" if sign_in.expires_at >= sign_in.ends_at else "idle"


def live_of(db: DbSession, user_id: UUID, *, actor: Actor, now: datetime) -> Sequence[SignIn]:
    """Where a person is signed in, the one used last first.

    Raises:
        ForbiddenError: it is another person, whose sign-ins the actor may not manage.
    """
    _require_own(actor, user_id)
    found = select(SignIn).where(SignIn.user_id == user_id, is_live(now))
    return db.scalars(found.order_by(SignIn.last_used_at.desc(), SignIn.id)).all()


def end(db: DbSession, sign_in_id: UUID, *, actor: Actor, now: datetime) -> UUID:
    """End one sign-in: one's own, or, of those who may manage them, anybody's. Returns whose it was.

    Raises:
        NotFoundError: there is none that goes on and that this person may end.
    """
    mine = SignIn.user_id == actor.id
    within = true() if can(actor, Permission.MANAGE_SIGN_INS) else mine
    ended = _end(db, and_(SignIn.id == sign_in_id, within, is_live(now)), at=now)
    if not ended:
        raise NotFoundError("There is no such sign-in, or it has ended already.")
    audit.record(db, actor, "user:end_sign_in", ended[0], after={"ended": 1})
    return ended[0]


def end_others(db: DbSession, keep: UUID | None, *, actor: Actor, now: datetime) -> int:
    """End all of one's own sign-ins but the one in use. Returns how many."""
    ended = _end(db, and_(SignIn.user_id == actor.id, SignIn.id != keep, is_live(now)), at=now)
    if ended:
        audit.record(db, actor, "user:end_sign_in", actor.id, after={"ended": len(ended)})
    return len(ended)


def end_all_of(db: DbSession, user_id: UUID, *, actor: Actor, now: datetime) -> int:
    """End all of a person's sign-ins, one's own or another's, and all API tokens. Returns how many sign-ins.

    Raises:
        ForbiddenError: it is another person, whose sign-ins the actor may not manage.
        NotFoundError: there is no such person.
    """
    _require_own(actor, user_id)
    user = db.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFoundError("There is no such person.")
    ended = forget_cookies(db, user)
    audit.record(db, actor, "user:end_sign_in", user_id, after={"ended": ended})
    api_tokens.revoke_all(db, user_id, actor=actor)
    return ended


def forget_cookies(db: DbSession, user: User) -> int:
    """Have nothing open any more that was signed in as this person until now; the caller records why."""
    user.fs_uniquifier = uuid4().hex
    db.flush()
    going_on = and_(SignIn.ended_at.is_(None), SignIn.expires_at > func.now())
    return len(_end(db, and_(SignIn.user_id == user.id, going_on), at=func.now()))


def _end(db: DbSession, which: ColumnElement[bool], *, at: datetime | ColumnElement[datetime]) -> Sequence[UUID]:
    """End those sign-ins; whose they were."""
    statement = update(SignIn).where(which).values(ended_at=at).returning(SignIn.user_id)
    return db.scalars(statement.execution_options(synchronize_session=False)).all()


def forget_old(db: DbSession, *, now: datetime) -> None:
    """Delete what ended long ago."""
    db.execute(delete(SignIn).where(SignIn.expires_at < now - KEPT_FOR))


def _require_own(actor: Actor, user_id: UUID) -> None:
    if not can(actor, Permission.KEEP_SIGN_INS, owner_id=user_id):
        require(actor, Permission.MANAGE_SIGN_INS)
