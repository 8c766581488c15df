"""What is offered to a person on a record, and if not, why not: pure decisions, asked before a button is drawn.

An offer is a courtesy; the act itself is checked again where it is done.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from models import DeployStatus, GoneHook, OnboardingSession, Project, ProjectStatus
from services.deploys import gone, hooks
from services.deploys.request import why_nothing_to_deploy
from services.errors import ConflictError, InvalidInputError
from services.permissions import Actor, Permission, can
from services.transitions import check_step

NOT_PERMITTED = "Your role does not permit this."


@dataclass(frozen=True)
class Offer:
    """An act as its button shows it."""

    label: str
    why_not: str | None = None
    """What stands against it; null where it can be done."""


def retry_deploy(
    actor: Actor,
    session: OnboardingSession,
    telling: DeployStatus | None,
    *,
    default_hook_url: str | None,
    gone_hooks: Mapping[str, GoneHook],
) -> Offer:
    """Whether a session may be deployed again.

    Args:
        telling: the status of the session's live deploy, or else of its newest.
        default_hook_url: what is called where the session names no hook.
        gone_hooks: the mark of the hook that would be called, by its URL, where it is gone.
    """
    label = "Deploy again" if telling is DeployStatus.SUCCEEDED else "Retry deploy"
    return Offer(label, _why_no_deploy(actor, session, telling, default_hook_url, gone_hooks))


def mark_configured(actor: Actor, project: Project) -> Offer:
    """Whether a project may take the step to `deploy_configured`."""
    label = "Mark as configured"
    if not can(actor, Permission.ADVANCE_PROJECT, owner_id=project.owner_id):
        return Offer(label, NOT_PERMITTED)
    try:
        check_step(project.status, ProjectStatus.DEPLOY_CONFIGURED, may_jump=False, reason=None)
    except ConflictError as error:
        return Offer(label, error.message)
    return Offer(label)


def _why_no_deploy(
    actor: Actor,
    session: OnboardingSession,
    telling: DeployStatus | None,
    default_hook_url: str | None,
    gone_hooks: Mapping[str, GoneHook],
) -> str | None:
    if not can(actor, Permission.RETRY_DEPLOY, owner_id=session.user_id):
        return NOT_PERMITTED
    if reason := why_nothing_to_deploy(session):
        return reason
    if telling is not None and telling.is_live:
        return "A deploy of this session is already under way."
    try:
        url = hooks.resolve(None, session.survey, session.vercel_hook_url, default_hook_url)
    except InvalidInputError as error:
        return error.message
    if url is None:
        return "No deploy hook is set for this session."
    return gone.why_not(gone_hooks[url]) if url in gone_hooks else None
