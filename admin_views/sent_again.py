"""What a page sent that was made for somebody else: given back, so that nothing typed is lost."""

from dataclasses import dataclass
from uuid import UUID

from flask import request

from people import acting, made_for
from people.acting_guard import PERSONAL
from people.second_step import STEPS

SIGN_IN_ROOMS = frozenset({"security", "password_resets", "first_admin", "provider", STEPS})
"""Whose forms hold passwords and codes, which go to nobody's screen."""

UNTYPED = frozenset({"back", "url", "return_url", "next", "seen", "rowid", "action"})
"""Fields that pages fill by themselves."""


@dataclass(frozen=True)
class SentAgain:
    """A form as it was sent, without its token."""

    address: str
    fields: tuple[tuple[str, str], ...]
    typed: tuple[tuple[str, str], ...]
    """Those of them that a person may have typed."""
    may_send: bool
    """Whether it would be taken now: who acts as somebody, and only reads, sends nothing."""


def sent_again() -> SentAgain | None:
    """What the page that was refused as another's had in its form; None where it was no form of a person's.

    It is shown to the very sign-in that sent it, whose secret its token knew.
    """
    if not made_for.is_another() or request.method != "POST" or _is_script() or _is_private():
        return None
    fields = tuple((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")
    typed = tuple((name, value) for name, value in fields if name not in UNTYPED and _is_words(value))
    now = acting.current()
    may_send = now is None or now.writes_until is not None
    return SentAgain(request.full_path.rstrip("?"), fields, typed, may_send)


def _is_words(value: str) -> bool:
    """Whether it is anything, and no id of a record."""
    try:
        UUID(value)
    except ValueError:
        return bool(value.strip())
    return False


def _is_script() -> bool:
    """Whether a script sent it, whose page is still there with what was typed."""
    return "X-CSRFToken" in request.headers or "HX-Request" in request.headers


def _is_private() -> bool:
    return request.blueprint in SIGN_IN_ROOMS or request.path.startswith(PERSONAL)
