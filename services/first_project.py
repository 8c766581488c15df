"""The project that a finished onboarding session becomes, with its configuration."""

import re
from datetime import datetime

from models import ComboType, DeploymentTarget, OnboardingSession, Project, ProjectConfig, TemplateCombo
from services import templates
from services.builtin_templates import TemplateText
from services.database import DbSession

TITLE_LIMIT = 80
"""Characters of the purpose that become the title."""
TARGETS = {
    "vercel": DeploymentTarget.VERCEL,
    "aws": DeploymentTarget.CONCEPT_AWS,
    "netlify": DeploymentTarget.CONCEPT_NETLIFY,
    "expo": DeploymentTarget.CONCEPT_EXPO,
}
STACKS = {
    ComboType.ENTERPRISE: "Next.js, PostgreSQL, SSO",
    ComboType.WEB: "Next.js, Tailwind",
    ComboType.APP: "Expo, React Native",
    ComboType.CUSTOM: "To be chosen",
}
_PLACES = re.compile(r"\{(purpose|audience)\}")


def make(db: DbSession, session: OnboardingSession, template: TemplateText, *, now: datetime) -> Project:
    """Write the project and its configuration."""
    combo = combo_for(template, session.purpose)
    project = Project(
        owner_id=session.user_id,
        onboarding_session_id=session.id,
        title=title_for(session.purpose),
        description=f"For {session.target_audience}.",
        combo_type=combo,
        prompt_text=prompt_for(template, session.purpose, session.target_audience),
        stack=STACKS[combo],
        created_at=now,
        updated_at=now,
    )
    db.add(project)
    db.flush()
    target = TARGETS.get(session.hosting_target or "", DeploymentTarget.VERCEL)
    db.add(ProjectConfig(project_id=project.id, env_config={}, deployment_target=target))
    db.flush()
    return project


def title_for(purpose: str | None) -> str:
    """The purpose as a title: on one line, and cut where it is long."""
    title = " ".join((purpose or "").split()) or "Untitled"
    return title if len(title) <= TITLE_LIMIT else f"{title[: TITLE_LIMIT - 1].rstrip()}…"


def combo_for(template: TemplateText, purpose: str | None) -> ComboType:
    """A project is of its template's kind, or, where the template suits all, of the kind that its purpose speaks of."""
    combo = templates.combo_of(purpose) if template.combo_type is TemplateCombo.ALL else template.combo_type
    return ComboType(combo.value)


def prompt_for(template: TemplateText, purpose: str | None, audience: str | None) -> str:
    """Fill in the two places that templates know; anything else in braces is the author's own, or the answer's."""
    answers = {"purpose": purpose or "", "audience": audience or ""}
    return _PLACES.sub(lambda place: answers[place[1]], template.content)
