"""The kinds of records that can be found, and by which of their columns."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast

from models import (
    AuditEvent,
    Deploy,
    DeployAttempt,
    FailureGroup,
    OnboardingSession,
    Project,
    ProjectConfig,
    PromptTemplate,
    Recovery,
    Room,
    User,
)
from services.deploys import failure_words
from services.deploys.recovery.selection import words as selection_words
from services.labels import label
from services.permissions import Permission

Say = Callable[[Any], str]
"""Of a record, a piece of text; it may be other people's."""


@dataclass(frozen=True)
class Kind:
    """One kind of record."""

    name: str
    """What people call many of them."""
    model: type[Any]
    permission: Permission
    newest: Any
    """By what the newest are found first."""
    title: Say
    detail: Say
    status: Say = lambda record: ""
    searched: tuple[Any, ...] = ()
    """The columns of which one holds each word; empty where the kind is found by id alone."""
    columns: tuple[Any, ...] = ()
    """What `title`, `detail` and `status` read; all of the record where it is empty."""
    among_newest: bool = False
    """Whether text is looked for among the newest rows only: the table is large, and its text has no index."""


def _recovery(recovery: Recovery) -> str:
    fields = recovery.selection if isinstance(recovery.selection, dict) else {}
    return f"Recovery: {selection_words(fields)}"


SESSIONS = Kind(
    name="Sessions",
    model=OnboardingSession,
    permission=Permission.SEE_RECORDS,
    newest=OnboardingSession.updated_at,
    searched=(OnboardingSession.purpose,),
    among_newest=True,  # each delivery updates its session, and would pay for an index of its text each time
    title=str,
    detail=lambda session: session.target_audience or "",
    status=lambda session: session.status,
    columns=(OnboardingSession.purpose, OnboardingSession.target_audience, OnboardingSession.status),
)
PROJECTS = Kind(
    name="Projects",
    model=Project,
    permission=Permission.SEE_RECORDS,
    newest=Project.updated_at,
    searched=(Project.title,),
    title=str,
    detail=lambda project: project.stack or "",
    status=lambda project: project.status,
    columns=(Project.title, Project.stack, Project.status),
)
DEPLOYS = Kind(
    name="Deploys",
    model=Deploy,
    permission=Permission.SEE_RECORDS,
    newest=Deploy.created_at,
    title=str,
    detail=lambda deploy: f"to {deploy.host}" if deploy.host else "",
    status=lambda deploy: deploy.status,
    columns=(Deploy.host, Deploy.status),
)
ROOMS = Kind(
    name="Rooms",
    model=Room,
    permission=Permission.SEE_RECORDS,
    newest=Room.created_at,
    searched=(Room.name,),
    title=str,
    detail=lambda room: "",
    columns=(Room.name,),
)
TEMPLATES = Kind(
    name="Templates",
    model=PromptTemplate,
    permission=Permission.SEE_TEMPLATES,
    newest=PromptTemplate.created_at,
    searched=(PromptTemplate.title,),
    title=str,
    detail=lambda template: template.description or "",
    columns=(PromptTemplate.title, PromptTemplate.description),
)
PEOPLE = Kind(
    name="People",
    model=User,
    permission=Permission.SEE_USERS,
    newest=User.created_at,
    searched=(User.email, User.name),
    title=str,
    detail=lambda user: user.email if user.name else "",
    columns=(User.email, User.name),
)
FAILURES = Kind(
    name="Failures",
    model=FailureGroup,
    permission=Permission.SEE_FAILURES,
    newest=FailureGroup.last_seen_at,
    searched=(FailureGroup.host, FailureGroup.shape, FailureGroup.fingerprint),
    title=failure_words.title,
    detail=lambda group: f"{group.attempts:,} attempts",
    status=lambda group: group.status,
)
RECOVERIES = Kind(
    name="Recoveries",
    model=Recovery,
    permission=Permission.SEE_FAILURES,
    newest=Recovery.created_at,
    searched=(Recovery.actor, cast(Recovery.selection, String)),
    title=_recovery,
    detail=lambda recovery: f"{recovery.total:,} deploys, by {recovery.actor}",
    status=lambda recovery: recovery.status,
)
CONFIGURATIONS = Kind(
    name="Configurations",
    model=ProjectConfig,
    permission=Permission.SEE_RECORDS,
    newest=ProjectConfig.created_at,
    title=lambda config: f"{label(config.deployment_target)} configuration",
    detail=lambda config: "",
    columns=(ProjectConfig.deployment_target,),
)
ATTEMPTS = Kind(
    name="Attempts",
    model=DeployAttempt,
    permission=Permission.SEE_RECORDS,
    newest=DeployAttempt.started_at,
    title=str,
    detail=lambda attempt: f"of deploy {str(attempt.deploy_id)[:8]}",
    columns=(DeployAttempt.attempt_number, DeployAttempt.deploy_id),
)
EVENTS = Kind(
    name="Audit trail",
    model=AuditEvent,
    permission=Permission.SEE_AUDIT,
    newest=AuditEvent.at,
    title=lambda event: event.tag,
    detail=lambda event: f"by {event.actor}",
    columns=(AuditEvent.tag, AuditEvent.actor),
)
KINDS = (
    SESSIONS,
    PROJECTS,
    DEPLOYS,
    ROOMS,
    FAILURES,
    RECOVERIES,
    PEOPLE,
    TEMPLATES,
    CONFIGURATIONS,
    ATTEMPTS,
    EVENTS,
)
"""In the order in which they are shown."""
LOOKED_FOR = (PEOPLE, PROJECTS, SESSIONS, *(kind for kind in KINDS if kind not in (PEOPLE, PROJECTS, SESSIONS)))
"""In the order in which they are looked for: some are found by others that were found before."""
