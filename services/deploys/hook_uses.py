"""Where a hook is used: what has to follow when it is replaced."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from models import LIVE_STATUSES, Deploy, OnboardingSession
from services import vault
from services.database import DbSession
from services.deploys import gone, hooks, sealing
from services.errors import ConflictError, InvalidInputError
from services.lookups import get_visible
from services.patience import patient
from services.permissions import Actor
from services.scopes import visible
from services.vault import SealedError

SHOWN = 50
"""Rows of each kind."""
COUNTED = 10_000
"""Past deploys that are counted at most."""
PATIENCE_MS = 3_000
"""For how long sessions are looked through: no index has their hooks, which would cost each wizard more than this."""


@dataclass(frozen=True)
class HookUses:
    """The sessions and deploys of a hook that the actor may see."""

    hook: str
    """Masked."""
    sessions: Sequence[OnboardingSession] | None
    """Those that name it themselves, newest first; null where they could not be looked through in time."""
    has_more_sessions: bool
    is_default: bool
    """Whether it is called for every session that names none."""
    live: Sequence[Deploy]
    """Deploys that are to call it, or are calling it now."""
    past: int
    """Deploys that have ended, at most `COUNTED`."""
    gone: str | None
    """Why it is not called any more, where it answered 410."""


def of_url(db: DbSession, url: str, *, actor: Actor, default_hook_url: str | None) -> HookUses:
    """The uses of a hook that is known by its URL.

    Raises:
        InvalidInputError: it is no URL of a hook.
    """
    if not url.strip():
        raise InvalidInputError("Paste the URL of a hook.", field="hookUrl")
    url = hooks.parse(url)
    digest = vault.of(db).digest(url)
    sessions = _sessions(db, url, actor)
    mark = gone.find(db, digest)
    return HookUses(
        hook=hooks.mask(url),
        sessions=None if sessions is None else sessions[:SHOWN],
        has_more_sessions=sessions is not None and len(sessions) > SHOWN,
        is_default=default_hook_url is not None and default_hook_url.strip() == url,
        live=_live(db, digest, actor),
        past=_past(db, digest, actor),
        gone=gone.why_not(mark) if mark else None,
    )


def of_deploy(db: DbSession, deploy_id: UUID, *, actor: Actor) -> str:
    """The URL that a deploy calls, to look for: whoever asks is not told it.

    Raises:
        NotFoundError: there is no such deploy that the actor may see.
        ConflictError: it can't be read.
    """
    deploy = get_visible(db, Deploy, deploy_id, actor)
    try:
        return sealing.url_of(db, deploy)
    except SealedError as error:
        raise ConflictError("This hook can't be read: HOOK_KEYS lacks the key that it is encrypted with.") from error


def of_session(db: DbSession, session_id: UUID, *, actor: Actor, default_hook_url: str | None) -> str:
    """The URL that the session's next deploy would call, as `of_deploy`.

    Raises:
        NotFoundError: there is no such session that the actor may see.
        ConflictError: it has no hook that can be called.
    """
    session = get_visible(db, OnboardingSession, session_id, actor)
    try:
        url = hooks.resolve(None, session.survey, session.vercel_hook_url, default_hook_url)
    except InvalidInputError as error:
        raise ConflictError(error.message) from error
    if url is None:
        raise ConflictError("No deploy hook is set for this session.")
    return url


def _sessions(db: DbSession, url: str, actor: Actor) -> Sequence[OnboardingSession] | None:
    named = OnboardingSession.vercel_hook_url, OnboardingSession.survey["vercelHookOverride"].astext
    statement = (
        select(OnboardingSession.id)
        .where(visible(OnboardingSession, actor), or_(*(func.btrim(one) == url for one in named)))
        .limit(SHOWN + 1)
    )
    with patient(db, PATIENCE_MS) as reader:
        ids = reader.read(statement)
    if ids is None:
        return None
    rows = select(OnboardingSession).where(OnboardingSession.id.in_(ids)).options(joinedload(OnboardingSession.user))
    return db.scalars(rows.order_by(OnboardingSession.updated_at.desc())).all()


def _live(db: DbSession, digest: str, actor: Actor) -> Sequence[Deploy]:
    return db.scalars(
        select(Deploy)
        .where(Deploy.hook_digest == digest, Deploy.status.in_(LIVE_STATUSES), visible(Deploy, actor))
        .options(joinedload(Deploy.session))
        .order_by(Deploy.created_at.desc())
        .limit(SHOWN)
    ).all()


def _past(db: DbSession, digest: str, actor: Actor) -> int:
    ended = Deploy.status.not_in(LIVE_STATUSES)
    some = select(Deploy.id).where(Deploy.hook_digest == digest, ended, visible(Deploy, actor)).limit(COUNTED)
    return db.scalar(select(func.count()).select_from(some.subquery())) or 0
