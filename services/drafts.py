"""Drafts: a person's way through the wizard while it can still be answered."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models import OnboardingSession, SessionStatus, User
from services import audit, templates
from services.answers import NO_KEY, PROVIDERS, REQUIRED, parse, survey_of
from services.database import DbSession
from services.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from services.permissions import Actor, Permission, require

DRAFT_LIMIT = 10
"""Drafts of one person that the wizard lists."""
TEMPLATE_GONE = "The template that was chosen is gone; choose another."
_COPIED = (*REQUIRED, "api_key_last_four", "recommend_template_id", "vercel_hook_url")
_ENDS = {SessionStatus.COMPLETED: "been finished", SessionStatus.FAILED: "failed"}


def find_draft(db: DbSession, user_id: UUID) -> OnboardingSession | None:
    """The draft that the person worked on last."""
    return next(iter(newest_drafts(db, user_id, limit=1)), None)


def newest_drafts(db: DbSession, user_id: UUID, *, limit: int = DRAFT_LIMIT) -> Sequence[OnboardingSession]:
    """The person's drafts, the one that they worked on last first."""
    return db.scalars(
        select(OnboardingSession)
        .where(OnboardingSession.user_id == user_id, OnboardingSession.status == SessionStatus.DRAFT)
        .order_by(OnboardingSession.updated_at.desc(), OnboardingSession.id.desc())
        .limit(limit)
    ).all()


def start(db: DbSession, *, actor: Actor, now: datetime, anew: bool = False) -> OnboardingSession:
    """Resume the actor's draft, or begin one.

    Args:
        anew: begin another draft even where there is one to resume, unless that one is still blank.

    Raises:
        ForbiddenError: the actor may not run the wizard.
    """
    person_id = _one_at_a_time(db, actor)
    draft = find_draft(db, person_id)
    if draft is not None and (not anew or _is_blank(draft)):
        return draft
    return _begin(db, OnboardingSession(user_id=person_id, survey={}, created_at=now, updated_at=now), actor)


def begin_again(db: DbSession, session_id: UUID, *, actor: Actor, now: datetime) -> OnboardingSession:
    """Begin a draft with the answers of a session that has ended; asked twice, it is the same draft.

    Raises:
        NotFoundError: there is no such session of this person.
        ConflictError: it is a draft itself.
        ForbiddenError: the actor may not run the wizard.
    """
    person_id = _one_at_a_time(db, actor)
    ended = get_own(db, session_id, actor=actor)
    if ended.status is SessionStatus.DRAFT:
        raise ConflictError("This session is a draft; its answers can still be changed.")
    copy = db.scalars(
        select(OnboardingSession).where(
            OnboardingSession.user_id == person_id,
            OnboardingSession.status == SessionStatus.DRAFT,
            OnboardingSession.survey["copied_from"].astext == str(session_id),
        )
    ).first()
    if copy is not None:
        return copy
    answers = {name: getattr(ended, name) for name in _COPIED}
    survey = survey_of(ended) | {"copied_from": str(session_id)}
    return _begin(
        db, OnboardingSession(user_id=person_id, survey=survey, created_at=now, updated_at=now, **answers), actor
    )


def get_own(db: DbSession, session_id: UUID, *, actor: Actor) -> OnboardingSession:
    """The actor's session, whatever its status.

    Raises:
        NotFoundError: there is no such session of this person.
        ForbiddenError: the actor may not run the wizard.
    """
    return _own(db.get(OnboardingSession, session_id, populate_existing=True), actor)


def get_own_draft(db: DbSession, session_id: UUID, *, actor: Actor) -> OnboardingSession:
    """The actor's draft, locked.

    Raises:
        NotFoundError, ForbiddenError: as `get_own`.
        ConflictError: it is finished, so its answers stand.
    """
    session = _own(db.get(OnboardingSession, session_id, with_for_update=True, populate_existing=True), actor)
    if session.status is not SessionStatus.DRAFT:
        raise ConflictError(f"This session has {_ENDS[session.status]} already; its answers can't be changed.")
    return session


def save_step(db: DbSession, session_id: UUID, answers: Mapping[str, str | None], *, actor: Actor) -> OnboardingSession:
    """Keep some answers of a draft.

    Args:
        answers: any of purpose, target_audience, model_preference, hosting_target, api_provider, api_key (of which
            only the last four characters are kept) and template (a recommendation's key).

    Raises:
        NotFoundError, ForbiddenError, ConflictError: as `get_own_draft`.
        InvalidInputError: an answer can't be used; `field` names it.
    """
    session = get_own_draft(db, session_id, actor=actor)
    values = parse(answers)
    if "api_provider" in values:
        values["api_key_last_four"] = _key_of(session, values)
    if "template" in answers:
        values |= _template(db, answers["template"])
    survey = survey_of(session)
    before, after = audit.changed(_columns(session) | {"template": survey.get("template")}, values)
    survey |= {name: value for name, value in values.items() if name in (*REQUIRED, "template")}
    if after or survey != session.survey:
        _write(db, session, after, survey)
    if after:
        audit.record(db, actor, "session:answer", session.id, before=before, after=after)
    return session


def _one_at_a_time(db: DbSession, actor: Actor) -> UUID:
    """Let one request of a person at a time begin a draft, so that a double click begins one."""
    require(actor, Permission.RUN_WIZARD, owner_id=actor.id)
    person_id = db.scalar(select(User.id).where(User.id == actor.id).with_for_update(key_share=True))
    if person_id is None:
        raise ForbiddenError("Only a person can run the wizard.")
    return person_id


def _is_blank(session: OnboardingSession) -> bool:
    return not (session.survey or any(getattr(session, name) for name in _COPIED))


def _begin(db: DbSession, session: OnboardingSession, actor: Actor) -> OnboardingSession:
    db.add(session)
    db.flush()
    after = {"status": SessionStatus.DRAFT} | {name: value for name in REQUIRED if (value := getattr(session, name))}
    audit.record(db, actor, "session:start", session.id, after=after)
    return session


def _own(session: OnboardingSession | None, actor: Actor) -> OnboardingSession:
    if session is None or session.user_id != actor.id:
        raise NotFoundError("There is no such onboarding session of yours.")
    require(actor, Permission.RUN_WIZARD, owner_id=session.user_id)
    return session


def _columns(session: OnboardingSession) -> dict[str, Any]:
    return {name: getattr(session, name) for name in _COPIED}


def _key_of(session: OnboardingSession, values: Mapping[str, Any]) -> str | None:
    """The last four characters of the key for the provider that is now chosen: another provider needs another key."""
    provider = values["api_provider"]
    if provider == NO_KEY:
        return None
    kept = session.api_key_last_four if provider == session.api_provider else None
    last_four: str | None = values.get("api_key_last_four") or kept
    if last_four is None:
        raise InvalidInputError(f"Enter your {PROVIDERS[provider]} key, or choose that you have none.", field="api_key")
    return last_four


def _template(db: DbSession, key: str | None) -> dict[str, Any]:
    offer = templates.find_recommendation(db, key or "")
    if offer is None:
        raise InvalidInputError("Choose one of the templates.", field="template")
    return {"recommend_template_id": offer.id, "template": offer.key}


def _write(db: DbSession, session: OnboardingSession, after: Mapping[str, Any], survey: dict[str, Any]) -> None:
    try:
        with db.begin_nested():
            session.survey = survey
            for name, value in after.items():
                if name != "template":
                    setattr(session, name, value)
    except IntegrityError as error:  # the only reference among the answers, deleted since it was looked up
        raise InvalidInputError(TEMPLATE_GONE, field="template") from error
