"""A person in the wizard, with a draft, and what is read from the wizard's pages."""

import re
from html import unescape

import pytest
from sqlalchemy import func, select

from models import OnboardingSession, Role

KEY = "sk-proj-mostsecret-0123456789abcdef"
ANSWERS = {
    "purpose": {"purpose": "A shop for teapots"},
    "audience": {"target_audience": "tea drinkers"},
    "model": {"model_preference": "gpt-5"},
    "hosting": {"hosting_target": "netlify"},
    "key": {"api_provider": "openai", "api_key": KEY},
    "template": {"template": "builtin:web-launch"},
}
STEPS = [*ANSWERS, "summary"]
COLUMNS = {
    "purpose": "A shop for teapots",
    "target_audience": "tea drinkers",
    "model_preference": "gpt-5",
    "hosting_target": "netlify",
    "api_provider": "openai",
    "api_key_last_four": "cdef",
}


@pytest.fixture
def member(sign_in):
    return sign_in(Role.MEMBER)


@pytest.fixture
def draft(make, member):
    """A draft of the member's in which nothing is answered."""
    return make.session(user=member.user, purpose=None, target_audience=None)


@pytest.fixture
def complete(make, member):
    """A draft of the member's in which everything is answered."""
    return make.session(user=member.user, survey={"template": "builtin:web-launch"}, **COLUMNS)


def url(session, step):
    return f"/wizard/{session.id}/{step}"


def words(answer):
    """What a page says, tags and scripts aside."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.get_data(as_text=True), flags=re.S)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body)))


def element(answer, pattern):
    """The first tag of the page that matches."""
    found = re.search(rf"<[a-z]+\b[^>]*{pattern}[^>]*>", answer.get_data(as_text=True))
    assert found, f"no tag matches {pattern}"
    return found[0]


def count(db, model):
    return db.scalar(select(func.count()).select_from(model))


def stored(db, session):
    db.expire_all()
    return db.get(OnboardingSession, session.id)
