"""Onboarding: what finishing a draft makes. The draft's own life is in services.drafts, and known here too."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from models import LIVE_STATUSES, Deploy, DeployTrigger, OnboardingSession, Project, SessionStatus
from services import audit, deploys, first_project, templates, text
from services.answers import HOSTING, MODELS, PROVIDERS, missing, survey_of, template_key
from services.database import DbSession
from services.drafts import (
    TEMPLATE_GONE,
    begin_again,
    find_draft,
    get_own,
    get_own_draft,
    newest_drafts,
    save_step,
    start,
)
from services.errors import ConflictError, InvalidInputError
from services.permissions import Actor

__all__ = [
    "HOSTING",
    "MODELS",
    "PROVIDERS",
    "Finished",
    "begin_again",
    "finalize",
    "find_draft",
    "find_finished",
    "get_own",
    "get_own_draft",
    "mark_failed",
    "missing",
    "newest_drafts",
    "save_step",
    "start",
    "template_key",
]


@dataclass(frozen=True)
class Finished:
    """What a session has become."""

    session: OnboardingSession
    project: Project | None
    """Null where it could not be made: the session is failed."""
    deploy: Deploy | None
    """The newest; null where no hook is set, or none that can be called."""


def finalize(db: DbSession, session_id: UUID, *, actor: Actor, now: datetime, default_hook_url: str | None) -> Finished:
    """Make a draft's project and, where a hook is set, its deploy.

    A hook that can't be called costs the deploy, not the project: operators see why on the session's page.

    Raises:
        NotFoundError, ForbiddenError, ConflictError: as `get_own_draft`.
        InvalidInputError: an answer is missing; `field` names the first.
    """
    session = get_own_draft(db, session_id, actor=actor)
    if lacking := missing(session):
        raise InvalidInputError(_why_missing(session, lacking[0]), field=lacking[0])
    offer = templates.find_recommendation(db, template_key(session) or "")
    if offer is None:
        raise InvalidInputError(TEMPLATE_GONE, field="template")
    project = first_project.make(db, session, offer.template, now=now)
    session.status = SessionStatus.COMPLETED
    db.flush()
    audit.record(
        db,
        actor,
        "session:finalize",
        session.id,
        before={"status": SessionStatus.DRAFT},
        after={"status": SessionStatus.COMPLETED, "project_id": project.id},
    )
    deploy = _deploy(db, session.id, actor=actor, now=now, default_hook_url=default_hook_url)
    return Finished(session, project, deploy)


def find_finished(db: DbSession, session_id: UUID, *, actor: Actor) -> Finished | None:
    """What the actor's session has become; None while it is a draft.

    Raises:
        NotFoundError, ForbiddenError: as `get_own`.
    """
    session = get_own(db, session_id, actor=actor)
    if session.status is SessionStatus.DRAFT:
        return None
    project = db.scalars(
        select(Project)
        .where(Project.onboarding_session_id == session_id)
        .order_by(Project.created_at.desc(), Project.id)
        .limit(1)
    ).first()
    deploy = db.scalars(
        select(Deploy)
        .where(Deploy.session_id == session_id)
        .order_by(Deploy.created_at.desc(), Deploy.id.desc())
        .limit(1)
    ).first()
    return Finished(session, project, deploy)


def mark_failed(db: DbSession, session_id: UUID, reason: str, *, actor: Actor) -> None:
    """Turn a draft failed because its project could not be made.

    Args:
        reason: is kept in the audit trail; at most 200 characters, and nothing that is secret.

    Raises:
        NotFoundError, ForbiddenError: as `get_own`.
        ConflictError: it is no draft (any more).
        InvalidInputError: the reason is missing or can't be stored.
    """
    session = get_own_draft(db, session_id, actor=actor)
    reason = text.clean(reason, field="reason", limit=text.SHORT, required=True) or ""
    session.status = SessionStatus.FAILED
    db.flush()
    audit.record(
        db,
        actor,
        "session:fail",
        session_id,
        before={"status": SessionStatus.DRAFT},
        after={"status": SessionStatus.FAILED, "reason": reason},
    )


def _why_missing(session: OnboardingSession, field: str) -> str:
    was_chosen = field == "template" and survey_of(session).get("template")
    return TEMPLATE_GONE if was_chosen else "This answer is still missing."


def _deploy(
    db: DbSession, session_id: UUID, *, actor: Actor, now: datetime, default_hook_url: str | None
) -> Deploy | None:
    try:
        return deploys.request(
            db, session_id, trigger=DeployTrigger.WIZARD, actor=actor, now=now, default_hook_url=default_hook_url
        )
    except InvalidInputError:
        return None
    except ConflictError:  # it has a live deploy already, which another program asked for
        live = select(Deploy).where(Deploy.session_id == session_id, Deploy.status.in_(LIVE_STATUSES))
        return db.scalars(live).first()
