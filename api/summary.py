"""The summary: what the console shows first."""

import hashlib
from datetime import UTC, datetime
from functools import cache

from flask import Response, request
from werkzeug.http import quote_etag

from api.answers import PREVIEW_LIMIT, LogEntry, OnboardingTotals, ProjectTotals, ProjectWithConfig, Summary
from api.operations import Answer, Header, operation
from api.rows import config_row, project_row, session_row
from config import ROOT
from extensions import db_session
from models import DeployAttempt, Project
from services import console, totals
from services.database import DbSession
from services.deploys import mask
from services.permissions import Actor, Permission
from services.summary_version import summary_version

ROWS, LOG_ENTRIES = 10, 15
TAG = 'W/"0cc175b9c0f1b6a831c399e269772661"'
ETAG = Header("ETag", "Another one whenever anything but generatedAt would be.", TAG)
IF_NONE_MATCH = Header("If-None-Match", "The ETag of a summary that is at hand: 304 says that it still holds.", TAG)


@operation(
    "GET",
    "/api/console/summary",
    permission=Permission.SEE_RECORDS,
    answer=Summary,
    request_headers=(IF_NONE_MATCH,),
    answer_headers=(ETAG,),
    may_be_unchanged=True,
)
def read_summary(actor: Actor) -> Answer | Response:
    """Read totals by status, the newest sessions and projects, and the newest attempts, as far as one may see them."""
    db = db_session()
    tag = _tag(db, actor)  # before the rest is read: what changes in between has another tag, and is fetched next time
    headers = {"ETag": quote_etag(tag, weak=True)}
    if request.if_none_match.contains_weak(tag):
        return Response(status=304, headers=headers)
    return Answer(_summary(db, actor), headers)


def _tag(db: DbSession, actor: Actor) -> str:
    version = summary_version(db, actor, rows=ROWS, attempts=LOG_ENTRIES)
    return hashlib.md5(f"{_code()} {version}".encode(), usedforsecurity=False).hexdigest()


@cache
def _code() -> str:
    """A digest of the code that makes summaries: a newer one may tell the same records otherwise."""
    files = (path for room in ("api", "models", "services") for path in sorted((ROOT / room).rglob("*.py")))
    return hashlib.md5(b"".join(path.read_bytes() for path in files), usedforsecurity=False).hexdigest()


def _summary(db: DbSession, actor: Actor) -> Summary:
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
