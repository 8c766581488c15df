"""What the pages of single records show: a record, and what belongs to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from models import (
    Deploy,
    DeployAttempt,
    GoneHook,
    OnboardingSession,
    Project,
    ProjectStatus,
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
    projects: Sequence[Project]
    deploys: Sequence[DeployAndAttempts]
    """The newest `records.DEPLOY_LIMIT`."""
    deploy_count: int
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
    def is_live(self) -> bool:
        """Whether a deploy of it is under way."""
        return any(item.deploy.status.is_live for item in self.deploys)


@dataclass(frozen=True)
class ProjectDetails:
    """A project with its owner and configuration, and the moves that are open to the actor."""

    project: Project
    session: OnboardingSession | None
    """The session that it came out of, if the actor may see that."""
    rooms: Sequence[Room]
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
    project: Project | None
    hook: str
    """Where it goes, masked."""
    gone: GoneHook | None
    """The hook's mark, where it is gone."""
    may_retry: bool
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
