"""Configuring a project."""

import pytest
from sqlalchemy import select

from models import AuditEvent, ProjectConfig, Role
from services import projects
from services.errors import InvalidInputError
from tests.conftest import actor_of


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


def events(db):
    return db.scalars(select(AuditEvent).where(AuditEvent.tag == "project:configure")).all()


@pytest.mark.parametrize("fields", [{}, {"deployment_target": "vercel"}, {"build_command": "make"}])
def test_making_a_configuration_leaves_an_audit_event_even_where_it_is_as_by_default(db, make, operator, fields):
    project = make.project()

    projects.configure(db, project.id, fields, actor=operator)

    assert db.scalar(select(ProjectConfig).where(ProjectConfig.project_id == project.id))
    [event] = events(db)
    assert event.before is None
    assert event.after["deployment_target"] == "vercel"


def test_a_changed_configuration_shows_what_changed_and_no_secret(db, make, operator):
    project = make.project()
    make.config(project=project, env_config={"KEY": "old secret"}, build_command="make")

    projects.configure(db, project.id, {"env_config": {"KEY": "new secret"}, "build_command": "make"}, actor=operator)

    [event] = events(db)
    assert (event.before, event.after) == ({"env_config": {"KEY": "•••"}}, {"env_config": {"KEY": "•••"}})


def test_a_changed_configuration_makes_a_new_version_of_its_project(db, make, operator):
    project = make.project()
    make.config(project=project)
    db.refresh(project)
    before = project.updated_at

    projects.configure(db, project.id, {"build_command": "make"}, actor=operator)
    db.refresh(project)

    assert project.updated_at > before


def test_a_configuration_that_is_so_already_leaves_no_trace(db, make, operator):
    project = make.project()
    make.config(project=project, build_command="make")
    db.refresh(project)
    before = project.updated_at

    projects.configure(db, project.id, {"build_command": "make"}, actor=operator)
    db.refresh(project)

    assert project.updated_at == before
    assert events(db) == []


@pytest.mark.parametrize(
    "url", ["https://x-access-token:ghp_1@github.com/a/b", "https://ghp_1@github.com/a/b", "ssh://git:pw@github.com/a"]
)
def test_a_repository_with_credentials_is_refused(db, make, operator, url):
    project = make.project()

    with pytest.raises(InvalidInputError, match="user name or password") as refusal:
        projects.configure(db, project.id, {"repo_url": url}, actor=operator)

    assert refusal.value.field == "repo_url"
    assert events(db) == []


@pytest.mark.parametrize("url", ["git@github.com:a/b.git", "ssh://git@github.com/a/b", "https://github.com/a/b"])
def test_a_repository_without_credentials_is_kept_as_it_is(db, make, operator, url):
    config = projects.configure(db, make.project().id, {"repo_url": url}, actor=operator)

    assert config.repo_url == url


def test_credentials_that_others_stored_stay_until_the_repository_is_replaced_and_are_never_told(db, make, operator):
    config = make.config(repo_url="https://bot:ghp_1@github.com/a/b")

    projects.configure(db, config.project_id, {"repo_url": "https://…@github.com/a/b"}, actor=operator)
    assert (config.repo_url, events(db)) == ("https://bot:ghp_1@github.com/a/b", [])
    projects.configure(db, config.project_id, {"repo_url": "https://github.com/a/b"}, actor=operator)

    [event] = events(db)
    assert event.before == {"repo_url": "https://…@github.com/a/b"}
    assert event.after == {"repo_url": "https://github.com/a/b"}


ODD = {"N": 3, "O": {"a": 1}, "T": True, "L": ["x"], "Z": None, "S": "text"}


def test_hidden_values_are_kept_as_they_are_stored_whatever_their_type(db, make, operator):
    config = make.config(env_config=ODD)

    projects.configure(db, config.project_id, {"env_config": dict.fromkeys(ODD, "•••")}, actor=operator)
    assert events(db) == []
    projects.configure(db, config.project_id, {"env_config": {"N": "•••", "O": ODD["O"], "S": "new"}}, actor=operator)

    assert config.env_config == {"N": 3, "O": {"a": 1}, "S": "new"}
    assert type(config.env_config["N"]) is int


@pytest.mark.parametrize("stored", [{"KEPT": "a"}, ["no", "object"], None])
def test_a_hidden_value_that_is_not_stored_is_refused(db, make, operator, stored):
    config = make.config(env_config=stored) if stored else None
    project_id = config.project_id if config else make.project().id

    with pytest.raises(InvalidInputError, match="NEW has no stored value to keep") as refusal:
        projects.configure(db, project_id, {"env_config": {"NEW": "•••"}}, actor=operator)

    assert refusal.value.field == "env_config"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("deployment_target", value) for value in ("mars", "VERCEL", "", None, 5, ["vercel"])),
        *(("build_command", value) for value in (5, ["make"], "x" * 2_001, "a\x00b")),
        ("owner_id", "x"),
    ],
)
def test_a_field_that_cannot_be_used_is_named_and_nothing_is_kept(db, make, operator, field, value):
    config = make.config()

    with pytest.raises(InvalidInputError) as refusal:
        projects.configure(db, config.project_id, {"output_dir": "dist", field: value}, actor=operator)

    assert refusal.value.field == {"owner_id": "config"}.get(field, field)
    assert db.scalar(select(ProjectConfig.output_dir).where(ProjectConfig.id == config.id)) != "dist"
    assert events(db) == []


@pytest.mark.parametrize("value", [4, {"a": 2}, None])
def test_a_new_value_of_an_environment_is_a_text(db, make, operator, value):
    config = make.config(env_config=ODD)

    with pytest.raises(InvalidInputError, match="object of texts"):
        projects.configure(db, config.project_id, {"env_config": {"N": value}}, actor=operator)


def test_an_environment_of_another_shape_is_not_told_when_it_is_replaced(db, make, operator):
    config = make.config(env_config=["sk-very-secret"])

    projects.configure(db, config.project_id, {"env_config": {"A": "b"}}, actor=operator)

    [event] = events(db)
    assert (event.before, event.after) == ({"env_config": "•••"}, {"env_config": {"A": "•••"}})
