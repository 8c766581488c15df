"""Onboarding: a person's draft, its answers, and what finishing it makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from models import (
    ComboType,
    Deploy,
    DeploymentTarget,
    DeployTrigger,
    OnboardingSession,
    Project,
    ProjectConfig,
    SessionStatus,
    TemplateCombo,
)
from services import audit, deploys, templates, text
from services.database import DbSession
from services.deploys import hooks
from services.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from services.permissions import Actor, Permission, require

MODELS = {
    "claude-sonnet": "Claude Sonnet",
    "claude-opus": "Claude Opus",
    "gpt-5": "GPT-5",
    "gemini-pro": "Gemini Pro",
    "none": "No preference",
}
HOSTING = {
    "vercel": "Vercel",
    "aws": "AWS",
    "netlify": "Netlify",
    "expo": "Expo (mobile)",
}
PROVIDERS = {
    "anthropic": "Anthropic",
    "openai": "OpenAI",
    "google": "Google",
    "none": "I have no key yet",
}
API_KEY_MIN, API_KEY_LIMIT = 12, 500
_TARGETS = {
    "vercel": DeploymentTarget.VERCEL,
    "aws": DeploymentTarget.CONCEPT_AWS,
    "netlify": DeploymentTarget.CONCEPT_NETLIFY,
    "expo": DeploymentTarget.CONCEPT_EXPO,
}
_STACKS = {
    ComboType.ENTERPRISE: "Next.js, PostgreSQL, SSO",
    ComboType.WEB: "Next.js, Tailwind",
    ComboType.APP: "Expo, React Native",
    ComboType.CUSTOM: "To be chosen",
}
REQUIRED = ("purpose", "target_audience", "model_preference", "hosting_target", "api_provider")


@dataclass(frozen=True)
class Finished:
    """What a finished session has become; `deploy` is null where no hook is set."""

    session: OnboardingSession
    project: Project
    deploy: Deploy | None


def find_draft(db: DbSession, user_id: UUID) -> OnboardingSession | None:
    """The draft that the person worked on last."""
    return db.scalars(
        select(OnboardingSession)
        .where(OnboardingSession.user_id == user_id, OnboardingSession.status == SessionStatus.DRAFT)
        .order_by(OnboardingSession.updated_at.desc(), OnboardingSession.id.desc())
        .limit(1)
    ).first()


def start(db: DbSession, *, actor: Actor, now: datetime, anew: bool = False) -> OnboardingSession:
    """Resume the actor's draft, or begin one.

    Args:
        anew: begin another draft even where there is one to resume.

    Raises:
        ForbiddenError: the actor may not run the wizard.
    """
    require(actor, Permission.RUN_WIZARD, owner_id=actor.id)
    if actor.id is None:
        raise ForbiddenError("Only a person can run the wizard.")
    draft = None if anew else find_draft(db, actor.id)
    if draft is not None:
        return draft
    session = OnboardingSession(user_id=actor.id, survey={}, created_at=now, updated_at=now)
    db.add(session)
    db.flush()
    audit.record(db, actor, "session:start", session.id, after={"status": SessionStatus.DRAFT})
    return session


def get_own_draft(db: DbSession, session_id: UUID, *, actor: Actor) -> OnboardingSession:
    """The actor's draft, locked.

    Raises:
        NotFoundError: there is no such session of this person.
        ConflictError: it is finished, so its answers stand.
    """
    session = db.get(OnboardingSession, session_id, with_for_update=True, populate_existing=True)
    if session is None or session.user_id != actor.id:
        raise NotFoundError("There is no such onboarding session of yours.")
    require(actor, Permission.RUN_WIZARD, owner_id=session.user_id)
    if session.status is not SessionStatus.DRAFT:
        raise ConflictError(f"This session is {session.status} already; its answers can't be changed.")
    return session


def save_step(db: DbSession, session_id: UUID, answers: Mapping[str, str | None], *, actor: Actor) -> OnboardingSession:
    """Keep some answers of a draft.

    Args:
        answers: any of purpose, target_audience, model_preference, hosting_target, api_provider, api_key (of which
            only the last four characters are kept) and template (a recommendation's key).

    Raises:
        NotFoundError, ConflictError: as `get_own_draft`.
        InvalidInputError: an answer can't be used; `field` names it.
    """
    session = get_own_draft(db, session_id, actor=actor)
    values = _parse(db, answers)
    survey = dict(session.survey)
    if "template" in values:
        survey["template"] = values.pop("template")
    survey |= {name: value for name, value in values.items() if name in REQUIRED}
    before, after = audit.changed({name: getattr(session, name) for name in values}, values)
    if survey != session.survey:
        session.survey = survey
    for name, value in after.items():
        setattr(session, name, value)
    if after:
        audit.record(db, actor, "session:answer", session.id, before=before, after=after)
    db.flush()
    return session


def missing(session: OnboardingSession) -> list[str]:
    """The answers that a draft still lacks before it can be finished."""
    lacking = [name for name in REQUIRED if not getattr(session, name)]
    if session.api_provider not in (None, "none") and not session.api_key_last_four:
        lacking.append("api_key")
    return lacking if session.survey.get("template") else [*lacking, "template"]


def finalize(db: DbSession, session_id: UUID, *, actor: Actor, now: datetime, default_hook_url: str | None) -> Finished:
    """Make a draft's project and, where a hook is set, its deploy.

    Raises:
        NotFoundError, ConflictError: as `get_own_draft`.
        InvalidInputError: an answer is missing; `field` names the first.
    """
    session = get_own_draft(db, session_id, actor=actor)
    if lacking := missing(session):
        raise InvalidInputError("Some answers are still missing.", field=lacking[0])
    project = _make_project(db, session, now)
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
    deploy = None
    if hooks.resolve(None, session.survey, session.vercel_hook_url, default_hook_url) is not None:
        deploy = deploys.request(
            db, session.id, trigger=DeployTrigger.WIZARD, actor=actor, now=now, default_hook_url=default_hook_url
        )
    return Finished(session, project, deploy)


def mark_failed(db: DbSession, session_id: UUID, reason: str, *, actor: Actor) -> None:
    """Turn a draft failed because its project could not be made.

    Raises:
        ConflictError: it is no draft (any more).
    """
    failed = db.scalar(
        update(OnboardingSession)
        .where(OnboardingSession.id == session_id, OnboardingSession.status == SessionStatus.DRAFT)
        .values(status=SessionStatus.FAILED)
        .returning(OnboardingSession.id)
    )
    if failed is None:
        raise ConflictError("Only a draft can be marked as failed.")
    audit.record(
        db,
        actor,
        "session:fail",
        session_id,
        before={"status": SessionStatus.DRAFT},
        after={"status": SessionStatus.FAILED, "reason": reason},
    )


def _parse(db: DbSession, answers: Mapping[str, str | None]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in ("purpose", "target_audience"):
        if name in answers:
            values[name] = text.clean(answers[name], field=name, limit=text.SHORT, required=True)
    for name, choices in (("model_preference", MODELS), ("hosting_target", HOSTING), ("api_provider", PROVIDERS)):
        if name in answers:
            values[name] = _choice(answers[name], choices, field=name)
    if answers.get("api_key"):
        values["api_key_last_four"] = _last_four(answers["api_key"])
    if values.get("api_provider") == "none":
        values["api_key_last_four"] = None
    if "template" in answers:
        values |= _template(db, answers["template"])
    return values


def _choice(value: str | None, choices: Mapping[str, str], *, field: str) -> str:
    if value is None or value not in choices:
        raise InvalidInputError("Choose one of the options.", field=field)
    return value


def _last_four(api_key: str | None) -> str:
    key = text.clean(api_key, field="api_key", limit=API_KEY_LIMIT, required=True) or ""
    if len(key) < API_KEY_MIN:
        raise InvalidInputError("This is too short to be an API key.", field="api_key")
    return key[-4:]


def _template(db: DbSession, key: str | None) -> dict[str, Any]:
    offer = templates.find_recommendation(db, key or "")
    if offer is None:
        raise InvalidInputError("Choose one of the templates.", field="template")
    return {"recommend_template_id": offer.id, "template": offer.key}


def _make_project(db: DbSession, session: OnboardingSession, now: datetime) -> Project:
    offer = templates.find_recommendation(db, str(session.survey.get("template")))
    if offer is None:
        raise InvalidInputError("The template that was chosen is gone; choose another.", field="template")
    combo = _combo(offer.template.combo_type, session.purpose)
    project = Project(
        owner_id=session.user_id,
        onboarding_session_id=session.id,
        title=(session.purpose or "Untitled")[:80],
        description=f"For {session.target_audience}.",
        combo_type=combo,
        prompt_text=_prompt(offer.template.content, session),
        stack=_STACKS[combo],
        created_at=now,
        updated_at=now,
    )
    db.add(project)
    db.flush()
    target = _TARGETS.get(session.hosting_target or "", DeploymentTarget.VERCEL)
    db.add(ProjectConfig(project_id=project.id, env_config={}, deployment_target=target))
    db.flush()
    return project


def _combo(template: TemplateCombo, purpose: str | None) -> ComboType:
    """A project is of its template's kind, or, where the template suits all, of the kind that its purpose speaks of."""
    chosen = templates.combo_of(purpose) if template is TemplateCombo.ALL else template
    return ComboType(chosen.value)


def _prompt(content: str, session: OnboardingSession) -> str:
    """Fill in the two places that templates know; anything else in braces is the author's own."""
    return content.replace("{purpose}", session.purpose or "").replace("{audience}", session.target_audience or "")
