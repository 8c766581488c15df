"""PATCH and GET /api/projects/<id>: some fields, all or nothing, and no lost update."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import inspect, select

from app import create_app
from extensions import database
from models import AuditEvent, Project, ProjectConfig, ProjectStatus, Role
from tests.api.conftest import assert_described, assert_problem
from tests.api.program import Program
from tests.conftest import NOW, settings_for
from tests.records import Records
from tests.trail import events

TEMPLATE = "/api/projects/{project_id}"


def path(project):
    return f"/api/projects/{project.id}"


def tags(db):
    return sorted(db.scalars(select(AuditEvent.tag)))


def test_a_project_is_changed_in_all_that_is_sent_and_answered_as_it_is_now(db, make, operator):
    project = make.project(status=ProjectStatus.CODE_GENERATED)

    answer = operator.patch(
        path(project),
        json={"status": "deploy_configured", "prompt_text": "Build it.", "config": {"build_command": "make"}},
    )

    assert answer.status_code == 200
    assert_described(answer, "PATCH", TEMPLATE)
    db.refresh(project)
    body = answer.json
    assert set(body) == {"success", "project"}
    assert body["success"] is True
    assert set(body["project"]) == {column.name for column in inspect(Project).local_table.columns}
    assert (body["project"]["status"], body["project"]["prompt_text"]) == ("deploy_configured", "Build it.")
    assert (project.status, project.prompt_text) == (ProjectStatus.DEPLOY_CONFIGURED, "Build it.")
    assert db.scalar(select(ProjectConfig.build_command)) == "make"
    assert tags(db) == ["project:configure", "project:edit", "project:move"]


@pytest.mark.parametrize(
    ("body", "tag"),
    [
        ({"status": "code_generated"}, "project:move"),
        ({"prompt_text": "Build it."}, "project:edit"),
        ({"config": {"env_config": {"KEY": "value"}}}, "project:configure"),
    ],
)
def test_any_one_of_the_fields_will_do(db, make, operator, body, tag):
    project = make.project()

    assert operator.patch(path(project), json=body).status_code == 200
    assert tags(db) == [tag]


def test_the_prompt_can_be_taken_away_with_null(db, make, operator):
    project = make.project(prompt_text="Build it.")

    assert operator.patch(path(project), json={"prompt_text": None}).json["project"]["prompt_text"] is None


def test_a_configuration_that_was_read_can_be_sent_back_without_a_change(db, make, operator):
    project = make.project()
    config = make.config(project=project, env_config={"A": "a", "N": 3}, repo_url="https://bot:ghp_1@github.com/a/b")
    read = operator.get(path(project)).json["config"]
    sent = {name: read[name] for name in ("env_config", "repo_url", "build_command")}

    assert operator.patch(path(project), json={"config": sent | {"build_command": "make"}}).status_code == 200
    db.refresh(config)

    assert config.env_config == {"A": "a", "N": 3}
    assert (config.repo_url, config.build_command) == ("https://bot:ghp_1@github.com/a/b", "make")


def test_an_environment_is_replaced_as_a_whole_and_a_hidden_value_is_kept(db, make, operator):
    project = make.project()
    config = make.config(project=project, env_config={"KEPT": "a", "GONE": "b"})

    operator.patch(path(project), json={"config": {"env_config": {"KEPT": "•••", "NEW": "c"}}})
    refused = operator.patch(path(project), json={"config": {"env_config": {"OTHER": "•••"}}})
    db.refresh(config)

    assert config.env_config == {"KEPT": "a", "NEW": "c"}
    assert_problem(refused, 422, field="env_config")


def test_a_repository_with_credentials_is_refused(make, operator):
    answer = operator.patch(path(make.project()), json={"config": {"repo_url": "https://a:b@github.com/a"}})

    assert_problem(answer, 422, field="repo_url")


def test_where_one_field_is_refused_nothing_is_changed(db, make, operator):
    project = make.project(prompt_text="Old.")

    answer = operator.patch(
        path(project), json={"prompt_text": "New.", "config": {"build_command": "make"}, "status": "domain_ready"}
    )

    detail = assert_problem(answer, 409)
    assert "code generated" in detail
    db.refresh(project)
    assert project.prompt_text == "Old."
    assert db.scalar(select(ProjectConfig)) is None
    assert tags(db) == []


def test_an_admin_steps_back_with_a_reason_only(make, admin):
    project = make.project(status=ProjectStatus.DOMAIN_READY)

    assert_problem(admin.patch(path(project), json={"status": "prompt_ready"}), 422, field="reason")
    answer = admin.patch(path(project), json={"status": "prompt_ready", "reason": "The domain was sold."})

    assert answer.json["project"]["status"] == "prompt_ready"


def test_an_unknown_project_is_not_found(operator):
    assert_problem(operator.patch(f"/api/projects/{uuid4()}", json={"prompt_text": "x"}), 404)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_those_who_may_not_edit_change_nothing_not_even_their_own(db, make, program_of, role):
    user = make.user(role=role)
    project = make.project(owner=user, prompt_text="Old.")

    assert_problem(program_of(user=user).patch(path(project), json={"prompt_text": "New."}), 403)
    db.refresh(project)
    assert project.prompt_text == "Old."


def test_each_version_has_a_strong_tag_which_is_its_updated_at(make, operator):
    project = make.project()

    read = operator.get(path(project))
    changed = operator.patch(path(project), json={"prompt_text": "New."})

    assert read.headers["ETag"] == f'"{read.json["project"]["updated_at"]}"'
    assert changed.headers["ETag"] == f'"{changed.json["project"]["updated_at"]}"'
    assert changed.headers["ETag"] != read.headers["ETag"]
    assert operator.get(path(project)).headers["ETag"] == changed.headers["ETag"]


def test_two_versions_within_a_millisecond_have_tags_of_their_own(db, make, operator):
    project = make.project(updated_at=datetime(2026, 11, 25, 12, 0, 0, 123456, tzinfo=UTC))
    tag = operator.get(path(project)).headers["ETag"]
    older = tag.replace("123456", "123455")

    assert tag == '"2026-11-25T12:00:00.123456Z"'
    assert_problem(operator.patch(path(project), json={"prompt_text": "x"}, headers={"If-Match": older}), 412)
    assert operator.patch(path(project), json={"prompt_text": "x"}, headers={"If-Match": tag}).status_code == 200


def test_the_document_tells_of_versions(operator):
    described = operator.get("/api/openapi.json").json["paths"]["/api/projects/{project_id}"]["patch"]

    assert "If-Match" in [parameter["name"] for parameter in described["parameters"] if parameter["in"] == "header"]
    assert all("ETag" in described["responses"][status]["headers"] for status in ("200", "412"))


def test_a_change_meant_for_the_newest_version_is_made(make, operator):
    project = make.project()
    tag = operator.get(path(project)).headers["ETag"]

    assert operator.patch(path(project), json={"prompt_text": "x"}, headers={"If-Match": tag}).status_code == 200


@pytest.mark.parametrize("change", [{"prompt_text": "theirs"}, {"status": "code_generated"}, {"config": {}}])
def test_a_change_meant_for_an_older_version_is_refused_and_loses_nothing(db, make, operator, change):
    project = make.project()
    tag = operator.get(path(project)).headers["ETag"]
    operator.patch(path(project), json=change)
    before = tags(db)

    answer = operator.patch(path(project), json={"prompt_text": "mine"}, headers={"If-Match": tag})

    assert "nothing was saved" in assert_problem(answer, 412)
    assert answer.headers["ETag"] == operator.get(path(project)).headers["ETag"]
    db.refresh(project)
    assert project.prompt_text != "mine"
    assert tags(db) == before


@pytest.mark.parametrize("header", ["*", '"old", {tag}', "{bare}"])
def test_the_newest_version_is_known_in_any_form_that_names_it(make, operator, header):
    project = make.project()
    tag = operator.get(path(project)).headers["ETag"]

    answer = operator.patch(
        path(project), json={"prompt_text": "x"}, headers={"If-Match": header.format(tag=tag, bare=tag.strip('"'))}
    )

    assert answer.status_code == 200


@pytest.mark.parametrize("header", ["W/{tag}", '""', "garbage", '"\x7f"', ",", '"' + "x" * 5000 + '"'])
def test_a_tag_that_does_not_name_the_newest_version_changes_nothing(make, operator, header):
    project = make.project()
    tag = operator.get(path(project)).headers["ETag"]

    answer = operator.patch(path(project), json={"prompt_text": "x"}, headers={"If-Match": header.format(tag=tag)})

    assert_problem(answer, 412)


def test_of_many_changes_of_one_version_at_once_one_is_made(fresh_db, fresh_database_url):
    make = Records(fresh_db, NOW - timedelta(days=1))
    project, user = make.project(), make.user(role=Role.OPERATOR)
    make.save()
    app = create_app(settings_for(fresh_database_url))
    programs = [Program(app, user.email) for _ in range(10)]
    tag = programs[0].get(path(project)).headers["ETag"]

    def change(number):
        return programs[number].patch(path(project), json={"prompt_text": f"{number}"}, headers={"If-Match": tag})

    with ThreadPoolExecutor(10) as pool:
        statuses = [answer.status_code for answer in pool.map(change, range(10))]

    assert sorted(statuses) == [200] + [412] * 9
    assert len(events(fresh_db)) == 1
    with app.app_context():
        database.engine.dispose()
