"""Which acts bulk jobs can do: the registry. One more is one more `Act` here, and its name on a view (`bulk_acts`)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import joinedload

from models import Deploy, DeployTrigger, OnboardingSession, Project, ProjectStatus, PromptTemplate, Room
from services import deploys, offers, projects
from services.bulk import deploy_outlooks as outlooks
from services.bulk.act import Act, ActContext, Outlook
from services.bulk.deletions import busy_sessions, deletion
from services.database import DbSession
from services.permissions import Actor, Permission


def _retry(db: DbSession, deploy_id: UUID, *, actor: Actor, now: datetime, context: ActContext) -> object:
    return deploys.retry(db, deploy_id, actor=actor, now=now)


def _cancel(db: DbSession, deploy_id: UUID, *, actor: Actor, now: datetime, context: ActContext) -> object:
    return deploys.cancel(db, deploy_id, actor=actor, now=now)


def _redeploy(db: DbSession, session_id: UUID, *, actor: Actor, now: datetime, context: ActContext) -> object:
    trigger, default = DeployTrigger.OPERATOR, context.default_hook_url
    return deploys.redeploy(db, session_id, trigger=trigger, actor=actor, now=now, default_hook_url=default)


def _mark_configured(db: DbSession, project_id: UUID, *, actor: Actor, now: datetime, context: ActContext) -> object:
    return projects.mark_configured(db, project_id, actor=actor, now=now)


def _look_configured(db: DbSession, found: Sequence[Project], actor: Actor, context: ActContext) -> Sequence[Outlook]:
    return [
        Outlook(project.status, ProjectStatus.DEPLOY_CONFIGURED, offers.mark_configured(actor, project).why_not)
        for project in found
    ]


RETRY_DEPLOY = Act(
    name="deploy:retry",
    label="Retry deploy",
    done="queued again",
    model=Deploy,
    permission=Permission.RETRY_DEPLOY,
    run=_retry,
    look=outlooks.of_retries,
    page="deploys",
    loads=(joinedload(Deploy.session),),
)
CANCEL_DEPLOY = Act(
    name="deploy:cancel",
    label="Cancel deploy",
    done="cancelled",
    model=Deploy,
    permission=Permission.CANCEL_DEPLOY,
    run=_cancel,
    look=outlooks.of_cancels,
    reversible=True,
    page="deploys",
    loads=(joinedload(Deploy.session),),
)
REDEPLOY_SESSION = Act(
    name="session:redeploy",
    label="Retry deploy",
    done="its deploy is queued",
    model=OnboardingSession,
    permission=Permission.RETRY_DEPLOY,
    run=_redeploy,
    look=outlooks.of_redeploys,
    page="sessions",
)
MARK_CONFIGURED = Act(
    name="project:mark_configured",
    label="Mark as configured",
    done="marked as configured",
    model=Project,
    permission=Permission.ADVANCE_PROJECT,
    run=_mark_configured,
    look=_look_configured,
    reversible=True,
    page="projects",
)
DELETE_SESSION = deletion(OnboardingSession, page="sessions", obstacles=busy_sessions)
DELETE_PROJECT = deletion(Project, page="projects")
DELETE_ROOM = deletion(Room, page="rooms")
DELETE_TEMPLATE = deletion(PromptTemplate)
_ALL = (
    RETRY_DEPLOY,
    CANCEL_DEPLOY,
    REDEPLOY_SESSION,
    MARK_CONFIGURED,
    DELETE_SESSION,
    DELETE_PROJECT,
    DELETE_ROOM,
    DELETE_TEMPLATE,
)
ACTS: dict[str, Act] = {act.name: act for act in _ALL}
"""By name. The worker looks here, so that an act which only a view knew would never be done."""


def find_act(name: str) -> Act | None:
    """The act of this name; None where this version of the console has none."""
    return ACTS.get(name)
