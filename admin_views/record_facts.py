"""What a record's page says of values that others may have stored in any shape: bounded, and without secrets."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import inspect

from admin_views.chips import response_chip
from admin_views.formatters import masked
from admin_views.times import exact
from models import Base, OnboardingSession, ProjectConfig
from services import templates
from services.answers import HOSTING, MODELS, PROVIDERS, REQUIRED, survey_of, template_key
from services.labels import label
from services.secrets import HIDDEN, hidden, key_ending, without_credentials, without_secrets

ENTRY_LIMIT = 200
"""Entries of one stored object that are shown."""
TEXT_LIMIT = 20_000
"""Characters of one value that are shown."""
_WORD_BREAK = re.compile(r"[_\-\s]+|(?<=[a-z0-9])(?=[A-Z])")

Fact = tuple[str, str | None]
"""A label, and what it says; null for nothing."""


@dataclass(frozen=True)
class NewestResponse:
    """What the newest deploy of a session came to, as the session keeps it."""

    chip: Markup | None
    text: str


def answers(session: OnboardingSession) -> list[Fact]:
    """The wizard's answers in its own words."""
    return [
        ("Purpose", session.purpose),
        ("Audience", session.target_audience),
        ("Model", _words_for(session.model_preference, MODELS)),
        ("Hosting", _words_for(session.hosting_target, HOSTING)),
        ("API provider", _words_for(session.api_provider, PROVIDERS)),
        ("API key", key_ending(session.api_key_last_four)),
    ]


def template_of(session: OnboardingSession) -> str | None:
    """The title of the template that was chosen, stored or built in."""
    if session.template is not None:
        return session.template.title
    built_in = templates.find_builtin(template_key(session) or "")
    return built_in.title if built_in else None


def survey(session: OnboardingSession) -> list[Fact]:
    """What the survey holds beside what the page says elsewhere."""
    told = {name: getattr(session, name) for name in REQUIRED} | {"template": template_key(session)}
    more = [(name, value) for name, value in survey_of(session).items() if not _is_told(told, name, value)]
    return [(label_of(name), text_of(value, name)) for name, value in more[:ENTRY_LIMIT]] or _odd_survey(session)


def _is_told(told: dict[str, Any], name: str, value: Any) -> bool:
    """Whether the page says an answer elsewhere, perhaps to somebody from whom the survey hides it."""
    return value is not None and name in told and value in (told[name], HIDDEN)


def _odd_survey(session: OnboardingSession) -> list[Fact]:
    """What another program has stored in the place of the survey's object."""
    stored: Any = session.survey
    return [("Survey", text_of(stored))] if stored and not isinstance(stored, dict) else []


def newest_response(session: OnboardingSession) -> NewestResponse | None:
    """The session's `deploy_response`, of whatever shape it is."""
    response: Any = session.deploy_response
    if response is None:
        return None
    if not isinstance(response, dict):
        return NewestResponse(None, text_of(response) or "")
    said = response.get("body") or response.get("error") or ""
    return NewestResponse(response_chip(response), text_of(said) or "")


def configuration(config: ProjectConfig) -> list[Fact]:
    """How a project is built and where it goes."""
    return [
        ("Repository", without_credentials(config.repo_url or "") or None),
        ("Build command", config.build_command),
        ("Output directory", config.output_dir),
        ("Deployment target", label(config.deployment_target)),
    ]


def environment(config: ProjectConfig) -> list[Fact]:
    """The names of a configuration's environment; its values are secrets."""
    stored: Any = config.env_config
    if not isinstance(stored, dict):
        return [("Environment", hidden(stored))] if stored else []
    return [(str(name)[:TEXT_LIMIT], HIDDEN) for name in list(stored)[:ENTRY_LIMIT]]


def json_of(record: Base) -> str:
    """A record's columns as JSON, by the names that they have in the database; secrets are masked."""
    columns = {attribute.columns[0].name: attribute.key for attribute in inspect(type(record)).column_attrs}
    return json_text({name: masked(key, getattr(record, key)) for name, key in columns.items()})


def json_text(value: Any) -> str:
    """JSON for people to read and copy."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> str:
    return exact(value) if isinstance(value, datetime) else str(value)


def label_of(name: str) -> str:
    """A key as people write it: `vercelHookOverride` → `Vercel hook override`."""
    words = [word for word in _WORD_BREAK.split(name[:80]) if word]
    return " ".join(words).lower().capitalize() or "(no name)"


def text_of(value: Any, name: str = "") -> str | None:
    """A stored value as text: texts as they are, lists of texts with commas, all else as JSON."""
    value = without_secrets(value, name, entries=ENTRY_LIMIT)
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = ", ".join(value)
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2, default=str)
    return shown if len(shown) <= TEXT_LIMIT else f"{shown[:TEXT_LIMIT]}…"


def _words_for(code: str | None, words: dict[str, str]) -> str | None:
    return None if code is None else words.get(code, code)
