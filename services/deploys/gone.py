"""Gone hooks: those that answered 410, which nobody needs to call again until they are replaced."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from models import GoneHook, OnboardingSession
from services.database import DbSession
from services.deploys import hooks, host
from services.errors import InvalidInputError


def digest(url: str) -> str:
    """What a hook is known by here, since its URL is a credential: SHA-256 in hexadecimal digits."""
    return sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def mark(db: DbSession, url: str, *, deploy_id: UUID, now: datetime) -> None:
    """Note that a hook answered 410 Gone; of several times the last one counts."""
    mark_many(db, [(url, deploy_id)], now=now)


def mark_many(db: DbSession, found: Sequence[tuple[str, UUID]], *, now: datetime) -> None:
    """Note many gone hooks with one statement.

    Args:
        found: each hook's URL, and the deploy that found it gone.
    """
    finders = dict(found)
    hosts = host.of_urls(db, finders.keys())
    rows = [
        {"url_digest": digest(url), "host": hosts[url], "gone_at": now, "deploy_id": deploy_id}
        for url, deploy_id in finders.items()
    ]
    if not rows:
        return
    rows.sort(key=lambda row: str(row["url_digest"]))  # all take their locks in one order
    added = insert(GoneHook).values(rows)
    newest = {"gone_at": added.excluded.gone_at, "deploy_id": added.excluded.deploy_id}
    db.execute(added.on_conflict_do_update(index_elements=[GoneHook.url_digest], set_=newest))


def clear(db: DbSession, url: str) -> None:
    """Forget that a hook was gone, since it was heard to work."""
    clear_many(db, [url])


def clear_many(db: DbSession, urls: Collection[str]) -> None:
    """Forget many with one statement; those that are not marked are passed over."""
    if not urls:
        return
    locked = (
        select(GoneHook.url_digest)
        .where(GoneHook.url_digest.in_(_digests(urls)))
        .order_by(GoneHook.url_digest)
        .with_for_update()
    )
    db.execute(delete(GoneHook).where(GoneHook.url_digest.in_(locked)).execution_options(synchronize_session="fetch"))


def find(db: DbSession, url: str) -> GoneHook | None:
    """The mark of a hook, or None where it is not known to be gone."""
    return db.get(GoneHook, digest(url), populate_existing=True)


def which_are_gone(db: DbSession, urls: Iterable[str]) -> dict[str, GoneHook]:
    """The marks of those of the URLs that are gone, by URL."""
    names = {digest(url): url for url in urls}
    if not names:
        return {}
    marks = db.scalars(select(GoneHook).where(GoneHook.url_digest.in_(names)))
    return {names[mark.url_digest]: mark for mark in marks}


def of_sessions(
    db: DbSession, sessions: Iterable[OnboardingSession], *, default_hook_url: str | None
) -> Mapping[str, GoneHook]:
    """The marks of the hooks that these sessions' next deploys would call, by URL."""
    urls = (_next_url(session, default_hook_url) for session in sessions)
    return which_are_gone(db, [url for url in urls if url])


def why_not(mark: GoneHook) -> str:
    """Why a gone hook is not called."""
    return f"This hook answered 410 Gone on {mark.gone_at:%d %b %Y}; it has to be replaced before it is called again."


def _next_url(session: OnboardingSession, default_hook_url: str | None) -> str | None:
    try:
        return hooks.resolve(None, session.survey, session.vercel_hook_url, default_hook_url)
    except InvalidInputError:
        return None


def _digests(urls: Iterable[str]) -> list[str]:
    return sorted({digest(url) for url in urls})
