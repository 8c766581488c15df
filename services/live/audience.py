"""Audiences: who hears of which changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.errors import ForbiddenError
from services.live.changes import Change
from services.live.notices import Kind
from services.permissions import Actor, Permission, Scope

NEEDED: Mapping[Kind, Permission] = dict.fromkeys(Kind, Permission.SEE_RECORDS) | {
    Kind.FAILURE_GROUP: Permission.SEE_FAILURES,
    Kind.RECOVERY: Permission.SEE_FAILURES,
    Kind.BULK_JOB: Permission.SEE_BULK_JOBS,
    Kind.HOST: Permission.SEE_FAILURES,
}
"""What one must hold to see records of a kind."""


@dataclass(frozen=True, slots=True)
class Audience:
    """The kinds that a listener sees, and whose."""

    all_of: frozenset[Kind]
    """Kinds of which all records are seen."""
    own_of: frozenset[Kind]
    """Kinds of which only the listener's own are."""
    owner: str

    def hears_of(self, change: Change) -> bool:
        return change.kind in self.all_of or (change.kind in self.own_of and change.concerns(self.owner))

    def frame(self, change: Change) -> bytes:
        """What the listener hears of it; empty where that is nothing."""
        if change.kind in self.all_of:
            return change.frame
        return change.frame_of(self.owner) if change.kind in self.own_of else b""


def audience_of(actor: Actor) -> Audience:
    """What this person may hear of."""
    scopes = {kind: actor.scope(permission) for kind, permission in NEEDED.items()}
    return Audience(_kinds(scopes, Scope.ALL), _kinds(scopes, Scope.OWN), str(actor.id))


def _kinds(scopes: Mapping[Kind, Scope | None], wanted: Scope) -> frozenset[Kind]:
    return frozenset(kind for kind, scope in scopes.items() if scope is wanted)


ASKED_FOR_SECOND_FACTOR = ", and a second factor"
"""What is added to what a cookie opened where its person is asked for one. Once they are, the stream that began before
ends, and who listens on is asked at the door, where their cookie says whether they gave it."""


@dataclass(frozen=True, slots=True)
class Authority:
    """By what somebody listens; the stream ends when it no longer is so."""

    user_id: UUID
    role: str | None
    sign_in: str
    """What ends with it: what the person's sign-ins go by, or the token, or the admin's acting as the person."""


def authority_of(actor: Actor, sign_in: str) -> Authority:
    """That of a person who is known.

    Raises:
        ForbiddenError: nobody is.
    """
    if actor.id is None:
        raise ForbiddenError("Only people may listen.")
    return Authority(actor.id, actor.role, sign_in)
