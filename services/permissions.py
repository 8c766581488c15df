"""Who may do what: one enum of permissions, one table, one question."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from models import Role, TokenScope
from services.errors import ForbiddenError, MissingScopeError


class Permission(StrEnum):
    SEE_RECORDS = "see_records"
    SEE_TEMPLATES = "see_templates"
    SEE_USERS = "see_users"
    SEE_AUDIT = "see_audit"
    SEE_FAILURES = "see_failures"
    SEE_BULK_JOBS = "see_bulk_jobs"
    SEE_EMAILS = "see_emails"
    SEE_SURVEYS = "see_surveys"
    RUN_WIZARD = "run_wizard"
    RETRY_DEPLOY = "retry_deploy"
    CANCEL_DEPLOY = "cancel_deploy"
    OVERRIDE_HOOK = "override_hook"
    REVEAL_HOOK = "reveal_hook"
    PAUSE_DELIVERIES = "pause_deliveries"
    SET_LIMITS = "set_limits"
    TRIAGE_FAILURES = "triage_failures"
    RECOVER_DEPLOYS = "recover_deploys"
    ADVANCE_PROJECT = "advance_project"
    STEP_BACK_PROJECT = "step_back_project"
    EDIT_PROJECT = "edit_project"
    EDIT_CONFIG = "edit_config"
    EDIT_ROOM = "edit_room"
    EDIT_TEMPLATE = "edit_template"
    EDIT_USER = "edit_user"
    DELETE_SESSION = "delete_session"
    DELETE_PROJECT = "delete_project"
    DELETE_ROOM = "delete_room"
    SHARE_VIEW = "share_view"
    KEEP_SIGN_INS = "keep_sign_ins"
    KEEP_TOKENS = "keep_tokens"
    KEEP_SECOND_FACTORS = "keep_second_factors"
    RESET_SECOND_FACTORS = "reset_second_factors"
    SET_SIGN_IN_RULES = "set_sign_in_rules"
    MANAGE_SIGN_INS = "manage_sign_ins"
    MANAGE_TOKENS = "manage_tokens"
    ACT_AS = "act_as"


class Scope(StrEnum):
    """Whose records a permission reaches."""

    OWN = "own"
    ALL = "all"


_READ = {
    Permission.SEE_RECORDS: Scope.ALL,
    Permission.SEE_TEMPLATES: Scope.ALL,
    Permission.SEE_USERS: Scope.ALL,
    Permission.SEE_AUDIT: Scope.ALL,
    Permission.SEE_FAILURES: Scope.ALL,
    Permission.SEE_EMAILS: Scope.OWN,
    Permission.SEE_SURVEYS: Scope.OWN,
    Permission.KEEP_SIGN_INS: Scope.OWN,
    Permission.KEEP_TOKENS: Scope.OWN,
    Permission.KEEP_SECOND_FACTORS: Scope.OWN,
}
_REMEDIATE = _READ | {
    Permission.SEE_EMAILS: Scope.ALL,
    Permission.SEE_SURVEYS: Scope.ALL,
    Permission.SEE_BULK_JOBS: Scope.OWN,
    Permission.RUN_WIZARD: Scope.OWN,
    Permission.RETRY_DEPLOY: Scope.ALL,
    Permission.CANCEL_DEPLOY: Scope.ALL,
    Permission.PAUSE_DELIVERIES: Scope.ALL,
    Permission.TRIAGE_FAILURES: Scope.ALL,
    Permission.RECOVER_DEPLOYS: Scope.ALL,
    Permission.ADVANCE_PROJECT: Scope.ALL,
    Permission.EDIT_PROJECT: Scope.ALL,
    Permission.EDIT_CONFIG: Scope.ALL,
    Permission.EDIT_ROOM: Scope.ALL,
    Permission.SHARE_VIEW: Scope.OWN,
}

GRANTS: dict[Role, dict[Permission, Scope]] = {
    Role.MEMBER: {
        Permission.SEE_RECORDS: Scope.OWN,
        Permission.SEE_BULK_JOBS: Scope.OWN,
        Permission.SEE_EMAILS: Scope.OWN,
        Permission.SEE_SURVEYS: Scope.OWN,
        Permission.RUN_WIZARD: Scope.OWN,
        Permission.RETRY_DEPLOY: Scope.OWN,
        Permission.KEEP_SIGN_INS: Scope.OWN,
        Permission.KEEP_TOKENS: Scope.OWN,
        Permission.KEEP_SECOND_FACTORS: Scope.OWN,
    },
    Role.VIEWER: _READ,
    Role.OPERATOR: _REMEDIATE,
    Role.ADMIN: _REMEDIATE
    | {
        Permission.SEE_BULK_JOBS: Scope.ALL,
        Permission.OVERRIDE_HOOK: Scope.ALL,
        Permission.REVEAL_HOOK: Scope.ALL,
        Permission.SET_LIMITS: Scope.ALL,
        Permission.STEP_BACK_PROJECT: Scope.ALL,
        Permission.EDIT_TEMPLATE: Scope.ALL,
        Permission.EDIT_USER: Scope.ALL,
        Permission.DELETE_SESSION: Scope.ALL,
        Permission.DELETE_PROJECT: Scope.ALL,
        Permission.DELETE_ROOM: Scope.ALL,
        Permission.SHARE_VIEW: Scope.ALL,
        Permission.MANAGE_SIGN_INS: Scope.ALL,
        Permission.MANAGE_TOKENS: Scope.ALL,
        Permission.RESET_SECOND_FACTORS: Scope.ALL,
        Permission.SET_SIGN_IN_RULES: Scope.ALL,
        Permission.ACT_AS: Scope.ALL,
    },
}
"""What each role may do, and to whose records; what is not listed is refused."""

READING = frozenset(permission for permission in Permission if permission.startswith("see_"))
"""What changes nothing: all that is left to who acts as another person and may not write."""
IN_PERSON = frozenset(
    {
        Permission.KEEP_SIGN_INS,
        Permission.MANAGE_SIGN_INS,
        Permission.KEEP_TOKENS,
        Permission.MANAGE_TOKENS,
        Permission.ACT_AS,
        Permission.KEEP_SECOND_FACTORS,
        Permission.RESET_SECOND_FACTORS,
        Permission.SET_SIGN_IN_RULES,
        Permission.REVEAL_HOOK,
    }
)
"""What people do themselves, at their own browser: no token reaches it, and nobody does it as another."""
TOKEN_SCOPES: Mapping[TokenScope, frozenset[Permission]] = {
    TokenScope.READ: READING,
    TokenScope.REMEDIATE: frozenset(READING | _REMEDIATE.keys()) - IN_PERSON,
    TokenScope.ADMIN: frozenset(Permission) - IN_PERSON,
}
"""What each scope of a token leaves of its person's permissions; each holds all of the one before."""


@dataclass(frozen=True)
class Actor:
    """The person, or the program, on whose behalf something is done."""

    id: UUID | None
    name: str
    """An e-mail address, or the program's name."""
    role: Role | None
    origin: str | None = None
    """Where the act comes from: an IP address, `cli` or `worker`."""
    only: frozenset[Permission] | None = None
    """What a token, or acting as the person, leaves of the role's permissions; None where nothing narrows them."""
    acting_by: "Actor | None" = None
    """The admin who acts as this person; all else is the person's, so that an admin's scope is no part of it."""

    @property
    def answerable_id(self) -> UUID | None:
        """The id of whoever did it in fact, as the history has it."""
        return self.id if self.acting_by is None else self.acting_by.id

    def scope(self, permission: Permission) -> Scope | None:
        """Whose records `permission` reaches for this actor, or None if it is not granted."""
        if self.role is None or (self.only is not None and permission not in self.only):
            return None
        return GRANTS[self.role].get(permission)


WORKER = Actor(id=None, name="worker", role=Role.ADMIN, origin="worker")
"""The worker acts for nobody in particular and may do all that its jobs say."""


def can(actor: Actor, permission: Permission, *, owner_id: UUID | None = None) -> bool:
    """Whether `actor` may do it: to anything, or to the record of `owner_id`.

    Without `owner_id` the question is whether there is any record to which the actor may do it.
    """
    match actor.scope(permission):
        case Scope.ALL:
            return True
        case Scope.OWN:
            return owner_id is None or owner_id == actor.id
        case None:
            return False


def sees_less(role: Role | None, than: Role | None) -> bool:
    """Whether a role opens less than another: not all lists, or of some one's own records alone."""
    new, old = (({} if one is None else GRANTS[one]) for one in (role, than))
    seen = [permission for permission in old if permission.startswith("see_")]
    return any(new.get(permission) not in (old[permission], Scope.ALL) for permission in seen)


def scope_for(permission: Permission) -> TokenScope | None:
    """The narrowest scope of a token that reaches as far as the permission; None where none does."""
    return next((scope for scope, held in TOKEN_SCOPES.items() if permission in held), None)


def require(actor: Actor, permission: Permission, *, owner_id: UUID | None = None) -> None:
    """Raise unless `actor` may do it.

    Raises:
        MissingScopeError: the role grants it, but the scope of the token that was sent does not.
        ForbiddenError: the role doesn't grant it, or not for this person's records.
    """
    if not can(actor, permission, owner_id=owner_id):
        what = permission.value.replace("_", " ")
        raise _missing_scope(actor, permission) or ForbiddenError(
            f"Your role does not permit this ({what}).", permission=permission
        )


def _missing_scope(actor: Actor, permission: Permission) -> ForbiddenError | None:
    """What to raise where it is not the role that stands in the way."""
    if actor.only is None or not can(replace(actor, only=None), permission):
        return None
    if actor.acting_by is not None:
        words = "You act as somebody else, who alone may do this; or may only read while you do."
        return ForbiddenError(words, permission=permission)
    scope = scope_for(permission)
    if scope is None:
        return ForbiddenError("No token may do this; sign in to the console instead.", permission=permission)
    words = f"The token’s scope does not reach that far; this needs “{scope}”."
    return MissingScopeError(words, scope=scope, permission=permission)
