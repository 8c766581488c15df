"""Who may do what: one enum of permissions, one table, one question."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from models import Role
from services.errors import ForbiddenError


class Permission(StrEnum):
    SEE_RECORDS = "see_records"
    SEE_TEMPLATES = "see_templates"
    SEE_USERS = "see_users"
    SEE_AUDIT = "see_audit"
    SEE_FAILURES = "see_failures"
    SEE_BULK_JOBS = "see_bulk_jobs"
    RUN_WIZARD = "run_wizard"
    RETRY_DEPLOY = "retry_deploy"
    CANCEL_DEPLOY = "cancel_deploy"
    OVERRIDE_HOOK = "override_hook"
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
}
_REMEDIATE = _READ | {
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
        Permission.RUN_WIZARD: Scope.OWN,
        Permission.RETRY_DEPLOY: Scope.OWN,
    },
    Role.VIEWER: _READ,
    Role.OPERATOR: _REMEDIATE,
    Role.ADMIN: _REMEDIATE
    | {
        Permission.SEE_BULK_JOBS: Scope.ALL,
        Permission.OVERRIDE_HOOK: Scope.ALL,
        Permission.SET_LIMITS: Scope.ALL,
        Permission.STEP_BACK_PROJECT: Scope.ALL,
        Permission.EDIT_TEMPLATE: Scope.ALL,
        Permission.EDIT_USER: Scope.ALL,
        Permission.DELETE_SESSION: Scope.ALL,
        Permission.DELETE_PROJECT: Scope.ALL,
        Permission.DELETE_ROOM: Scope.ALL,
        Permission.SHARE_VIEW: Scope.ALL,
    },
}
"""What each role may do, and to whose records; what is not listed is refused."""


@dataclass(frozen=True)
class Actor:
    """The person, or the program, on whose behalf something is done."""

    id: UUID | None
    name: str
    """An e-mail address, or the program's name."""
    role: Role | None
    origin: str | None = None
    """Where the act comes from: an IP address, `cli` or `worker`."""

    def scope(self, permission: Permission) -> Scope | None:
        """Whose records `permission` reaches for this actor, or None if it is not granted."""
        return None if self.role is None else GRANTS[self.role].get(permission)


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


def require(actor: Actor, permission: Permission, *, owner_id: UUID | None = None) -> None:
    """Raise unless `actor` may do it.

    Raises:
        ForbiddenError: the role doesn't grant it, or not for this person's records.
    """
    if not can(actor, permission, owner_id=owner_id):
        what = permission.value.replace("_", " ")
        raise ForbiddenError(f"Your role does not permit this ({what}).")
