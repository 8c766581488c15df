"""Acting as somebody else: for an hour, for a reason that is kept, reading only until the admin says otherwise."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import joinedload

from models import Acting, Role, User
from services import audit, text
from services.database import DbSession
from services.errors import ConflictError, NotFoundError
from services.permissions import IN_PERSON, READING, Actor, Permission, can, require

LASTS = timedelta(hours=1)
"""How long one acts as somebody at most; then one begins again, with a reason."""
WRITES_FOR = timedelta(minutes=15)
"""How long one may write, once that is turned on."""
REASON_LIMIT = 500
"""Characters of a reason."""
_READING = READING | {Permission.RUN_WIZARD}
"""The wizard's pages are looked at, too; what they would send is refused at the edge, as all is that is sent."""
_WRITING = frozenset(Permission) - IN_PERSON


@dataclass(frozen=True)
class ActingAs:
    """Somebody as whom an admin acts now."""

    id: UUID
    """That of this time, as it is kept."""
    person: str
    """What the person is called."""
    ends_at: datetime
    writes_until: datetime | None
    """None while nothing may be changed."""
    actor: Actor
    """The person, narrowed to what is permitted, with the admin behind."""


def why_not(user: User, actor: Actor) -> str | None:
    """Why the actor can't act as this person, in a sentence; None where nothing stands in the way.

    Never as an admin: what is done with all rights is to have one author, beyond doubt.
    """
    if user.id == actor.id:
        return "You are this person."
    if user.role is Role.ADMIN:
        return "Nobody acts as an admin: what is done with all rights is to have one author, beyond doubt."
    if user.role is None or not user.active:
        return "This person may not sign in, so that there is nothing to see."
    return None


def start(db: DbSession, user_id: UUID, *, reason: str, actor: Actor, now: datetime) -> UUID:
    """Begin to act as this person, who may be anybody with a role but an admin; the id of it.

    Raises:
        ForbiddenError: the actor may not act as others.
        NotFoundError: there is no such person.
        ConflictError: nobody acts as this one.
        InvalidInputError: there is no reason, or it is too long.
    """
    require(actor, Permission.ACT_AS)
    why = text.clean(reason, field="reason", limit=REASON_LIMIT, required=True)
    user = db.get(User, user_id)
    if user is None:
        raise NotFoundError("There is no such person.")
    if refusal := why_not(user, actor):
        raise ConflictError(refusal)
    acting_id, ends_at = uuid4(), now + LASTS
    db.add(Acting(id=acting_id, admin_id=actor.id, user_id=user_id, reason=str(why), started_at=now, ends_at=ends_at))
    audit.record(db, actor, "user:act_as", user_id, after={"person": user.email, "reason": why, "until": ends_at})
    return acting_id


def find(db: DbSession, acting_id: UUID, *, admin: Actor, now: datetime) -> ActingAs | None:
    """As whom the admin acts; None once that has ended.

    It ends with the hour, with the admin's role, and with the person's access or rise to admin.
    """
    query = select(Acting).where(*_open(acting_id, admin, now)).options(joinedload(Acting.user, innerjoin=True))
    acting = db.scalar(query)
    if acting is None or not can(admin, Permission.ACT_AS) or why_not(acting.user, admin):
        return None
    writes_until = acting.writes_until if acting.writes_until and acting.writes_until > now else None
    actor = Actor(
        id=acting.user_id,
        name=f"{admin.name} acting as {acting.user.email}",
        role=acting.user.role,
        origin=admin.origin,
        only=_WRITING if writes_until else _READING,
        acting_by=admin,
    )
    return ActingAs(acting_id, str(acting.user), acting.ends_at, writes_until, actor)


def person_of(db: DbSession, acting_id: UUID, *, admin: Actor) -> str | None:
    """What the person is called as whom the admin acted, be that over or not; None where there was no such thing."""
    person = select(func.coalesce(func.nullif(User.name, ""), User.email)).join(Acting, Acting.user_id == User.id)
    found: str | None = db.scalar(person.where(Acting.id == acting_id, Acting.admin_id == admin.id))
    return found


def allow_writes(db: DbSession, acting_id: UUID, *, admin: Actor, now: datetime) -> None:
    """Let what is done from now on change what the person could change, for a while.

    Raises:
        ForbiddenError: the role does not permit acting as others.
        ConflictError: it has ended.
    """
    require(admin, Permission.ACT_AS)
    until = func.least(Acting.ends_at, now + WRITES_FOR)
    changed = update(Acting).where(*_open(acting_id, admin, now)).values(writes_until=until)
    found = db.execute(changed.returning(Acting.user_id, Acting.writes_until)).one_or_none()
    if found is None:
        raise ConflictError("You don’t act as anybody any more.")
    audit.record(db, admin, "user:act_as_writing", found.user_id, after={"until": found.writes_until})


def stop(db: DbSession, acting_id: UUID, *, admin: Actor, now: datetime) -> None:
    """Be oneself again; nothing happens where that is so already."""
    stopped = update(Acting).where(*_open(acting_id, admin, now)).values(ended_at=now)
    user_id = db.scalar(stopped.returning(Acting.user_id))
    if user_id is not None:
        audit.record(db, admin, "user:stop_acting_as", user_id)


def _open(acting_id: UUID, admin: Actor, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Acting.id == acting_id,
        Acting.admin_id == admin.id,
        Acting.ended_at.is_(None),
        Acting.ends_at > now,
    )
