"""Showing a hook's URL in full, to those few who may, each time with a word in the trail."""

from uuid import UUID

from services import audit
from services.database import DbSession
from services.deploys import hook_uses, hooks
from services.permissions import Actor, Permission, require


def of_deploy(db: DbSession, deploy_id: UUID, *, actor: Actor) -> str:
    """The URL that a deploy calls.

    Raises:
        ForbiddenError: the role doesn't permit it.
        NotFoundError: there is no such deploy that the actor may see.
        ConflictError: it can't be read.
    """
    require(actor, Permission.REVEAL_HOOK)
    return _told(db, "deploy:reveal", deploy_id, hook_uses.of_deploy(db, deploy_id, actor=actor), actor)


def of_session(db: DbSession, session_id: UUID, *, actor: Actor, default_hook_url: str | None) -> str:
    """The URL that a session's next deploy would call.

    Raises:
        ForbiddenError: the role doesn't permit it.
        NotFoundError: there is no such session that the actor may see.
        ConflictError: it has no hook that can be called.
    """
    require(actor, Permission.REVEAL_HOOK)
    url = hook_uses.of_session(db, session_id, actor=actor, default_hook_url=default_hook_url)
    return _told(db, "session:reveal", session_id, url, actor)


def _told(db: DbSession, tag: str, subject_id: UUID, url: str, actor: Actor) -> str:
    audit.record(db, actor, tag, subject_id, after={"host": hooks.host_of(url)})
    return url
