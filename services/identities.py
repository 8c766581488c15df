"""People as the provider knows them: found, linked, let in, and given the role that it says."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from models import Identity, Passkey, User
from services import audit, users
from services.database import DbSession
from services.errors import ConflictError, NotFoundError
from services.permissions import Actor, Permission, require
from services.provider.errors import NotLetInError
from services.provider.terms import Person, Provider


def sign_in(db: DbSession, who: Person, provider: Provider, *, actor: Actor, now: datetime) -> User:
    """The person of this console who it is: linked or made where they come for the first time, with the role of today.

    The caller looks whether they may sign in, since a role that was taken away stays so, whatever comes of this.

    Args:
        actor: who may edit people; nobody in particular has said that this person may come in, the settings have.

    Raises:
        NotLetInError: they are nobody here, or can't be taken for somebody by their address alone.
    """
    user = _find(db, who) or _find_once_more(db, who) or _first(db, who, provider, actor)
    if provider.roles and user.role != who.role:
        users.edit(db, user.id, {"role": who.role}, actor=actor)
    touch(db, who, now=now)
    return user


def find_person_id(db: DbSession, who: Person) -> UUID | None:
    """Whose identity it is; None where it is nobody's."""
    return db.scalar(select(Identity.user_id).where(*_named(who)))


def touch(db: DbSession, who: Person, *, now: datetime) -> None:
    """Write that it was used."""
    db.execute(update(Identity).where(*_named(who)).values(last_used_at=now))


def of_person(db: DbSession, user_id: UUID) -> Sequence[Identity]:
    """All by which a person can sign in, the oldest first."""
    query = select(Identity).where(Identity.user_id == user_id).order_by(Identity.created_at, Identity.id)
    return db.scalars(query).all()


def link(db: DbSession, who: Person, *, actor: Actor, now: datetime) -> None:
    """Let oneself be known by it from now on.

    Raises:
        ForbiddenError: the actor keeps no account, or acts as somebody else.
        ConflictError: somebody is known by it already.
    """
    require(actor, Permission.KEEP_SIGN_INS, owner_id=actor.id)
    if actor.id is None or not _add(db, actor.id, who, actor, now):
        raise ConflictError("That account of the provider’s is linked already, to you or to somebody else.")


def unlink(db: DbSession, identity_id: UUID, *, actor: Actor) -> None:
    """Be known by it no longer.

    Raises:
        ForbiddenError: the actor keeps no account, or acts as somebody else.
        NotFoundError: there is none such of one's own.
        ConflictError: one could not sign in any more.
    """
    require(actor, Permission.KEEP_SIGN_INS, owner_id=actor.id)
    db.execute(select(User.id).where(User.id == actor.id).with_for_update())
    mine = (Identity.id == identity_id, Identity.user_id == actor.id)
    issuer = db.scalar(delete(Identity).where(*mine).returning(Identity.issuer))
    if issuer is None:
        raise NotFoundError("There is no such link.")
    if not _has_way_in(db, actor.id):
        raise ConflictError("You could not sign in any more. Set a password or add a passkey first.")
    audit.record(db, actor, "user:unlink_identity", actor.id, before={"issuer": issuer})


def _find(db: DbSession, who: Person) -> User | None:
    return db.scalar(
        select(User)
        .join(Identity, Identity.user_id == User.id)
        .where(*_named(who))
        .with_for_update(of=User)
        .execution_options(populate_existing=True)
    )


def _find_once_more(db: DbSession, who: Person) -> User | None:
    """After all who come for the first time at this moment, each of whom waits for the one before."""
    db.execute(select(func.pg_advisory_xact_lock(func.hashtext("console identities"))))
    return _find(db, who)


def _first(db: DbSession, who: Person, provider: Provider, actor: Actor) -> User:
    """Who comes for the first time."""
    if who.email is None:
        raise NotLetInError(
            f"{provider.name} gives no e-mail address of yours that it has verified, so that you can’t be found here.",
            reason="The provider gave no verified address.",
        )
    user = users.find_by_email(db, who.email)
    if user is None or _never_came(user):
        user = _let_in(db, who, provider, actor)
    else:
        _require_same(db, user, who, provider)
    _add(db, user.id, who, actor, None)
    return user


def _never_came(user: User) -> bool:
    """Somebody whom another program made, and whom nobody has let in or kept out."""
    return user.role is None and user.active is None and user.password is None


def _let_in(db: DbSession, who: Person, provider: Provider, actor: Actor) -> User:
    if not provider.creates_people:
        raise NotLetInError(
            "Nobody here has your e-mail address. An admin of this console can let you in.",
            reason="Nobody has the address that the provider gave.",
        )
    if who.role is None:
        raise NotLetInError(
            f"{provider.name} gives you no role here, so that you can’t come in.",
            reason="The provider gave somebody new no role.",
        )
    email = who.email or ""
    return users.create_account(db, email=email, name=who.name, role=who.role, password_hash=None, actor=actor)


def _require_same(db: DbSession, user: User, who: Person, provider: Provider) -> None:
    """Whether an address is enough to be this person.

    Raises:
        NotLetInError: it is not: it may have been somebody else's before, or the person has other proofs.
    """
    if not user.active:
        raise NotLetInError("Your account here may not sign in.", reason="This person may not sign in.")
    if db.scalar(select(exists().where(Identity.user_id == user.id, Identity.issuer == who.issuer))):
        raise NotLetInError(
            f"Your e-mail address belongs to somebody whom {provider.name} knew as another person. Ask an admin.",
            reason="The provider gave a known address to another person of its own.",
        )
    has_proofs = user.password is not None or user.second_factor_since is not None
    if has_proofs and not provider.links_by_email:
        raise NotLetInError(
            f"You have another way to sign in here. Use it, then link {provider.name} under Your account.",
            reason="Somebody with a password has not linked the provider.",
        )


def _add(db: DbSession, user_id: UUID, who: Person, actor: Actor, now: datetime | None) -> bool:
    added = db.scalar(
        insert(Identity)
        .values(user_id=user_id, issuer=who.issuer, subject=who.subject, last_used_at=now)
        .on_conflict_do_nothing()
        .returning(Identity.id)
    )
    if added is not None:
        audit.record(db, actor, "user:link_identity", user_id, after={"issuer": who.issuer})
    return added is not None


def _has_way_in(db: DbSession, user_id: UUID | None) -> bool:
    other = exists().where(Identity.user_id == user_id)
    passkey = exists().where(Passkey.user_id == user_id)
    return bool(db.scalar(select(exists().where(User.id == user_id, or_(User.password.is_not(None), other, passkey)))))


def _named(who: Person) -> tuple[ColumnElement[bool], ...]:
    return Identity.issuer == who.issuer, Identity.subject == who.subject
