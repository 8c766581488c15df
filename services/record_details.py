"""What the pages of single records show: a record, and what belongs to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models import (
    WAITING_STATUSES,
    Deploy,
    DeployAttempt,
    GoneHook,
    OnboardingSession,
    Project,
    ProjectStatus,
    Recovery,
    Room,
    RoomParticipant,
)
from services.offers import Offer
from services.timeline import Entry


@dataclass(frozen=True)
class DeployAndAttempts:
    """A deploy with its attempts, newest first."""

    deploy: Deploy
    attempts: Sequence[DeployAttempt]


@dataclass(frozen=True)
class SessionDetails:
    """A session with its person and template, and all that came of it."""

    session: OnboardingSession
    since: datetime
    """Since when it has the status that it has."""
    projects: Sequence[Project]
    deploys: Sequence[DeployAndAttempts]
    """The newest `records.DEPLOY_LIMIT`."""
    deploy_count: int
    attempt_count: int
    room_count: int
    hook: str
    """Which hook its next deploy calls, masked, or why there is none."""
    gone: GoneHook | None
    """Its mark, where that hook is gone."""
    retry: Offer
    may_override: bool
    """Whether the actor may deploy it to another hook now."""
    may_cancel: bool
    timeline: list[Entry]

    @property
    def waiting(self) -> Deploy | None:
        """The deploy of it that waits, if one does."""
        return next((item.deploy for item in self.deploys if item.deploy.status in WAITING_STATUSES), None)


@dataclass(frozen=True)
class ProjectDetails:
    """A project with its owner and configuration, and the moves that are open to the actor."""

    project: Project
    since: datetime
    """Since when it has the status that it has."""
    session: OnboardingSession | None
    """The session that it came out of, if the actor may see that."""
    deploy_count: int
    """Deploys of that session."""
    rooms: Sequence[Room]
    """The newest `records.ROOM_LIMIT`."""
    room_count: int
    step: ProjectStatus | None
    """The one step forward; null at the end."""
    jumps: Sequence[ProjectStatus]
    """Where the actor may move it with a reason."""
    may_advance: bool
    may_edit: bool
    timeline: list[Entry]


@dataclass(frozen=True)
class DeployDetails:
    """A deploy with its session and attempts."""

    deploy: Deploy
    attempts: Sequence[DeployAttempt]
    """The newest `records.ATTEMPT_LIMIT`."""
    attempt_count: int
    project: Project | None
    hook: str
    """Where it goes, masked."""
    gone: GoneHook | None
    """The hook's mark, where it is gone."""
    recovery: Recovery | None
    """The one that holds it, to send it again in one of its waves."""
    may_retry: bool
    why_no_retry: str | None
    """What stands against a retry that the actor may do."""
    may_cancel: bool
    timeline: list[Entry]


@dataclass(frozen=True)
class RoomDetails:
    """A room with its project and state, and who is in it."""

    room: Room
    participants: Sequence[RoomParticipant]
    """The newest `records.PARTICIPANT_LIMIT`."""
    participant_count: int
    may_edit: bool
    timeline: list[Entry]


@dataclass(frozen=True)
class StudioDetails:
    """A project with its owner and rooms, for the page on which its prompt is written."""

    project: Project
    rooms: Sequence[Room]
    may_edit: bool
