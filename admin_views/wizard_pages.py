"""What the wizard's pages show: the way through the steps, the templates on offer, and what finishing will do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import current_app, url_for

from admin_views.wizard_forms import FORMS, STEP_OF, STEPS, SUMMARY, TITLES
from models import OnboardingSession
from services import first_project, onboarding, templates
from services.answers import HOSTING, MODELS, PROVIDERS, survey_of
from services.builtin_templates import TemplateText
from services.database import DbSession
from services.deploys import gone, hooks, mask
from services.drafts import TEMPLATE_GONE
from services.errors import InvalidInputError
from services.secrets import key_ending

BEST = 6
"""Templates that are seen at once; the others wait behind a fold."""
OFFERED = 60
PREVIEW = 2_000
"""Characters of a template's prompt that can be read before it is chosen."""


@dataclass(frozen=True)
class Mark:
    """One step in the list of steps."""

    title: str
    is_current: bool
    is_done: bool
    url: str | None
    """Null while earlier steps have to be answered first."""


@dataclass(frozen=True)
class Draft:
    """Another draft of the person's, and where it goes on."""

    purpose: str | None
    updated_at: datetime
    title: str
    """Of the step at which it goes on."""
    number: int
    url: str


@dataclass(frozen=True)
class Card:
    """A template as a choice."""

    key: str
    template: TemplateText
    is_best: bool
    preview: str
    """The prompt that it would make of the answers."""


@dataclass(frozen=True)
class Offers:
    """The templates to choose from."""

    first: Sequence[Card]
    more: Sequence[Card]


@dataclass(frozen=True)
class Fact:
    """One answer in the summary."""

    label: str
    value: str
    step: str


@dataclass(frozen=True)
class Plan:
    """What finishing will make of the answers."""

    title: str
    kind: str
    stack: str
    hook: "Hook"


@dataclass(frozen=True)
class Hook:
    """What a session's deploy will call."""

    masked: str | None
    trouble: str
    """Why nothing will be called; empty where something is."""


def first_missing(session: OnboardingSession) -> str:
    """The step at which the draft goes on."""
    lacking = onboarding.missing(session)
    return STEP_OF[lacking[0]] if lacking else SUMMARY


def step_url(session_id: UUID, step: str) -> str:
    return url_for("wizard.step", session_id=session_id, step=step)


def way(session: OnboardingSession, current: str) -> list[Mark]:
    """The list of steps; those that were answered, and the next one, can be gone to."""
    lacking = {STEP_OF[name] for name in onboarding.missing(session)}
    reached = STEPS.index(first_missing(session))
    return [
        Mark(
            title=TITLES[step],
            is_current=step == current,
            is_done=step != SUMMARY and step not in lacking,
            url=step_url(session.id, step) if number <= reached else None,
        )
        for number, step in enumerate(STEPS)
    ]


def other_draft(session: OnboardingSession) -> Draft:
    """A draft in the list of others."""
    step = first_missing(session)
    return Draft(
        purpose=session.purpose,
        updated_at=session.updated_at,
        title=TITLES[step],
        number=STEPS.index(step) + 1,
        url=step_url(session.id, step),
    )


def kept_answers(session: OnboardingSession, step: str) -> dict[str, str | None]:
    """What a step's form begins with; of a key there is nothing that could be shown."""
    if step == "template":
        return {"template": onboarding.template_key(session)}
    return {name: getattr(session, name) for name in FORMS[step]().data if name != "api_key"}


def offers(db: DbSession, session: OnboardingSession) -> Offers:
    """The templates that suit the session's purpose, best first, and the one that it has chosen."""
    chosen = onboarding.template_key(session)
    found = list(templates.recommend(db, session.purpose, limit=OFFERED))
    if chosen and chosen not in [offer.key for offer in found]:
        found += filter(None, [templates.find_recommendation(db, chosen)])
    cards = [_card(offer, session) for offer in found]
    return Offers(first=cards[:BEST], more=cards[BEST:])


def facts(db: DbSession, session: OnboardingSession) -> list[Fact]:
    """The answers in the wizard's own words."""
    provider = provider_of(session)
    ending = key_ending(session.api_key_last_four)
    key = f"{provider}, {ending}" if ending else provider
    return [
        Fact("Purpose", session.purpose or "", "purpose"),
        Fact("Audience", session.target_audience or "", "audience"),
        Fact("Model", _words(session.model_preference, MODELS), "model"),
        Fact("Hosting", _words(session.hosting_target, HOSTING), "hosting"),
        Fact("API key", key, "key"),
        Fact("Template", _template(db, session).title, "template"),
    ]


def provider_of(session: OnboardingSession) -> str:
    """Whose API key it is that was given."""
    return _words(session.api_provider, PROVIDERS)


def plan(db: DbSession, session: OnboardingSession) -> Plan:
    """What will come of it."""
    combo = first_project.combo_for(_template(db, session), session.purpose)
    return Plan(
        title=first_project.title_for(session.purpose),
        kind=combo.value,
        stack=first_project.STACKS[combo],
        hook=hook_of(db, session),
    )


def hook_of(db: DbSession, session: OnboardingSession) -> Hook:
    """The hook that a deploy of the session calls, masked, or why there is none."""
    default = current_app.extensions["console_settings"].default_hook_url
    try:
        url = hooks.resolve(None, survey_of(session), session.vercel_hook_url, default)
    except InvalidInputError as error:
        return Hook(None, f"The deploy hook that is set can’t be called. {error.message}")
    if url is None:
        return Hook(None, "No deploy hook is set.")
    mark = gone.find_by_url(db, url)
    return Hook(None, gone.why_not(mark)) if mark else Hook(mask(url), "")


def _card(offer: templates.Recommendation, session: OnboardingSession) -> Card:
    prompt = first_project.prompt_for(offer.template, session.purpose, session.target_audience)
    preview = prompt if len(prompt) <= PREVIEW else f"{prompt[:PREVIEW]}…"
    return Card(offer.key, offer.template, offer.is_best, preview)


def _template(db: DbSession, session: OnboardingSession) -> TemplateText:
    """The chosen template.

    Raises:
        InvalidInputError: it has just been deleted.
    """
    offer = templates.find_recommendation(db, onboarding.template_key(session) or "")
    if offer is None:
        raise InvalidInputError(TEMPLATE_GONE, field="template")
    return offer.template


def _words(value: str | None, known: dict[str, str]) -> str:
    return known.get(value or "", value or "")
