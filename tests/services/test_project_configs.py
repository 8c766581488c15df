"""Configuring a project."""

import pytest
from sqlalchemy import select

from models import AuditEvent, ProjectConfig, Role
from services import projects
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
