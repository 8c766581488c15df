"""Recoveries: preview one, start it, follow it, and control it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import current_app, url_for

from api.operations import Answer, Header, operation
from api.recovery_shapes import (
    NewRecovery,
    OneRecovery,
    Reason,
    RecoveryItemList,
    RecoveryItemQuery,
    RecoveryList,
    RecoveryPreview,
    RecoveryQuery,
    RecoverySelection,
    Resumption,
    item_row,
    one_recovery,
    preview_of,
    recovery_row,
)
from extensions import db_session, transaction
from services.deploys import recovery
from services.deploys.limits import Limits
from services.permissions import Actor, Permission

LOCATION = Header("Location", "The recovery.", "/api/recoveries/0b6c1f9e-4a53-4c58-9d6f-2f6f3f0a7c11")


@operation(
    "POST",
    "/api/recoveries/preview",
    permission=Permission.RECOVER_DEPLOYS,
    body=RecoverySelection,
    answer=RecoveryPreview,
    problems=(415, 422),
)
def preview_recovery(actor: Actor, body: RecoverySelection) -> RecoveryPreview:
    """Count what a recovery would take, and what it would leave out, without changing anything."""
    now, db = datetime.now(UTC), db_session()
    selection = recovery.parse(db, body.as_fields(), now=now)
    return preview_of(recovery.preview(db, actor=actor, selection=selection, limits=_limits(), now=now))


@operation(
    "POST",
    "/api/recoveries",
    permission=Permission.RECOVER_DEPLOYS,
    body=NewRecovery,
    answer=OneRecovery,
    status=202,
    problems=(409, 415, 422),
    answer_headers=(LOCATION,),
)
def start_recovery(actor: Actor, body: NewRecovery) -> Answer:
    """Start a recovery of what was previewed: the selection is frozen, and one deploy is queued at once.

    Where nothing is left to recover, that is a conflict (409).
    """
    now = datetime.now(UTC)
    with transaction(actor) as db:
        recovery_id = recovery.start(
            db,
            actor=actor,
            selection=recovery.parse(db, body.as_fields(), now=now),
            as_of=recovery.parse_as_of(body.as_of),
            halt_share=body.halt_share,
            limits=_limits(),
            now=now,
        ).id
    return Answer(_read(recovery_id, actor), {"Location": url_for("api.read_recovery", recovery_id=recovery_id)})


@operation(
    "GET",
    "/api/recoveries",
    permission=Permission.SEE_FAILURES,
    query=RecoveryQuery,
    answer=RecoveryList,
    problems=(404,),
)
def list_recoveries(actor: Actor, query: RecoveryQuery) -> RecoveryList:
    """List recoveries, the newest first."""
    found = recovery.recent(db_session(), actor=actor, after=query.after, limit=query.limit)
    return RecoveryList(recoveries=[recovery_row(row) for row in found])


@operation(
    "GET",
    "/api/recoveries/<recovery:recovery_id>",
    permission=Permission.SEE_FAILURES,
    answer=OneRecovery,
    problems=(404,),
)
def read_recovery(actor: Actor, recovery_id: UUID) -> OneRecovery:
    """Read a recovery and how far each of its waves has come."""
    return _read(recovery_id, actor)


@operation(
    "GET",
    "/api/recoveries/<recovery_id>/items",
    permission=Permission.SEE_FAILURES,
    query=RecoveryItemQuery,
    answer=RecoveryItemList,
    problems=(404,),
)
def list_recovery_items(actor: Actor, recovery_id: UUID, query: RecoveryItemQuery) -> RecoveryItemList:
    """List the deploys of a recovery, and what became of each."""
    page = recovery.items(
        db_session(), recovery_id, actor=actor, status=query.status, cursor=query.cursor, limit=query.limit
    )
    return RecoveryItemList(items=[item_row(item) for item in page.items], next_cursor=page.next_cursor)


@operation(
    "POST",
    "/api/recoveries/<recovery_id>/pause",
    permission=Permission.RECOVER_DEPLOYS,
    body=Reason,
    answer=OneRecovery,
    problems=(404, 409, 415),
)
def pause_recovery(actor: Actor, recovery_id: UUID, body: Reason) -> OneRecovery:
    """Stop a running recovery until it is resumed; what nobody has sent yet is taken back."""
    return _act(recovery.pause, recovery_id, actor, reason=body.reason)


@operation(
    "POST",
    "/api/recoveries/<recovery_id>/resume",
    permission=Permission.RECOVER_DEPLOYS,
    body=Resumption,
    answer=OneRecovery,
    problems=(404, 409, 415),
)
def resume_recovery(actor: Actor, recovery_id: UUID, body: Resumption) -> OneRecovery:
    """Go on with a paused recovery, or anyway with one that halted by itself."""
    return _act(recovery.resume, recovery_id, actor, reason=body.reason, anyway=body.anyway)


@operation(
    "POST",
    "/api/recoveries/<recovery_id>/abort",
    permission=Permission.RECOVER_DEPLOYS,
    body=Reason,
    answer=OneRecovery,
    problems=(404, 409, 415),
)
def abort_recovery(actor: Actor, recovery_id: UUID, body: Reason) -> OneRecovery:
    """End a recovery for good; what nobody has sent yet stays dead-lettered."""
    return _act(recovery.abort, recovery_id, actor, reason=body.reason)


def _act(act: Callable[..., Any], recovery_id: UUID, actor: Actor, **more: Any) -> OneRecovery:
    with transaction(actor) as db:
        act(db, recovery_id, actor=actor, now=datetime.now(UTC), **more)
    return _read(recovery_id, actor)


def _read(recovery_id: UUID, actor: Actor) -> OneRecovery:
    return one_recovery(recovery.get_progress(db_session(), recovery_id, actor=actor))


def _limits() -> Limits:
    limits: Limits = current_app.extensions["console_limits"]
    return limits
