"""The summary: what the console shows first."""

from datetime import UTC, datetime
from functools import cache
from hashlib import md5
from typing import Any

from flask import Response, request
from sqlalchemy import Row
from werkzeug.http import quote_etag

from api.answers import PREVIEW_LIMIT, LogEntry, OnboardingTotals, ProjectTotals, ProjectWithConfig, Summary
from api.operations import Answer, Header, operation
from api.rows import config_row, project_row, session_row
from config import ROOT
from extensions import db_session
from models import Project
from services import field_rules, summary
from services.database import DbSession
from services.permissions import Actor, Permission
from services.totals import Totals

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
    state = summary.state(
        db, actor
    )  # before the rest: what changes in between has another tag, and is fetched next time
    tag = md5(f"{_code()} {state.version} {_masks(actor)}".encode(), usedforsecurity=False).hexdigest()
    headers = {"ETag": quote_etag(tag, weak=True)}
    if request.if_none_match.contains_weak(tag):
        return Response(status=304, headers=headers)
    return Answer(_summary(db, actor, state.totals), headers)


def _masks(actor: Actor) -> str:
    """What is masked in the answer, and for whom: the same records are told otherwise to others."""
    closed = field_rules.closed_to(actor)
    return f"{sorted(closed)} {actor.id}" if closed else ""


@cache
def _code() -> str:
    """A digest of the code that makes summaries: a newer one may tell the same records otherwise."""
    files = (path for room in ("api", "models", "services") for path in sorted((ROOT / room).rglob("*.py")))
    return md5(b"".join(path.read_bytes() for path in files), usedforsecurity=False).hexdigest()


def _summary(db: DbSession, actor: Actor, totals: Totals) -> Summary:
    return Summary(
        onboarding_totals=OnboardingTotals(**totals.sessions),
        project_totals=ProjectTotals(**totals.projects),
        recent_onboarding=[session_row(session) for session in summary.newest_sessions(db, actor)],
        recent_projects=[_project(project) for project in summary.newest_projects(db, actor)],
        deploy_log=[_entry(attempt) for attempt in summary.newest_attempts(db, actor)],
        generated_at=datetime.now(UTC),
    )


def _project(project: Project) -> ProjectWithConfig:
    return ProjectWithConfig(project=project_row(project), config=config_row(project.config))


def _entry(attempt: Row[Any]) -> LogEntry:
    excerpt = attempt.response_excerpt
    return LogEntry(
        session_id=attempt.session_id,
        hook_url=attempt.hook_masked,
        triggered_at=attempt.started_at,
        ok=attempt.ok,
        status_code=attempt.status_code,
        body_preview=None if excerpt is None else excerpt[:PREVIEW_LIMIT],
        error_message=attempt.error_message,
    )
