"""The funnel: how many sessions were started, completed and led to a project with a domain, in a period."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models import ProjectStatus, SessionStatus, SubjectKind
from services import hourly, periods
from services.database import DbSession
from services.periods import Period, Window
from services.permissions import Actor


class Stage(StrEnum):
    """What is counted, in its order: each is further than the one before."""

    STARTED = "started"
    COMPLETED = "completed"
    DOMAIN_READY = "domain_ready"


@dataclass(frozen=True)
class Step:
    """One stage in numbers. Each session, or project, counts once for each stage, in the hour when it came there."""

    stage: Stage
    count: int
    series: tuple[int, ...]
    """The count by spans of the period, the one under way last."""
    before: int
    """What the finished hours' counterparts in the period before count."""
    change: float | None
    """By how much the finished hours count more than those; null where those count none."""
    share: float | None
    """The count as a part of the stage before; null for the first, and where that has none. It is more than 1 where
    more came here than to the stage before, because they had come there earlier."""
    share_change: float | None
    """By how much that part grew, on the finished hours; 0.01 is one percentage point."""


@dataclass(frozen=True)
class Funnel:
    """All stages."""

    window: Window
    steps: tuple[Step, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened, neither in the period nor in the one before."""
        return not any(step.count or step.before for step in self.steps)

    @property
    def share(self) -> float | None:
        """The last stage as a part of the first."""
        return periods.share(self.steps[-1].count, self.steps[0].count)


def funnel(db: DbSession, actor: Actor, period: Period, *, now: datetime) -> Funnel:
    """The stages in the actor's scope; what it costs goes by the hours of the period, not by what happened in them."""
    window = periods.window(period, now=now)
    of_sessions, of_projects = (hourly.STARTED, SessionStatus.COMPLETED), (ProjectStatus.DOMAIN_READY,)
    sessions = hourly.reached(db, actor, SubjectKind.SESSION, of_sessions, since=window.before_at)
    projects = hourly.reached(db, actor, SubjectKind.PROJECT, of_projects, since=window.before_at)
    return build(
        window,
        {
            Stage.STARTED: sessions.get(hourly.STARTED, {}),
            Stage.COMPLETED: sessions.get(SessionStatus.COMPLETED, {}),
            Stage.DOMAIN_READY: projects.get(ProjectStatus.DOMAIN_READY, {}),
        },
    )


def build(window: Window, hours: Mapping[Stage, Mapping[datetime, int]]) -> Funnel:
    """The funnel of these counts: a pure decision."""
    previous = (None, *list(Stage)[:-1])
    return Funnel(
        window,
        tuple(
            _step(window, stage, hours[stage], None if before is None else hours[before])
            for stage, before in zip(Stage, previous, strict=True)
        ),
    )


def _step(window: Window, stage: Stage, own: Mapping[datetime, int], previous: Mapping[datetime, int] | None) -> Step:
    series, now, before = window.series(own), window.finished(own), window.finished_before(own)
    share = share_change = None
    if previous is not None:
        share = periods.share(sum(series), sum(window.series(previous)))
        was = periods.share(before, window.finished_before(previous))
        is_now = periods.share(now, window.finished(previous))
        share_change = None if was is None or is_now is None else is_now - was
    return Step(stage, sum(series), series, before, periods.change(now, before), share, share_change)
