"""Projects: steps, edits and configuration."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from models import DeploymentTarget, Project, ProjectConfig, ProjectStatus
from services import audit, text
from services.database import DbSession
from services.errors import ConflictError, InvalidInputError, NotFoundError, StaleError
from services.permissions import Actor, Permission, can, require
from services.secrets import HIDDEN, without_credentials, without_secrets, without_values
from services.transitions import check_step, words

CONFIG_FIELDS = ("repo_url", "build_command", "output_dir", "env_config", "deployment_target")
ENV_LIMIT = 200
"""Entries of one environment."""


def get_project(db: DbSession, project_id: UUID, *, lock: bool = False) -> Project:
    """Raises:
    NotFoundError: there is no such project.
    """
    project = db.get(Project, project_id, populate_existing=True, with_for_update=lock or None)
    if project is None:
        raise NotFoundError("There is no such project.")
    return project


def move(
    db: DbSession, project_id: UUID, to: ProjectStatus, *, actor: Actor, now: datetime, reason: str | None = None
) -> Project:
    """Take a project to another status.

    Raises:
        NotFoundError: there is no such project.
        ForbiddenError: not this actor's to move.
        ConflictError: the step is not open to this person, or someone was faster; says which steps are.
        InvalidInputError: a step back or a jump without a reason.
    """
    project = get_project(db, project_id)
    require(actor, Permission.ADVANCE_PROJECT, owner_id=project.owner_id)
    reason = text.clean(reason, field="reason", limit=text.SHORT)
    current = project.status
    check_step(current, to, may_jump=can(actor, Permission.STEP_BACK_PROJECT), reason=reason)
    if not _set_status(db, project_id, current, to):
        raise ConflictError("The project's status has just changed; look again.")
    after: dict[str, Any] = {"status": to} | ({"reason": reason} if reason else {})
    audit.record(db, actor, "project:move", project_id, before={"status": current}, after=after)
    db.refresh(project)
    return project


def undo_move(db: DbSession, project_id: UUID, *, became: ProjectStatus, was: ProjectStatus, actor: Actor) -> Project:
    """Take back a step: a project that became `became` is `was` again.

    That is no step back, which needs the admin role and a reason: whoever took the step slipped, and nothing came of
    it. Only `services.undo` knows whether that is so, and asks for this.

    Raises:
        NotFoundError: there is no such project.
        ForbiddenError: not this actor's to move.
        ConflictError: it has moved on.
    """
    project = get_project(db, project_id)
    require(actor, Permission.ADVANCE_PROJECT, owner_id=project.owner_id)
    restored = _set_status(db, project_id, became, was)
    db.refresh(project)
    if not restored:
        raise ConflictError(f"The project is {words(project.status)} by now, so nothing was undone.")
    audit.record(db, actor, "project:undo_move", project_id, before={"status": became}, after={"status": was})
    return project


def _set_status(db: DbSession, project_id: UUID, current: ProjectStatus, to: ProjectStatus) -> bool:
    """Whether the project had the status `current` and has the other now."""
    statement = (
        update(Project)
        .where(Project.id == project_id, Project.status == current)
        .values(status=to)
        .returning(Project.id)
        .execution_options(synchronize_session=False)
    )
    return db.scalar(statement) is not None


def mark_configured(db: DbSession, project_id: UUID, *, actor: Actor, now: datetime) -> Project:
    """Take a project the step to `deploy_configured`.

    Raises:
        As `move` does.
    """
    return move(db, project_id, ProjectStatus.DEPLOY_CONFIGURED, actor=actor, now=now)


def edit(
    db: DbSession,
    project_id: UUID,
    *,
    actor: Actor,
    prompt_text: str | None,
    unless_changed_since: datetime | None = None,
    tag: str = "project:edit",
) -> Project:
    """Replace a project's prompt.

    Args:
        unless_changed_since: the `updated_at` of the version that the person saw.
        tag: what the audit trail calls it, where it is done to undo something.

    Raises:
        NotFoundError: there is no such project.
        ForbiddenError: not this actor's to edit.
        StaleError: the project changed since.
        InvalidInputError: the text can't be stored.
    """
    project = get_project(db, project_id, lock=True)
    require(actor, Permission.EDIT_PROJECT, owner_id=project.owner_id)
    check_version(project, unless_changed_since)
    prompt_text = text.clean(prompt_text, field="prompt_text", limit=text.LONG)
    before, after = audit.changed({"prompt_text": project.prompt_text}, {"prompt_text": prompt_text})
    if after:
        project.prompt_text = prompt_text
        audit.record(db, actor, tag, project_id, before=before, after=after)
        db.refresh(project)
    return project


def configure(db: DbSession, project_id: UUID, fields: Mapping[str, Any], *, actor: Actor) -> ProjectConfig:
    """Set some fields of a project's configuration, which is made where there is none.

    What is sent as it is shown, a value of the environment as `•••` or an address without its credentials, stays as
    it is stored.

    Raises:
        NotFoundError: there is no such project.
        ForbiddenError: not this actor's to configure.
        InvalidInputError: an unknown field, or a value that can't be used.
    """
    project = get_project(db, project_id, lock=True)
    require(actor, Permission.EDIT_CONFIG, owner_id=project.owner_id)
    config = db.scalar(select(ProjectConfig).where(ProjectConfig.project_id == project_id))
    values = {name: _config_value(name, value, getattr(config, name, None)) for name, value in fields.items()}
    if config is None:
        return _make_config(db, project, values, actor=actor)
    before, after = audit.changed({name: getattr(config, name) for name in values}, values)
    for name, value in after.items():
        setattr(config, name, value)
    if after:
        _new_version(db, project)
        audit.record(db, actor, "project:configure", project_id, before=_shown(before), after=_shown(after))
    return config


def _make_config(db: DbSession, project: Project, values: Mapping[str, Any], *, actor: Actor) -> ProjectConfig:
    values = {"env_config": {}, "deployment_target": DeploymentTarget.VERCEL} | dict(values)
    config = ProjectConfig(project_id=project.id, **values)
    db.add(config)
    _new_version(db, project)
    audit.record(db, actor, "project:configure", project.id, after=_shown(values))
    return config


def _new_version(db: DbSession, project: Project) -> None:
    """A project's configuration is part of it, so that a change of one is a new version of the other."""
    db.execute(
        update(Project)
        .where(Project.id == project.id)
        .values(updated_at=func.now())  # which a trigger makes later than every version before
        .execution_options(synchronize_session=False)
    )
    db.refresh(project, ["updated_at"])


def check_version(project: Project, seen_at: datetime | None) -> None:
    """Raise if the project is newer than the version that was seen.

    Raises:
        StaleError: saving would overwrite someone's newer version.
    """
    if seen_at is not None and project.updated_at != seen_at:
        raise StaleError(
            "This project changed since you opened it; nothing was saved. Look at the newer version first."
        )


def _config_value(name: str, value: Any, stored: Any) -> Any:
    if name not in CONFIG_FIELDS:
        raise InvalidInputError(f"A configuration has no field {name!r}.", field="config")
    if name == "deployment_target":
        return _target(value)
    if name == "env_config":
        return _environment(value, stored)
    if value is not None and not isinstance(value, str):
        raise InvalidInputError("This must be text.", field=name)
    cleaned = text.clean(value, field=name, limit=2_000)
    return _repository(cleaned, stored) if name == "repo_url" and cleaned else cleaned


def _repository(url: str, stored: str | None) -> str:
    if stored and url == without_credentials(stored):
        return stored
    if url != without_credentials(url):
        raise InvalidInputError("A repository’s address carries no user name or password.", field="repo_url")
    return url


def _target(value: Any) -> DeploymentTarget:
    try:
        return DeploymentTarget(value)
    except ValueError:
        choices = ", ".join(DeploymentTarget)
        raise InvalidInputError(f"This must be one of {choices}.", field="deployment_target") from None


def _environment(value: Any, stored: Any) -> Any:
    kept = stored if isinstance(stored, dict) else {}
    if not isinstance(value, dict):
        raise InvalidInputError("An environment is an object of texts.", field="env_config")
    environment = {name: _kept(name, kept) if entry == HIDDEN else entry for name, entry in value.items()}
    if environment == kept:
        return environment
    if len(environment) > ENV_LIMIT:
        raise InvalidInputError(f"An environment has at most {ENV_LIMIT} entries.", field="env_config")
    for name, entry in environment.items():
        if name not in kept or entry != kept[name]:
            _check_entry(name, entry)
    return environment


def _kept(name: str, stored: Mapping[str, Any]) -> Any:
    if name not in stored:
        raise InvalidInputError(f"{name[:60]} has no stored value to keep; give it one.", field="env_config")
    return stored[name]


def _check_entry(name: str, entry: Any) -> None:
    if not isinstance(entry, str):
        raise InvalidInputError("An environment is an object of texts.", field="env_config")
    text.clean(name, field="env_config", limit=text.SHORT, required=True)
    text.clean(entry, field="env_config", limit=text.LONG)


def _shown(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as the audit trail may keep them: an environment's values are secrets, its names are not."""
    shown: dict[str, Any] = without_secrets({name: value for name, value in fields.items() if name != "env_config"})
    return shown | ({"env_config": without_values(fields["env_config"])} if "env_config" in fields else {})
