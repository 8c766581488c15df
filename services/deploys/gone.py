"""Gone hooks: those that answered 410, which nobody needs to call again until they are replaced."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from models import GoneHook, OnboardingSession
from services import vault
from services.database import DbSession
from services.deploys import hooks
from services.errors import InvalidInputError


@dataclass(frozen=True)
class Found:
    """A hook that answered 410, as its deploy has it."""

    digest: str
    host: str
    deploy_id: UUID


def mark_many(db: DbSession, found: Sequence[Found], *, now: datetime) -> None:
    """Note with one statement that hooks answered 410 Gone; of several times the last one counts."""
    if not found:
        return
    newest_of = {one.digest: one for one in found}
    rows = [
        {"url_digest": one.digest, "host": one.host, "gone_at": now, "deploy_id": one.deploy_id}
        for _, one in sorted(newest_of.items())  # all take their locks in one order
    ]
    added = insert(GoneHook).values(rows)
    newest = {"gone_at": added.excluded.gone_at, "deploy_id": added.excluded.deploy_id}
    db.execute(added.on_conflict_do_update(index_elements=[GoneHook.url_digest], set_=newest))


def clear_many(db: DbSession, digests: Collection[str]) -> None:
    """Forget that hooks were gone, since they were heard to work; those that are not marked are passed over."""
    if not digests:
        return
    locked = (
        select(GoneHook.url_digest)
        .where(GoneHook.url_digest.in_(sorted(set(digests))))
        .order_by(GoneHook.url_digest)
        .with_for_update()
    )
    db.execute(delete(GoneHook).where(GoneHook.url_digest.in_(locked)).execution_options(synchronize_session="fetch"))


def find(db: DbSession, digest: str) -> GoneHook | None:
    """The mark of a hook, or None where it is not known to be gone."""
    return db.get(GoneHook, digest, populate_existing=True)


def find_by_url(db: DbSession, url: str) -> GoneHook | None:
    """As `find`, of a hook that no deploy need have called."""
    return find(db, vault.of(db).digest(url))


def which_are_gone(db: DbSession, digests: Collection[str]) -> dict[str, GoneHook]:
    """The marks of those of the hooks that are gone, by digest."""
    if not digests:
        return {}
    marks = db.scalars(select(GoneHook).where(GoneHook.url_digest.in_(set(digests))))
    return {mark.url_digest: mark for mark in marks}


def of_sessions(
    db: DbSession, sessions: Iterable[OnboardingSession], *, default_hook_url: str | None
) -> Mapping[str, GoneHook]:
    """The marks of the hooks that these sessions' next deploys would call, by URL."""
    urls = {url for session in sessions if (url := _next_url(session, default_hook_url))}
    digest = vault.of(db).digest
    urls_of = {digest(url): url for url in urls}
    return {urls_of[found]: mark for found, mark in which_are_gone(db, urls_of).items()}


def why_not(mark: GoneHook) -> str:
    """Why a gone hook is not called."""
    return f"This hook answered 410 Gone on {mark.gone_at:%d %b %Y}; it has to be replaced before it is called again."


def _next_url(session: OnboardingSession, default_hook_url: str | None) -> str | None:
    try:
        return hooks.resolve(None, session.survey, session.vercel_hook_url, default_hook_url)
    except InvalidInputError:
        return None
