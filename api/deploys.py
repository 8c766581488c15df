"""Deploys: ask for one, wait for its first attempt, read it."""

from datetime import UTC, datetime
from time import monotonic, sleep
from uuid import UUID

from flask import current_app, url_for
from sqlalchemy.orm import selectinload

from api.answers import DeployedSession, DeployState, OneDeploy
from api.bodies import DeployRequest
from api.operations import Answer, Header, operation
from api.preferences import preferred_wait_s
from api.rows import attempt_row, deploy_row, session_row
from config import Settings
from extensions import db_session, transaction
from models import Deploy, DeployTrigger, OnboardingSession
from services import deploys
from services.deploys.progress import first_attempt_has_ended
from services.lookups import get_visible
from services.permissions import Actor, Permission, require

POLL_S = 0.1
"""How often a waiting request looks; each look takes a connection for about a millisecond."""
PREFER = Header(
    "Prefer",
    "wait=N: answer when the first attempt has ended, at the latest after N seconds or the console's own limit.",
    "wait=10",
)
APPLIED = Header("Preference-Applied", "The wait that was granted.", "wait=10")
LOCATION = Header("Location", "The deploy.", "/api/deploys/0b6c1f9e-4a53-4c58-9d6f-2f6f3f0a7c11")


@operation(
    "POST",
    "/api/console/deploy/<session_id>",
    permission=Permission.RETRY_DEPLOY,
    body=DeployRequest,
    answer=DeployedSession,
    status=202,
    problems=(404, 409, 415, 422),
    request_headers=(PREFER,),
    answer_headers=(APPLIED, LOCATION),
)
def deploy_session(actor: Actor, session_id: UUID, body: DeployRequest) -> Answer:
    """Deploy a session: retry its newest deploy where that was given up, else queue a new one.

    While one is under way, a second is a conflict (409).
    """
    settings: Settings = current_app.extensions["console_settings"]
    with transaction(actor) as db:
        session = get_visible(db, OnboardingSession, session_id, actor)
        if body.hook_url:
            require(actor, Permission.OVERRIDE_HOOK, owner_id=session.user_id)
        deploy_id = deploys.redeploy(
            db,
            session_id,
            trigger=DeployTrigger.API,
            actor=actor,
            now=datetime.now(UTC),
            default_hook_url=settings.default_hook_url,
            hook_url=body.hook_url,
        ).id
    headers = {"Location": url_for("api.read_deploy", deploy_id=deploy_id)}
    if wait_s := preferred_wait_s(settings.prefer_wait_limit_s):
        _wait_for_first_attempt(deploy_id, wait_s)
        headers["Preference-Applied"] = f"wait={wait_s}"
    return Answer(_deployed(session_id, deploy_id, actor), headers)


@operation(
    "GET",
    "/api/deploys/<deploy_id>",
    permission=Permission.SEE_RECORDS,
    answer=OneDeploy,
    problems=(404,),
)
def read_deploy(actor: Actor, deploy_id: UUID) -> OneDeploy:
    """Read a deploy and its attempts."""
    deploy = get_visible(db_session(), Deploy, deploy_id, actor, selectinload(Deploy.attempts))
    return OneDeploy(deploy=deploy_row(deploy), attempts=[attempt_row(attempt) for attempt in deploy.attempts])


def _wait_for_first_attempt(deploy_id: UUID, wait_s: int) -> None:
    """Look until the attempt has ended or the time is up, without holding a connection in between."""
    db, deadline = db_session(), monotonic() + wait_s
    while not first_attempt_has_ended(db, deploy_id) and monotonic() < deadline:
        db.rollback()
        sleep(POLL_S)
    db.rollback()


def _deployed(session_id: UUID, deploy_id: UUID, actor: Actor) -> DeployedSession:
    db = db_session()
    session = get_visible(db, OnboardingSession, session_id, actor)
    deploy = deploys.get_deploy(db, deploy_id)
    return DeployedSession(**session_row(session).model_dump(), deploy=DeployState(id=deploy.id, status=deploy.status))
