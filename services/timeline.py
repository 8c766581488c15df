"""What happened to a record, newest first: statuses, acts of people, deploys and attempts as one list."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, select

from models import AuditEvent, Deploy, DeployAttempt, OnboardingSession, Project, Room, StatusChange
from services import status_history
from services import timeline_words as words
from services.database import DbSession
from services.permissions import Actor, Permission
from services.scopes import visible
from services.sightings import VIEW

ENTRY_LIMIT = 200
"""Entries of one timeline, and rows that are read of each table for it."""
SAME_ACT = timedelta(minutes=1)
"""How far a status change may lie from the act that made it: the act bears the time at which its transaction began."""

Kind = Literal["status", "act", "deploy", "attempt"]
_RANK: dict[Kind, int] = {"act": 0, "status": 1, "deploy": 2, "attempt": 3}
"""Of what bears the same time, effects stand above causes."""


class Show(StrEnum):
    """What of a timeline is told. `changes`: statuses and acts of people; `deploys`: deploys and attempts."""

    ALL = "all"
    CHANGES = "changes"
    DEPLOYS = "deploys"


@dataclass(frozen=True)
class Entry:
    """One thing that happened."""

    at: datetime
    kind: Kind
    title: str
    detail: str
    """One line more; empty where the title says it all. May hold other people's text."""
    tone: words.Tone
    actor: str | None
    """Who did it, where that is known."""
    subject_kind: str
    """`session`, `project`, `deploy` or `room`."""
    subject_id: UUID
    attempt_id: UUID | None = None
    """The attempt that it tells of."""


def of_session(db: DbSession, session_id: UUID, *, actor: Actor, show: Show = Show.ALL) -> list[Entry]:
    """All that happened to a session, its projects, their rooms and its deploys, as far as the actor may see it."""
    sessions = _ids(db, OnboardingSession, OnboardingSession.id == session_id, actor)
    projects = _ids(db, Project, Project.onboarding_session_id.in_(sessions), actor)
    return _of_family(db, sessions, projects, actor, show)


def of_project(db: DbSession, project_id: UUID, *, actor: Actor, show: Show = Show.ALL) -> list[Entry]:
    """All that happened to a project, its rooms, the session that it came out of and the deploys of that."""
    projects = _ids(db, Project, Project.id == project_id, actor)
    origin = select(Project.onboarding_session_id).where(Project.id.in_(projects))
    sessions = _ids(db, OnboardingSession, OnboardingSession.id.in_(origin), actor)
    return _of_family(db, sessions, projects, actor, show)


def of_deploy(db: DbSession, deploy_id: UUID, *, actor: Actor, show: Show = Show.ALL) -> list[Entry]:
    """All that happened to a deploy."""
    return _merged(db, _deploys(db, Deploy.id == deploy_id, actor), [], actor, show)


def of_room(db: DbSession, room_id: UUID, *, actor: Actor) -> list[Entry]:
    """All that people did to a room."""
    return _merged(db, [], _ids(db, Room, Room.id == room_id, actor), actor, Show.ALL)


def _of_family(
    db: DbSession, sessions: Sequence[UUID], projects: Sequence[UUID], actor: Actor, show: Show
) -> list[Entry]:
    deploys = _deploys(db, Deploy.session_id.in_(sessions), actor)
    rooms = _ids(db, Room, Room.project_id.in_(projects), actor)
    return _merged(db, deploys, [*sessions, *projects, *rooms], actor, show)


def _merged(db: DbSession, deploys: Sequence[Deploy], others: Sequence[UUID], actor: Actor, show: Show) -> list[Entry]:
    deploy_ids = [deploy.id for deploy in deploys]
    entries: list[Entry] = []
    if show is not Show.CHANGES:
        entries += [*map(_deploy_entry, deploys), *map(_attempt_entry, _attempts(db, deploy_ids))]
    if show is not Show.DEPLOYS:
        entries += _history(_changes(db, others), _acts(db, [*deploy_ids, *others], actor))
    entries.sort(key=lambda entry: (entry.at, _RANK[entry.kind]), reverse=True)
    return entries[:ENTRY_LIMIT]


def _ids(db: DbSession, model: Any, condition: ColumnElement[bool], actor: Actor) -> Sequence[UUID]:
    return db.scalars(select(model.id).where(condition, visible(model, actor)).limit(ENTRY_LIMIT)).all()


def _deploys(db: DbSession, condition: ColumnElement[bool], actor: Actor) -> Sequence[Deploy]:
    return db.scalars(
        select(Deploy)
        .where(condition, visible(Deploy, actor))
        .order_by(Deploy.created_at.desc(), Deploy.id.desc())
        .limit(ENTRY_LIMIT)
    ).all()


def _attempts(db: DbSession, deploy_ids: Sequence[UUID]) -> Sequence[DeployAttempt]:
    return db.scalars(
        select(DeployAttempt)
        .where(DeployAttempt.deploy_id.in_(deploy_ids))
        .order_by(DeployAttempt.started_at.desc(), DeployAttempt.attempt_number.desc())
        .limit(ENTRY_LIMIT)
    ).all()


def _changes(db: DbSession, subject_ids: Sequence[UUID]) -> Sequence[StatusChange]:
    changes = status_history.of(subject_ids)
    return db.scalars(select(changes).order_by(changes.at.desc()).limit(ENTRY_LIMIT)).all()


def _acts(db: DbSession, subject_ids: Sequence[UUID], actor: Actor) -> Sequence[AuditEvent]:
    """What people did, except looking, and asking for a deploy, which the deploy itself tells."""
    return db.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.subject_id.in_(subject_ids),
            AuditEvent.tag != "deploy:request",
            AuditEvent.tag.not_like(f"%{VIEW}"),
            visible(AuditEvent, actor, Permission.SEE_AUDIT),
        )
        .order_by(AuditEvent.at.desc())
        .limit(ENTRY_LIMIT)
    ).all()


def _history(changes: Sequence[StatusChange], acts: Sequence[AuditEvent]) -> list[Entry]:
    """Status changes and acts; an act that is also a status change is told once, with what the act adds to it."""
    by_transition: dict[tuple[Any, ...], list[AuditEvent]] = defaultdict(list)
    for act in acts:
        by_transition[_transition_of(act)].append(act)
    told, entries = set(), []
    for change in changes:
        act_behind = _take_act(by_transition, change)
        told.add(act_behind.id if act_behind else None)
        entries.append(_change_entry(change, act_behind))
    return [*entries, *(_act_entry(act) for act in acts if act.id not in told)]


def _transition_of(act: AuditEvent) -> tuple[Any, ...]:
    return act.subject_id, words.status_in(act.before), words.status_in(act.after), act.actor


def _take_act(by_transition: dict[tuple[Any, ...], list[AuditEvent]], change: StatusChange) -> AuditEvent | None:
    acts = by_transition.get((change.subject_id, change.from_status, change.to_status, change.actor), [])
    behind = next((act for act in acts if abs(act.at - change.at) < SAME_ACT), None)
    if behind is not None:
        acts.remove(behind)
    return behind


def _change_entry(change: StatusChange, act: AuditEvent | None) -> Entry:
    return Entry(
        at=change.at,
        kind="status",
        title=words.change_title(change),
        detail=words.act_detail(act, without=("status",)) if act else "",
        tone=words.status_tone(change.to_status),
        actor=change.actor,
        subject_kind=change.subject_kind,
        subject_id=change.subject_id,
    )


def _act_entry(act: AuditEvent) -> Entry:
    return Entry(
        at=act.at,
        kind="act",
        title=words.act_title(act.tag),
        detail=words.act_detail(act),
        tone="neutral",
        actor=act.actor,
        subject_kind=act.subject_kind,
        subject_id=act.subject_id or act.id,
    )


def _deploy_entry(deploy: Deploy) -> Entry:
    return Entry(
        at=deploy.created_at,
        kind="deploy",
        title=words.deploy_title(deploy),
        detail=words.deploy_detail(deploy),
        tone="info",
        actor=deploy.actor,
        subject_kind="deploy",
        subject_id=deploy.id,
    )


def _attempt_entry(attempt: DeployAttempt) -> Entry:
    return Entry(
        at=attempt.started_at,
        kind="attempt",
        title=words.attempt_title(attempt),
        detail=words.attempt_detail(attempt),
        tone=words.attempt_tone(attempt),
        actor=None,
        subject_kind="deploy",
        subject_id=attempt.deploy_id,
        attempt_id=attempt.id,
    )
