"""Projects: read one, change one."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.orm import joinedload

from api.answers import ChangedProject, ProjectWithConfig
from api.bodies import ProjectChange
from api.operations import Answer, Header, operation
from api.rows import config_row, project_row
from api.versions import check_if_match, entity_tag
from extensions import db_session, transaction
from models import Project
from services import projects
from services.database import DbSession
from services.lookups import get_visible
from services.permissions import Actor, Permission

TAG_EXAMPLE = '"2026-11-25T12:00:00.000001Z"'
ETAG = Header("ETag", "The project's version: its updated_at, in quotes.", TAG_EXAMPLE)
IF_MATCH = Header(
    "If-Match", "The version that the change is meant for; any other is left as it is (412).", TAG_EXAMPLE
)


@operation(
    "GET",
    "/api/projects/<project_id>",
    permission=Permission.SEE_RECORDS,
    answer=ProjectWithConfig,
    problems=(404,),
    answer_headers=(ETAG,),
)
def read_project(actor: Actor, project_id: UUID) -> Answer:
    """Read a project and its configuration."""
    project = get_visible(db_session(), Project, project_id, actor, joinedload(Project.config))
    body = ProjectWithConfig(project=project_row(project), config=config_row(project.config))
    return _versioned(project, body)


@operation(
    "PATCH",
    "/api/projects/<project_id>",
    permission=Permission.EDIT_PROJECT,
    body=ProjectChange,
    answer=ChangedProject,
    problems=(404, 409, 412, 415, 422),
    request_headers=(IF_MATCH,),
    answer_headers=(ETAG,),
)
def change_project(actor: Actor, project_id: UUID, body: ProjectChange) -> Answer:
    """Change a project's status, prompt or configuration: all that is sent, or, where any of it is refused, nothing."""
    with transaction(actor) as db:
        get_visible(db, Project, project_id, actor)
        project = projects.get_project(db, project_id, lock=True)
        check_if_match(project.updated_at)
        _change(db, project_id, body, actor)
        db.refresh(project)
        return _versioned(project, ChangedProject(project=project_row(project)))


def _change(db: DbSession, project_id: UUID, body: ProjectChange, actor: Actor) -> None:
    sent = body.model_fields_set
    if "prompt_text" in sent:
        projects.edit(db, project_id, actor=actor, prompt_text=body.prompt_text)
    if "config" in sent:
        projects.configure(db, project_id, body.config.model_dump(exclude_unset=True), actor=actor)
    if "status" in sent:
        projects.move(db, project_id, body.status, actor=actor, now=datetime.now(UTC), reason=body.reason)


def _versioned(project: Project, body: ProjectWithConfig | ChangedProject) -> Answer:
    return Answer(body, {"ETag": entity_tag(project.updated_at)})
