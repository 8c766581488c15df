"""Project health: the counts, what lies longest, and what changed last."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from models import ComboType, ProjectStatus, Role
from services import audit, projects
from services.project_health import project_health
from tests.conftest import NOW, actor_of
from tests.queries import counted


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


def test_the_three_that_lie_longest_come_before_those_that_changed_last(db, make, operator):
    lying = [
        make.project(status=ProjectStatus.CODE_GENERATED, updated_at=NOW - timedelta(days=days))
        for days in range(9, 3, -1)
    ]
    newest = [make.project(updated_at=NOW - timedelta(minutes=minutes)) for minutes in range(9)]

    rows = project_health(db, operator, now=NOW).rows

    assert [row.id for row in rows] == [project.id for project in lying[:3] + newest[:7]]
    assert [row.is_lying for row in rows] == [True] * 3 + [False] * 7


@pytest.mark.parametrize("status", ProjectStatus)
def test_only_what_stands_before_its_configuration_lies(db, make, operator, status):
    make.project(status=status, updated_at=NOW - timedelta(days=30))

    [row] = project_health(db, operator, now=NOW).rows

    assert row.is_lying is (status in (ProjectStatus.PROMPT_READY, ProjectStatus.CODE_GENERATED))


def test_a_project_that_both_lies_and_changed_last_is_shown_once(db, make, operator):
    make.project(status=ProjectStatus.CODE_GENERATED, updated_at=NOW - timedelta(days=30))

    assert len(project_health(db, operator, now=NOW).rows) == 1


def test_it_is_told_whether_a_project_has_a_configuration(db, make, operator):
    with_one, without = make.project(updated_at=NOW), make.project(updated_at=NOW - timedelta(minutes=1))
    make.config(project=with_one)

    assert [(row.id, row.has_config) for row in project_health(db, operator, now=NOW).rows] == [
        (with_one.id, True),
        (without.id, False),
    ]


def test_every_step_has_a_count(db, make, operator):
    make.project(status=ProjectStatus.DOMAIN_READY)

    health = project_health(db, operator, now=NOW)

    assert health.counts == dict.fromkeys(ProjectStatus, 0) | {ProjectStatus.DOMAIN_READY: 1}
    assert health.total == 1


def test_a_member_sees_nothing_of_others(db, make):
    make.project(status=ProjectStatus.CODE_GENERATED, updated_at=NOW - timedelta(days=30))

    health = project_health(db, actor_of(make.user(role=Role.MEMBER)), now=NOW)

    assert (health.total, health.rows) == (0, [])


def test_it_asks_the_database_as_often_for_many_projects_as_for_one(db, connection, make, operator):
    def queries() -> int:
        db.expunge_all()
        with counted(connection) as statements:
            project_health(db, operator, now=NOW)
        return len(statements)

    make.config()
    for_one = queries()
    for _ in range(5):
        make.config()

    assert queries() == for_one <= 4


def test_a_project_s_row_tells_its_step_and_its_newest_change(db, make, operator):
    project = make.project(status=ProjectStatus.CODE_GENERATED, combo_type=ComboType.APP)
    audit.act_as(db, operator)
    projects.mark_configured(db, project.id, actor=operator, now=NOW)

    [row] = project_health(db, operator, now=NOW).rows

    assert (row.title, row.stack, row.combo) == ("Teapots", "Next.js", ComboType.APP)
    assert (row.status, row.step, row.changed_by) == (ProjectStatus.DEPLOY_CONFIGURED, 3, operator.name)
    assert row.changed_at > project.created_at


def test_a_project_without_a_history_changed_when_its_row_did(db, make, operator):
    project = make.project()
    db.execute(text("DELETE FROM status_changes"))

    [row] = project_health(db, operator, now=NOW).rows

    assert (row.changed_at, row.changed_by) == (project.updated_at, None)
