"""Tokens of programs: making, finding and revoking them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, or_, select, update

from models import ApiToken, Role, TokenScope, User
from services import audit, text, token_texts
from services.database import DbSession
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.permissions import GRANTS, TOKEN_SCOPES, Actor, Permission, can, require

LIFETIMES_DAYS = (7, 30, 90, 365)
"""How long a token may be made to last: a year at most, so that none is forgotten for good."""
NAME_LIMIT = 60
"""Characters of a name."""
LIVE_LIMIT = 50
"""Tokens that one person may have at a time."""
USE_NOTED_EVERY = timedelta(minutes=1)
"""How exactly the last use is known: a write with each request would cost more than the request."""


@dataclass(frozen=True)
class Made:
    """A token, and the text that is known only now."""

    token: ApiToken
    text: str


@dataclass(frozen=True)
class Known:
    """A token that was sent, and its person."""

    id: UUID
    scope: TokenScope
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    user_id: UUID
    email: str
    role: Role | None
    is_active: bool | None

    def is_use_unnoted(self, now: datetime) -> bool:
        """Whether its use now is worth a write."""
        return self.last_used_at is None or self.last_used_at < now - USE_NOTED_EVERY


def scopes_for(role: Role | None) -> Sequence[TokenScope]:
    """The scopes that are of use to a role: each of them opens something that the one before does not."""
    granted = {} if role is None else GRANTS[role]
    useful: list[TokenScope] = []
    reached: frozenset[Permission] = frozenset()
    for scope, held in TOKEN_SCOPES.items():
        if (reaches := held & granted.keys()) > reached:
            useful.append(scope)
            reached = reaches
    return useful


def make(
    db: DbSession,
    user_id: UUID,
    *,
    name: str,
    scope: str,
    days: int,
    actor: Actor,
    now: datetime,
    token_id: UUID | None = None,
) -> Made:
    """Make a token for a person, oneself mostly.

    Args:
        days: one of `LIFETIMES_DAYS`.
        token_id: what a form was given, so that one which is sent twice makes one token.

    Raises:
        ForbiddenError: the actor may not make tokens for this person.
        InvalidInputError: the name, the scope or the days can't be used.
        ConflictError: the person has too many, or the form was sent before.
    """
    is_terminal = actor.id is None and can(actor, Permission.MANAGE_TOKENS)
    if not is_terminal:  # no admin makes what another is known by
        require(actor, Permission.KEEP_TOKENS, owner_id=user_id)
    person = db.get_one(User, user_id, with_for_update={"key_share": True}, populate_existing=True)
    _require_room(db, user_id, token_id, now)
    token_text = token_texts.new()
    token = ApiToken(
        id=token_id or uuid4(),
        user_id=user_id,
        name=_name(name),
        scope=_scope(scope, person),
        token_hash=token_texts.hash_of(token_text),
        last_four=token_text[-4:],
        created_at=now,
        expires_at=now + timedelta(days=_days(days)),
    )
    db.add(token)
    db.flush()
    audit.record(db, actor, "api_token:create", token.id, after=_fields(token))
    return Made(token, token_text)


def find(db: DbSession, token_text: str) -> Known | None:
    """The token with its person, whatever became of them, in one look at an index; None where there is none."""
    if not token_texts.is_token(token_text):
        return None
    columns = (ApiToken.id, ApiToken.scope, ApiToken.expires_at, ApiToken.revoked_at, ApiToken.last_used_at)
    query = select(*columns, User.id, User.email, User.role, User.active).join(User, User.id == ApiToken.user_id)
    row = db.execute(query.where(ApiToken.token_hash == token_texts.hash_of(token_text))).one_or_none()
    return None if row is None else Known(*row)


def note_use(db: DbSession, token_id: UUID, *, origin: str | None, now: datetime) -> None:
    """Write when a token was used, and from where, unless that was written a moment ago."""
    stale = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at < now - USE_NOTED_EVERY)
    noted = update(ApiToken).where(ApiToken.id == token_id, stale)
    db.execute(noted.values(last_used_at=now, last_used_from=origin).execution_options(synchronize_session=False))


def of_person(db: DbSession, user_id: UUID, *, actor: Actor) -> Sequence[ApiToken]:
    """A person's tokens, the newest first; none where the actor may not see them."""
    if not (can(actor, Permission.KEEP_TOKENS, owner_id=user_id) or can(actor, Permission.MANAGE_TOKENS)):
        return ()
    mine = select(ApiToken).where(ApiToken.user_id == user_id)
    return db.scalars(mine.order_by(ApiToken.created_at.desc(), ApiToken.id.desc())).all()


def revoke(db: DbSession, token_id: UUID, *, actor: Actor, now: datetime) -> ApiToken:
    """End a token at once: one's own, or, for admins, anybody's.

    Raises:
        NotFoundError: there is no such token, or none that the actor may revoke.
        ConflictError: it has ended already.
    """
    token = db.get(ApiToken, token_id)
    if token is None or not _may_revoke(actor, token):
        raise NotFoundError("There is no such token, or none that you may see.")
    live = (ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)
    ended = update(ApiToken).where(ApiToken.id == token_id, *live).values(revoked_at=now, revoked_by=actor.name)
    if db.scalar(ended.returning(ApiToken.id)) is None:
        raise ConflictError("This token has ended already.")
    audit.record(db, actor, "api_token:revoke", token_id, before={"revoked_at": None}, after={"revoked_at": now})
    return token


def revoke_all(db: DbSession, user_id: UUID, *, actor: Actor) -> int:
    """End all tokens of a person, whose access was taken away or who ends everything; how many there were.

    Whether the actor may do that to the person is asked by what calls it.
    """
    live = (ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > func.now())
    ended = update(ApiToken).where(*live).values(revoked_at=func.now(), revoked_by=actor.name)
    revoked = db.execute(ended.returning(ApiToken.id, ApiToken.revoked_at)).all()
    for token_id, at in revoked:
        audit.record(db, actor, "api_token:revoke", token_id, before={"revoked_at": None}, after={"revoked_at": at})
    return len(revoked)


def _may_revoke(actor: Actor, token: ApiToken) -> bool:
    return can(actor, Permission.KEEP_TOKENS, owner_id=token.user_id) or can(actor, Permission.MANAGE_TOKENS)


def _require_room(db: DbSession, user_id: UUID, token_id: UUID | None, now: datetime) -> None:
    if token_id is not None and db.get(ApiToken, token_id) is not None:
        raise ConflictError("This form was sent before, and its token shown then. Revoke that one if it is lost.")
    live = (ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)
    if db.scalars(select(func.count()).select_from(ApiToken).where(*live)).one() >= LIVE_LIMIT:
        raise ConflictError(f"One person may have {LIVE_LIMIT} tokens at a time; revoke some first.")


def _name(given: str) -> str:
    return str(text.clean(" ".join(given.split()), field="name", limit=NAME_LIMIT, required=True))


def _scope(given: str, person: User) -> TokenScope:
    useful = scopes_for(person.role)
    if given not in useful:
        known = " or ".join(useful) or "none at all"
        raise InvalidInputError(f"The role permits {known}.", field="scope")
    return TokenScope(given)


def _days(given: int) -> int:
    if given not in LIFETIMES_DAYS:
        raise InvalidInputError(f"Choose {', '.join(map(str, LIFETIMES_DAYS))} days.", field="days")
    return given


def _fields(token: ApiToken) -> dict[str, object]:
    names = ("user_id", "name", "scope", "last_four", "expires_at")
    return {name: getattr(token, name) for name in names}
