"""Trends: what deploy attempts came to and how sessions went, by the spans of a period."""

from dataclasses import dataclass
from datetime import datetime

from models import SessionStatus, SubjectKind
from services import hourly, periods
from services.database import DbSession
from services.periods import Period, Window
from services.permissions import Actor


@dataclass(frozen=True)
class Trends:
    """Counts by span, the one under way last; all as long."""

    window: Window
    succeeded: tuple[int, ...]
    """Attempts that began then and succeeded."""
    failed: tuple[int, ...]
    started: tuple[int, ...]
    """Sessions."""
    completed: tuple[int, ...]
    given_up: tuple[int, ...]
    """Sessions that failed for the first time."""

    @property
    def attempts(self) -> int:
        return sum(self.succeeded) + sum(self.failed)

    @property
    def attempts_words(self) -> str:
        """What the chart of attempts shows, for those who don't see it."""
        return attempts_words(self.window, self.succeeded, self.failed)

    @property
    def sessions_words(self) -> str:
        """What the chart of sessions shows, for those who don't see it."""
        return sessions_words(self.window, self.started, self.completed, self.given_up)


def trends(db: DbSession, actor: Actor, period: Period, *, now: datetime) -> Trends:
    """The counts in the actor's scope, at a cost that goes by the hours of the period."""
    window = periods.window(period, now=now)
    attempts = hourly.attempts(db, actor, since=window.starts_at, span=period.span)
    labels = (hourly.STARTED, SessionStatus.COMPLETED, SessionStatus.FAILED)
    sessions = hourly.reached(db, actor, SubjectKind.SESSION, labels, since=window.starts_at, span=period.span)
    return Trends(
        window,
        succeeded=window.series(attempts.get(hourly.SUCCEEDED, {})),
        failed=window.series(attempts.get(hourly.FAILED, {})),
        started=window.series(sessions.get(hourly.STARTED, {})),
        completed=window.series(sessions.get(SessionStatus.COMPLETED, {})),
        given_up=window.series(sessions.get(SessionStatus.FAILED, {})),
    )


def attempts_words(window: Window, succeeded: tuple[int, ...], failed: tuple[int, ...]) -> str:
    """“412 attempts in the last 24 hours, 31 failed (7.5%). Most failed 14:00–15:00 UTC: 12.”"""
    every = sum(succeeded) + sum(failed)
    if not every:
        return f"No attempts in the last {window.period.words}."
    head = f"{_count(every, 'attempt')} in the last {window.period.words}"
    if not any(failed):
        return f"{head}, none failed."
    worst = max(range(len(failed)), key=lambda place: failed[place])
    when = periods.label(window.starts[worst], window.period)
    return f"{head}, {sum(failed):,} failed ({sum(failed) / every:.1%}). Most failed {when} UTC: {failed[worst]:,}."


def sessions_words(
    window: Window, started: tuple[int, ...], completed: tuple[int, ...], given_up: tuple[int, ...]
) -> str:
    """“120 sessions started in the last 24 hours, 96 completed, 4 failed. Most started 12:00–13:00 UTC: 9.”"""
    if not (any(started) or any(completed) or any(given_up)):
        return f"No sessions in the last {window.period.words}."
    head = (
        f"{_count(sum(started), 'session')} started in the last {window.period.words}, "
        f"{sum(completed):,} completed, {sum(given_up):,} failed."
    )
    if not any(started):
        return head
    most = max(range(len(started)), key=lambda place: started[place])
    return f"{head} Most started {periods.label(window.starts[most], window.period)} UTC: {started[most]:,}."


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
