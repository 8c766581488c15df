"""What the audit trail hears of beside acts: who signs in, who fails to, and who opens the records of others."""

import logging
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Flask, Response, current_app, g, request, session
from flask_security import user_authenticated, user_failed_authn
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from extensions import transaction
from models import Deploy, DeployAttempt, OnboardingSession, Project, Room
from people import api_tokens
from people.accounts import current_actor, has_bearer, security
from services import audit, failed_sign_ins, sightings
from services.permissions import Actor, Permission, Scope

log = logging.getLogger("console.web")

OPENED: dict[str, type[Any]] = {
    "records.session": OnboardingSession,
    "records.project": Project,
    "records.deploy": Deploy,
    "records.attempt": DeployAttempt,
    "records.attempt_reader": DeployAttempt,
    "records.room": Room,
    "records.studio": Project,
    "records.session_live": OnboardingSession,
    "records.project_live": Project,
    "records.deploy_live": Deploy,
    "records.attempt_live": DeployAttempt,
    "records.room_live": Room,
    "records.studio_live": Project,
    "hooks.of_session": OnboardingSession,
    "hooks.of_deploy": Deploy,
    "api.read_session": OnboardingSession,
    "api.read_project": Project,
    "api.read_deploy": Deploy,
}
"""What shows one record, by its endpoint; beside these, the pages that every list has of a record.

What renews itself is among them: whoever asks for it alone sees the record as well."""
_PAGES = ("details_view", "edit_view", "history_view")


def init_app(app: Flask) -> None:
    user_authenticated.connect(_record_sign_in, app)
    user_failed_authn.connect(_note_failure, app)
    app.after_request(_record_failure)
    app.after_request(_record_sighting)


def _record_sign_in(sender: Flask, user: Any, authn_via: list[str] | None = None, **how: Any) -> None:
    actor = Actor(id=user.id, name=user.email, role=user.role, origin=request.remote_addr)
    with transaction(actor) as db:
        audit.record(db, actor, "user:sign_in", user.id, after={"by": list(authn_via or ["password"])})


def _note_failure(sender: Flask, user: Any, auth_type: str, tfa: bool = False, **how: Any) -> None:
    reason = "The second factor was wrong." if tfa else f"The {auth_type} was wrong."
    g.failed_sign_in = {"reason": reason, "way": auth_type, "person_id": user.id}


def _record_failure(response: Response) -> Response:
    """Whatever failed, and whether there is such a person or not, the same is done at the same place."""
    refused = _failure_of(response)
    failure = g.pop("failed_sign_in", None) or refused or _refused_token(response)
    if failure is not None:
        actor = Actor(id=None, name="anonymous", role=None, origin=request.remote_addr)
        with transaction(actor) as db:
            if not failed_sign_ins.record(db, actor, **failure):
                log.warning("A sign-in from %s failed, as many did within this hour.", request.remote_addr)
    return response


def _failure_of(response: Response) -> dict[str, Any] | None:
    """What the sign-in page refused before it came to the password: somebody unknown, or not let in, or too many."""
    if response.status_code not in (200, 422, 429):
        return None  # before anything looks at a form, which may be what was refused
    is_try = request.method == "POST" and request.endpoint == "security.login" and "_user_id" not in session
    typed = request.form.get("email", "") if is_try else ""
    if not typed.strip() or not request.form.get("password"):
        return None
    person = _find(typed)
    known: dict[str, Any] = {"typed": typed} if person is None else {"person_id": person.id}
    if response.status_code == 429:
        return known | {"way": "password", "reason": "There were too many tries."}
    reason = "Nobody has this address." if person is None else "This person may not sign in."
    return known | {"way": "password", "reason": reason}


def _refused_token(response: Response) -> dict[str, Any] | None:
    """What programs sign in with each time; that it succeeds is kept as the token's last use."""
    if response.status_code != 401 or not has_bearer():
        return None
    return {"reason": api_tokens.why_refused(), "way": "token", "person_id": api_tokens.person_meant()}


def _find(address: str) -> Any:
    try:
        return security.datastore.find_user(case_insensitive=True, email=security._mail_util.normalize(address))
    except ValueError:
        return None


def _record_sighting(response: Response) -> Response:
    """After the answer is made, so that its time and its tag are as they were; what hinders it hinders no answer."""
    seen = _seen() if request.method == "GET" and response.status_code == 200 else None
    if seen is None:
        return response
    actor = current_actor()
    try:
        with transaction(actor) as db:
            sightings.note(db, actor, *seen, request_id=g.get("request_id"), now=datetime.now(UTC))
    except (DBAPIError, PoolTimeoutError):
        log.exception("That %s opened a record could not be recorded.", actor.id)
    return response


def _seen() -> tuple[type[Any], UUID] | None:
    """The record that the request shows, where it may be another's."""
    endpoint = request.endpoint or ""
    model, named = OPENED.get(endpoint), next(iter((request.view_args or {}).values()), None)
    if model is None and endpoint.endswith(_PAGES):
        model, named = _lists().get(endpoint.partition(".")[0]), request.args.get("id")
    if model not in sightings.OWNERS or not _sees_all():
        return None
    try:
        return model, UUID(str(named))
    except ValueError:
        return None


def _sees_all() -> bool:
    actor = current_actor()
    return actor.id is not None and actor.scope(Permission.SEE_RECORDS) is Scope.ALL


def _lists() -> dict[str, type[Any]]:
    """The model of each list, by its endpoint."""
    views = (view for admin in current_app.extensions["admin"] for view in admin._views)
    return {view.endpoint: view.model for view in views if hasattr(view, "model")}
