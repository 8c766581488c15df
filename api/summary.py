"""The summary: what the console shows first."""

from datetime import UTC, datetime

from api.answers import PREVIEW_LIMIT, LogEntry, OnboardingTotals, ProjectTotals, ProjectWithConfig, Summary
from api.operations import operation
from api.rows import config_row, project_row, session_row
from extensions import db_session
from models import DeployAttempt, Project
from services import console, totals
from services.deploys import mask
from services.permissions import Actor, Permission

ROWS, LOG_ENTRIES = 10, 15


@operation("GET", "/api/console/summary", permission=Permission.SEE_RECORDS, answer=Summary)
def read_summary(actor: Actor) -> Summary:
    """Read totals by status, the newest sessions and projects, and the newest attempts, as far as one may see them."""
    db = db_session()
    counted = totals.totals(db, actor)
    return Summary(
        onboarding_totals=OnboardingTotals(**counted.sessions),
        project_totals=ProjectTotals(**counted.projects),
        recent_onboarding=[session_row(session) for session in console.recent_sessions(db, actor, ROWS)],
        recent_projects=[_project(project) for project in console.recent_projects(db, actor, ROWS)],
        deploy_log=[_entry(attempt) for attempt in console.attempt_log(db, actor, limit=LOG_ENTRIES)],
        generated_at=datetime.now(UTC),
    )


def _project(project: Project) -> ProjectWithConfig:
    return ProjectWithConfig(project=project_row(project), config=config_row(project.config))


def _entry(attempt: DeployAttempt) -> LogEntry:
    excerpt = attempt.response_excerpt
    return LogEntry(
        session_id=attempt.deploy.session_id,
        hook_url=mask(attempt.deploy.hook_url),
        triggered_at=attempt.started_at,
        ok=attempt.ok,
        status_code=attempt.status_code,
        body_preview=None if excerpt is None else excerpt[:PREVIEW_LIMIT],
        error_message=attempt.error_message,
    )
