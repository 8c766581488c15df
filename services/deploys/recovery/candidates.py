"""The dead-lettered deploys that a selection names, and what keeps each of them from being replayed."""

from enum import StrEnum
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, exists, func, null, or_, select, tuple_
from sqlalchemy.orm import aliased

from models import (
    HELD_STATUSES,
    LIVE_STATUSES,
    Deploy,
    DeployAttempt,
    DeployStatus,
    GoneHook,
    OnboardingSession,
    RecoveryItem,
    RecoveryItemStatus,
    SessionStatus,
)
from services.deploys.recovery.selection import Selection
from services.permissions import Actor, Permission
from services.scopes import visible


class Obstacle(StrEnum):
    """What keeps a dead-lettered deploy from being replayed; the first that applies is told."""

    NOTHING_TO_DEPLOY = "nothing_to_deploy"
    HELD = "held"
    NEWER = "newer"
    GONE = "gone"

    @property
    def words(self) -> str:
        """A sentence for people."""
        return _WORDS[self]


_WORDS = {
    Obstacle.NOTHING_TO_DEPLOY: "The session has nothing to deploy.",
    Obstacle.HELD: "Another recovery holds the deploy.",
    Obstacle.NEWER: "The session has a newer deploy, or one that is under way.",
    Obstacle.GONE: "The hook answered that it is gone (410).",
}


def candidates(selection: Selection, actor: Actor) -> CTE:
    """One row for each dead-lettered deploy that the selection names.

    Columns: id, host, hook_masked, fingerprint, created_at, dead_lettered_at (the row's version), failed_at (when the
    newest failed attempt was made) and obstacle, null where nothing keeps it from being replayed.
    """
    newest = _newest_failure()
    failed_at = func.coalesce(newest.c.started_at, Deploy.updated_at)
    query = (
        select(
            Deploy.id,
            Deploy.host,
            Deploy.hook_masked,
            Deploy.fingerprint,
            Deploy.created_at,
            Deploy.updated_at.label("dead_lettered_at"),
            failed_at.label("failed_at"),
            obstacle(but_held=False).label("obstacle"),
        )
        .outerjoin(newest, onclause=and_(True))
        .where(
            Deploy.status == DeployStatus.DEAD_LETTERED,
            visible(Deploy, actor, Permission.RECOVER_DEPLOYS),
            *_criteria(selection, newest, failed_at),
        )
    )
    return query.cte("candidates")


def _criteria(selection: Selection, newest: Any, failed_at: Any) -> list[ColumnElement[bool]]:
    columns = {
        "fingerprint": Deploy.fingerprint,
        "host": Deploy.host,
        "status_code": newest.c.status_code,
        "error_kind": newest.c.error_kind,
    }
    asked = {name: getattr(selection, name) for name in columns}
    criteria = [columns[name] == value for name, value in asked.items() if value is not None]
    if selection.failed_since:
        criteria.append(failed_at >= selection.failed_since)
    if selection.failed_until:
        criteria.append(failed_at <= selection.failed_until)
    if selection.deploy_ids:
        criteria.append(Deploy.id.in_(selection.deploy_ids))
    if selection.recovery_id:
        criteria.append(_failed_in(selection))
    return criteria


def _failed_in(selection: Selection) -> ColumnElement[bool]:
    return Deploy.id.in_(
        select(RecoveryItem.deploy_id).where(
            RecoveryItem.recovery_id == selection.recovery_id, RecoveryItem.status == RecoveryItemStatus.FAILED
        )
    )


def _newest_failure() -> Any:
    """Each deploy's newest failed attempt, to be joined laterally."""
    return (
        select(DeployAttempt.started_at, DeployAttempt.status_code, DeployAttempt.error_kind)
        .where(DeployAttempt.deploy_id == Deploy.id, DeployAttempt.ok.is_(False))
        .order_by(DeployAttempt.attempt_number.desc())
        .limit(1)
        .lateral("newest")
    )


def obstacle(*, but_held: bool) -> ColumnElement[str | None]:
    """What keeps `Deploy` from being replayed, null where nothing does.

    Args:
        but_held: pass over whether a recovery holds it, since it is the asking one that does.
    """
    held = [] if but_held else [(_is_held(), Obstacle.HELD.value)]
    return case(
        (_has_nothing_to_deploy(), Obstacle.NOTHING_TO_DEPLOY.value),
        *held,
        (_has_newer(), Obstacle.NEWER.value),
        (_is_gone(), Obstacle.GONE.value),
        else_=null(),
    )


def _has_nothing_to_deploy() -> ColumnElement[bool]:
    """As `services.deploys.request.why_nothing_to_deploy` decides for one."""
    return exists().where(
        OnboardingSession.id == Deploy.session_id,
        or_(
            OnboardingSession.status == SessionStatus.DRAFT,
            and_(OnboardingSession.status == SessionStatus.FAILED, OnboardingSession.deploy_response.is_(None)),
        ),
    )


def _is_held() -> ColumnElement[bool]:
    return exists().where(RecoveryItem.deploy_id == Deploy.id, RecoveryItem.status.in_(HELD_STATUSES))


def _has_newer() -> ColumnElement[bool]:
    other = aliased(Deploy)
    is_newer = tuple_(other.created_at, other.id) > tuple_(Deploy.created_at, Deploy.id)
    return exists().where(
        other.session_id == Deploy.session_id,
        other.id != Deploy.id,
        or_(is_newer, other.status.in_(LIVE_STATUSES)),
    )


def _is_gone() -> ColumnElement[bool]:
    return exists().where(GoneHook.url_digest == Deploy.hook_digest)


def recoverable(chosen: CTE) -> Select[Any]:
    """Those of the candidates that nothing keeps from being replayed."""
    return select(chosen).where(chosen.c.obstacle.is_(None))
