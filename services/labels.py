"""The words for machines' words: one label for each member of an enum, wherever people read it."""

from models import TokenScope

_LABELS = {
    # deploys' statuses and triggers
    "in_flight": "Under way",
    "dead_lettered": "Dead-lettered",
    "api": "API",
    # where projects are deployed
    "concept_aws": "AWS (concept)",
    "concept_netlify": "Netlify (concept)",
    "concept_expo": "Expo (concept)",
    # error kinds
    "invalid_url": "Not a URL",
    "resolve": "Name not found",
    "connect": "Refused",
    "tls": "TLS failed",
    "write": "Connection lost",
    "read": "Connection reset",
    "timeout": "Timed out",
    "protocol": "Not HTTP",
    "worker_lost": "Worker lost",
}
"""Those that are not their value with its underscores as spaces."""
_NAMES = frozenset({"Expo", "Netlify", "Vercel"})
"""Words that are written so everywhere, beside those in capitals."""


def label(value: str) -> str:
    """A machine's word as a label: `retry_scheduled` → “Retry scheduled”, `timeout` → “Timed out”."""
    known = None if isinstance(value, TokenScope) else _LABELS.get(value)  # tokens read, too, and nothing is reset then
    return known or value.replace("_", " ").capitalize()


def within(value: str) -> str:
    """The label as it stands within a sentence: “retry scheduled”, but “API” and “Netlify (concept)”."""
    words = label(value)
    first = words.partition(" ")[0]
    return words if first.isupper() or first in _NAMES else words[:1].lower() + words[1:]
