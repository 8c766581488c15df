"""Asking for a deploy: request, retry and cancel."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Update, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from models import LIVE_STATUSES, Deploy, DeployStatus, DeployTrigger, OnboardingSession, SessionStatus
from services import audit, queue, vault
from services.database import DbSession
from services.deploys import attempts, gone, hooks, sealing
from services.errors import ConflictError, InvalidInputError, NotFoundError, ServiceError
from services.labels import within
from services.permissions import Actor, Permission, require

UNDER_WAY = "A deploy of this session is already under way."


def why_nothing_to_deploy(session: OnboardingSession) -> str | None:
    """What keeps a session from being deployed at all, whoever asks; None where nothing does."""
    if session.status is SessionStatus.DRAFT:
        return "This is still a draft; it is deployed when its wizard is finished."
    if session.status is SessionStatus.FAILED and session.deploy_response is None:
        return "Its project could not be made, so there is nothing to deploy; begin the wizard again."
    return None


def request(
    db: DbSession,
    session_id: UUID,
    *,
    trigger: DeployTrigger,
    actor: Actor,
    now: datetime,
    default_hook_url: str | None,
    hook_url: str | None = None,
) -> Deploy:
    """Write a deploy and queue its delivery.

    Args:
        hook_url: overrides the session's own; only for those who may override hooks.
        default_hook_url: what to call where the session names no hook.

    Raises:
        NotFoundError: there is no such session.
        ForbiddenError: not this actor's to deploy, or to override.
        InvalidInputError: no hook URL is set, or it can't be called.
        ConflictError: a deploy of the session is under way, or the session has nothing to deploy, or its hook is gone.
    """
    session = get_session(db, session_id)
    require(actor, Permission.RETRY_DEPLOY, owner_id=session.user_id)
    if reason := why_nothing_to_deploy(session):
        raise ConflictError(reason)
    if hook_url:
        require(actor, Permission.OVERRIDE_HOOK, owner_id=session.user_id)
    url = hooks.resolve(hook_url, session.survey, session.vercel_hook_url, default_hook_url)
    if url is None:
        raise InvalidInputError("No deploy hook is set for this session.", field="hookUrl")
    if not (hook_url and hook_url.strip()):
        _refuse_gone(db, vault.of(db).digest(url))  # whoever names a hook means to try it, gone or not
    deploy = _insert(db, session_id, url, trigger=trigger, actor=actor, now=now)
    queue.wake_deliveries(db)
    audit.record(
        db,
        actor,
        "deploy:request",
        deploy.id,
        after={"session_id": session_id, "hook_url": deploy.hook_masked, "trigger": trigger},
    )
    return deploy


def retry(db: DbSession, deploy_id: UUID, *, actor: Actor, now: datetime) -> Deploy:
    """Queue a dead-lettered deploy again, under the idempotency key that it has.

    Raises:
        NotFoundError: there is no such deploy.
        ForbiddenError: not this actor's to retry.
        ConflictError: the deploy is not dead-lettered (someone was faster), or the session has a newer one under way,
            or its hook is gone.
    """
    deploy = _get_for(db, deploy_id, actor, Permission.RETRY_DEPLOY)
    if deploy.status is DeployStatus.DEAD_LETTERED:
        _refuse_gone(db, deploy.hook_digest)
    other = aliased(Deploy)
    live_sibling = exists().where(other.session_id == Deploy.session_id, other.status.in_(LIVE_STATUSES))
    requeued = _transition(
        db,
        update(Deploy)
        .where(Deploy.id == deploy_id, Deploy.status == DeployStatus.DEAD_LETTERED, ~live_sibling)
        .values(
            status=DeployStatus.QUEUED, next_attempt_at=now, first_attempt_number=attempts.last_number(deploy_id) + 1
        ),
    )
    if not requeued:
        raise ConflictError(_why_no_retry(db, deploy))
    queue.wake_deliveries(db)
    audit.record(
        db,
        actor,
        "deploy:retry",
        deploy_id,
        before={"status": DeployStatus.DEAD_LETTERED},
        after={"status": DeployStatus.QUEUED},
    )
    db.refresh(deploy)
    return deploy


def redeploy(
    db: DbSession,
    session_id: UUID,
    *,
    trigger: DeployTrigger,
    actor: Actor,
    now: datetime,
    default_hook_url: str | None,
    hook_url: str | None = None,
) -> Deploy:
    """Deploy a session again: retry its newest deploy where that gave up on the same hook, else request a new one.

    Raises:
        As `request` and `retry` do.
    """
    session = get_session(db, session_id)
    newest = db.scalars(
        select(Deploy).where(Deploy.session_id == session_id).order_by(Deploy.created_at.desc(), Deploy.id.desc())
    ).first()
    url = hooks.resolve(hook_url, session.survey, session.vercel_hook_url, default_hook_url)
    if newest and newest.status is DeployStatus.DEAD_LETTERED and not hook_url and _calls(db, newest, url):
        return retry(db, newest.id, actor=actor, now=now)
    return request(
        db,
        session_id,
        trigger=trigger,
        actor=actor,
        now=now,
        default_hook_url=default_hook_url,
        hook_url=hook_url,
    )


def cancel(db: DbSession, deploy_id: UUID, *, actor: Actor, now: datetime) -> Deploy:
    """Give up a deploy that waits for its next attempt; a POST that is under way is not cut short.

    Raises:
        NotFoundError: there is no such deploy.
        ForbiddenError: not this actor's to cancel.
        ConflictError: the deploy is being POSTed, or has ended.
    """
    deploy = _get_for(db, deploy_id, actor, Permission.CANCEL_DEPLOY)
    was, due_at = deploy.status, deploy.next_attempt_at
    cancelled = _transition(
        db,
        update(Deploy)
        .where(Deploy.id == deploy_id, Deploy.status.in_([DeployStatus.QUEUED, DeployStatus.RETRY_SCHEDULED]))
        .values(status=DeployStatus.CANCELLED, next_attempt_at=None),
    )
    db.refresh(deploy)
    if not cancelled:
        raise ConflictError(f"Only a deploy that waits can be cancelled; this one is {within(deploy.status)}.")
    audit.record(
        db,
        actor,
        "deploy:cancel",
        deploy_id,
        before={"status": was, "next_attempt_at": due_at},
        after={"status": DeployStatus.CANCELLED},
    )
    return deploy


def undo_cancel(
    db: DbSession, deploy_id: UUID, *, was: DeployStatus, due_at: datetime | None, actor: Actor, now: datetime
) -> Deploy:
    """Have a cancelled deploy wait again as it did, under the idempotency key and in the place of its back-off.

    Args:
        due_at: when its next attempt was due; one that is over is due now.

    Raises:
        NotFoundError: there is no such deploy.
        ForbiddenError: not this actor's to cancel, or to have sent.
        ConflictError: it is not cancelled, or the session has a newer one under way, or its hook is gone.
    """
    deploy = _get_for(db, deploy_id, actor, Permission.CANCEL_DEPLOY)
    _get_for(db, deploy_id, actor, Permission.RETRY_DEPLOY)
    _refuse_gone(db, deploy.hook_digest)
    restored = _transition(
        db,
        update(Deploy)
        .where(Deploy.id == deploy_id, Deploy.status == DeployStatus.CANCELLED)
        .values(status=was, next_attempt_at=max(due_at or now, now)),
    )
    db.refresh(deploy)
    if not restored:
        raise ConflictError(f"This deploy is {within(deploy.status)} by now, so nothing was undone.")
    queue.wake_deliveries(db)
    audit.record(
        db, actor, "deploy:undo_cancel", deploy_id, before={"status": DeployStatus.CANCELLED}, after={"status": was}
    )
    return deploy


def get_deploy(db: DbSession, deploy_id: UUID) -> Deploy:
    """Raises:
    NotFoundError: there is no such deploy.
    """
    deploy = db.get(Deploy, deploy_id, populate_existing=True)
    if deploy is None:
        raise NotFoundError("There is no such deploy.")
    return deploy


def get_session(db: DbSession, session_id: UUID) -> OnboardingSession:
    """Raises:
    NotFoundError: there is no such session.
    """
    session = db.get(OnboardingSession, session_id, populate_existing=True)
    if session is None:
        raise NotFoundError("There is no such onboarding session.")
    return session


def _get_for(db: DbSession, deploy_id: UUID, actor: Actor, permission: Permission) -> Deploy:
    deploy = get_deploy(db, deploy_id)
    require(actor, permission, owner_id=get_session(db, deploy.session_id).user_id)
    return deploy


def _calls(db: DbSession, deploy: Deploy, url: str | None) -> bool:
    return url is not None and deploy.hook_digest == vault.of(db).digest(url)


def _refuse_gone(db: DbSession, digest: str) -> None:
    if mark := gone.find(db, digest):
        raise ConflictError(gone.why_not(mark))


def _insert(
    db: DbSession, session_id: UUID, url: str, *, trigger: DeployTrigger, actor: Actor, now: datetime
) -> Deploy:
    deploy = Deploy(
        id=uuid4(),
        session_id=session_id,
        trigger=trigger,
        **sealing.fields_of(db, url),
        idempotency_key=f"deploy_{uuid4().hex}",
        status=DeployStatus.QUEUED,
        next_attempt_at=now,
        actor=actor.name,
        created_at=now,
    )
    try:
        with db.begin_nested():
            db.add(deploy)
    except IntegrityError as error:
        raise _meaning(error) from error
    return deploy


def _transition(db: DbSession, statement: Update) -> bool:
    """Whether the conditional update found the row in the state that it asks for."""
    try:
        with db.begin_nested():
            return db.scalar(statement.returning(Deploy.id)) is not None
    except IntegrityError as error:
        raise _meaning(error) from error


def _meaning(error: IntegrityError) -> ServiceError:
    """What the database's refusal means: of two at once one is refused by the partial unique index."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None and diagnosis.constraint_name == "uq_deploys_live_session":
        return ConflictError(UNDER_WAY)
    return NotFoundError("There is no such onboarding session.")


def _why_no_retry(db: DbSession, deploy: Deploy) -> str:
    db.refresh(deploy)
    if deploy.status is DeployStatus.DEAD_LETTERED:
        return UNDER_WAY
    return f"This deploy is {within(deploy.status)}, not dead-lettered, so there is nothing to retry."
