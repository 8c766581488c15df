"""What acts on deploys would do to each of many, by the rules that their services go by."""

from collections.abc import Sequence

from sqlalchemy import select

from models import LIVE_STATUSES, WAITING_STATUSES, Deploy, DeployStatus, OnboardingSession
from services import offers
from services.bulk.act import ActContext, Outlook
from services.database import DbSession
from services.deploys import gone
from services.deploys.request import UNDER_WAY
from services.deploys.telling import telling_statuses
from services.labels import label
from services.permissions import Actor, Permission, can


def of_retries(db: DbSession, found: Sequence[Deploy], actor: Actor, context: ActContext) -> Sequence[Outlook]:
    """What `deploys.retry` would do to each."""
    session_ids = {deploy.session_id for deploy in found}
    live = select(Deploy.session_id).where(Deploy.session_id.in_(session_ids), Deploy.status.in_(LIVE_STATUSES))
    busy = set(db.scalars(live))
    gone_hooks = gone.which_are_gone(db, {deploy.hook_digest for deploy in found})

    def why_not(deploy: Deploy) -> str | None:
        if not can(actor, Permission.RETRY_DEPLOY, owner_id=deploy.session.user_id):
            return offers.NOT_PERMITTED
        if deploy.status is not DeployStatus.DEAD_LETTERED:
            return f"{label(deploy.status)}, not dead-lettered, so there is nothing to retry."
        if mark := gone_hooks.get(deploy.hook_digest):
            return gone.why_not(mark)
        return UNDER_WAY if deploy.session_id in busy else None

    return [Outlook(deploy.status, DeployStatus.QUEUED, why_not(deploy)) for deploy in found]


def of_cancels(db: DbSession, found: Sequence[Deploy], actor: Actor, context: ActContext) -> Sequence[Outlook]:
    """What `deploys.cancel` would do to each."""

    def why_not(deploy: Deploy) -> str | None:
        if not can(actor, Permission.CANCEL_DEPLOY, owner_id=deploy.session.user_id):
            return offers.NOT_PERMITTED
        return None if deploy.status in WAITING_STATUSES else f"{label(deploy.status)}, so it does not wait any more."

    return [Outlook(deploy.status, DeployStatus.CANCELLED, why_not(deploy)) for deploy in found]


def of_redeploys(
    db: DbSession, found: Sequence[OnboardingSession], actor: Actor, context: ActContext
) -> Sequence[Outlook]:
    """What `deploys.redeploy` would do to each; before is how its newest deploy stands, or else the session."""
    telling = telling_statuses(db, [session.id for session in found])
    default = context.default_hook_url
    gone_hooks = gone.of_sessions(db, found, default_hook_url=default)

    def outlook(session: OnboardingSession) -> Outlook:
        status = telling.get(session.id)
        offer = offers.retry_deploy(actor, session, status, default_hook_url=default, gone_hooks=gone_hooks)
        return Outlook(status or session.status, DeployStatus.QUEUED, offer.why_not)

    return [outlook(session) for session in found]
