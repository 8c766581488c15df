"""The survey's answers: which there are, what can be chosen, and what may be kept of them."""

from collections.abc import Mapping
from typing import Any

from models import OnboardingSession
from services import templates, text
from services.errors import InvalidInputError

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
NO_KEY = "none"
PROVIDERS = {
    "anthropic": "Anthropic",
    "openai": "OpenAI",
    "google": "Google",
    NO_KEY: "I have no key yet",
}
REQUIRED = ("purpose", "target_audience", "model_preference", "hosting_target", "api_provider")
"""The columns that a draft must have filled before it can be finished, in the wizard's order."""
API_KEY_MIN, API_KEY_LIMIT = 12, 500
"""Characters. Of a shorter key, the four that are kept would give too much away."""


def parse(given: Mapping[str, str | None]) -> dict[str, Any]:
    """The values of the columns for the answers that are given; of an API key, its last four characters.

    Raises:
        InvalidInputError: an answer can't be used; `field` names it.
    """
    values: dict[str, Any] = {}
    for name in ("purpose", "target_audience"):
        if name in given:
            values[name] = text.clean(given[name], field=name, limit=text.SHORT, required=True)
    for name, choices in (("model_preference", MODELS), ("hosting_target", HOSTING), ("api_provider", PROVIDERS)):
        if name in given:
            values[name] = choice(given[name], choices, field=name)
    if given.get("api_key") and values.get("api_provider") != NO_KEY:
        values["api_key_last_four"] = last_four(given["api_key"])
    return values


def choice(value: str | None, choices: Mapping[str, str], *, field: str) -> str:
    """The value, if it is one of the choices.

    Raises:
        InvalidInputError: it is not.
    """
    if value is None or value not in choices:
        raise InvalidInputError("Choose one of the options.", field=field)
    return value


def last_four(api_key: str | None) -> str | None:
    """What is kept of an API key; None where none is given.

    Raises:
        InvalidInputError: it can't be an API key. The message holds nothing of it.
    """
    key = text.clean(api_key, field="api_key", limit=API_KEY_LIMIT)
    if key is None:
        return None
    if len(key) < API_KEY_MIN:
        raise InvalidInputError("This is too short to be an API key.", field="api_key")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise InvalidInputError("An API key has no spaces and only plain letters; copy it once more.", field="api_key")
    return key[-4:]


def missing(session: OnboardingSession) -> list[str]:
    """The answers that a draft still lacks before it can be finished, in the wizard's order."""
    lacking = [name for name in REQUIRED if not getattr(session, name)]
    if session.api_provider not in (None, NO_KEY) and not session.api_key_last_four:
        lacking.append("api_key")
    return lacking if template_key(session) else [*lacking, "template"]


def template_key(session: OnboardingSession) -> str | None:
    """What names the template of a session; None while none is chosen, and once the chosen one is deleted."""
    if session.recommend_template_id is not None:
        return str(session.recommend_template_id)
    key = survey_of(session).get("template")
    return key if isinstance(key, str) and templates.find_builtin(key) else None


def survey_of(session: OnboardingSession) -> dict[str, Any]:
    """A copy of the survey; empty where another program has stored something else than an object."""
    survey: Any = session.survey
    return dict(survey) if isinstance(survey, Mapping) else {}
