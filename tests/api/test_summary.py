"""GET /api/console/summary: exactly the shape that existing clients read, in the caller's scope."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import inspect, text

from models import (
    Deploy,
    DeployAttempt,
    DeployStatus,
    OnboardingSession,
    Project,
    ProjectConfig,
    ProjectStatus,
    Role,
    SessionStatus,
)
from services import upkeep
from tests.api.conftest import assert_described
from tests.conftest import NOW
from tests.queries import counted
from tests.records import HOOK

PATH = "/api/console/summary"
MASKED = "https://hooks.example.com/…cdef"


def summary(program):
    answer = program.get(PATH)
    assert answer.status_code == 200, answer.text
    assert_described(answer, "GET", PATH)
    return answer.json


def columns(model):
    return {column.name for column in inspect(model).local_table.columns}


def test_an_empty_console_has_every_field_and_every_status(operator):
    body = summary(operator)

    at = datetime.fromisoformat(body.pop("generatedAt"))
    assert at.utcoffset() == timedelta()
    assert body == {
        "onboardingTotals": {"draft": 0, "completed": 0, "failed": 0},
        "projectTotals": {"prompt_ready": 0, "code_generated": 0, "deploy_configured": 0, "domain_ready": 0},
        "recentOnboarding": [],
        "recentProjects": [],
        "deployLog": [],
    }


def test_totals_count_the_whole_table_and_not_the_ten_rows(make, operator):
    user = make.user()
    for status, count in {"draft": 12, "completed": 3, "failed": 1}.items():
        for _ in range(count):
            make.session(user=user, status=SessionStatus(status))
    for _ in range(11):
        make.project(owner=user, status=ProjectStatus.CODE_GENERATED)

    body = summary(operator)

    assert body["onboardingTotals"] == {"draft": 12, "completed": 3, "failed": 1}
    assert body["projectTotals"]["code_generated"] == 11
    assert (len(body["recentOnboarding"]), len(body["recentProjects"])) == (10, 10)


def test_rows_have_the_columns_names_and_the_newest_comes_first(make, operator):
    old = make.session(updated_at=NOW - timedelta(hours=1))
    new = make.session(
        updated_at=NOW,
        status=SessionStatus.FAILED,
        survey={"team": 5},
        api_key_last_four="wxyz",
        deploy_response={"status": 503, "ok": False, "body": "<h1>Busy</h1>"},
    )

    first, second = summary(operator)["recentOnboarding"]

    assert (first["id"], second["id"]) == (str(new.id), str(old.id))
    assert set(first) == columns(OnboardingSession)
    assert (first["status"], first["metadata"], first["api_key_last_four"]) == ("failed", {"team": 5}, "wxyz")
    assert first["deploy_response"] == {"status": 503, "ok": False, "body": "<h1>Busy</h1>"}
    assert datetime.fromisoformat(first["updated_at"]) == NOW
    assert first["updated_at"].endswith("Z")


def test_a_project_comes_with_its_configuration_or_null(make, operator):
    bare = make.project(updated_at=NOW - timedelta(hours=1))
    project = make.project(updated_at=NOW)
    make.config(project=project, env_config={"KEY": "value"}, build_command="make")

    first, second = summary(operator)["recentProjects"]

    assert set(first) == {"project", "config"}
    assert set(first["project"]) == columns(Project)
    assert set(first["config"]) == columns(ProjectConfig)
    assert (first["project"]["id"], first["config"]["env_config"]) == (str(project.id), {"KEY": "•••"})
    assert (second["project"]["id"], second["config"]) == (str(bare.id), None)


@pytest.mark.parametrize(
    ("attempt", "entry"),
    [
        (
            {"status_code": 201, "response_excerpt": '{"job": {}}'},
            {"ok": True, "statusCode": 201, "bodyPreview": '{"job": {}}', "errorMessage": None},
        ),
        (
            {"status_code": 503, "response_excerpt": "ö" * 2000},
            {"ok": False, "statusCode": 503, "bodyPreview": "ö" * 200, "errorMessage": None},
        ),
        (
            {"status_code": None, "response_excerpt": None, "error_kind": "timeout", "error_message": "Too slow."},
            {"ok": False, "statusCode": None, "bodyPreview": None, "errorMessage": "Too slow."},
        ),
        (
            {"status_code": None, "response_excerpt": None, "duration_ms": None},
            {"ok": None, "statusCode": None, "bodyPreview": None, "errorMessage": None},
        ),
    ],
)
def test_the_log_tells_what_each_attempt_came_to(make, operator, attempt, entry):
    deploy = make.deploy()
    make.attempt(deploy=deploy, started_at=NOW, **attempt)

    [logged] = summary(operator)["deployLog"]

    assert datetime.fromisoformat(logged.pop("triggeredAt")) == NOW
    assert logged == {"sessionId": str(deploy.session_id), "hookUrl": MASKED} | entry


def test_the_log_has_the_fifteen_newest_attempts(make, operator):
    deploy = make.deploy()
    for number in range(1, 21):
        make.attempt(
            deploy=deploy, attempt_number=number, started_at=NOW + timedelta(minutes=number), status_code=200 + number
        )

    assert [entry["statusCode"] for entry in summary(operator)["deployLog"]] == list(range(220, 205, -1))


def test_a_member_sees_and_counts_own_records_only(make, program_of):
    member = make.user(role=Role.MEMBER)
    own = make.session(user=member, status=SessionStatus.COMPLETED)
    project = make.project(owner=member)
    make.attempt(deploy=make.deploy(session=own))
    make.session()
    make.project()
    make.attempt()

    body = summary(program_of(user=member))

    assert body["onboardingTotals"] == {"draft": 0, "completed": 1, "failed": 0}
    assert sum(body["projectTotals"].values()) == 1
    assert [row["id"] for row in body["recentOnboarding"]] == [str(own.id)]
    assert [row["project"]["id"] for row in body["recentProjects"]] == [str(project.id)]
    assert [entry["sessionId"] for entry in body["deployLog"]] == [str(own.id)]


@pytest.mark.parametrize("role", list(Role))
def test_no_role_is_shown_a_hook(make, program_of, role):
    user = make.user(role=role)
    session = make.session(user=user, vercel_hook_url=HOOK, survey={"vercelHookOverride": f"{HOOK}9", "team": 5})
    make.attempt(deploy=make.deploy(session=session, hook_url=HOOK))

    answer = program_of(user=user).get(PATH)

    [row] = answer.json["recentOnboarding"]
    assert row["vercel_hook_url"] == MASKED
    assert row["metadata"] == {"vercelHookOverride": "https://hooks.example.com/…def9", "team": 5}
    assert "0123456789" not in answer.text


@pytest.mark.parametrize(
    "survey", [{"vercelHookOverride": "hunter2"}, {"vercelHookOverride": ["hunter2"]}, ["no", "object"], "text", 5]
)
def test_metadata_of_any_shape_is_shown_without_a_hook(make, operator, survey):
    make.session(survey=survey)

    assert "hunter2" not in str(summary_row(operator))


def summary_row(program):
    [row] = program.get(PATH).json["recentOnboarding"]
    return row


def test_metadata_nested_deeper_than_answers_can_be_is_cut_off(make, operator):
    deep = {}
    for _ in range(400):
        deep = {"a": deep}
    make.session(survey=deep)

    assert "…" in str(summary_row(operator)["metadata"])


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("stored", [{"KEY": "s3cret"}, {"KEY": {"a": ["s3cret"]}}])
def test_an_environments_values_are_shown_to_nobody(make, program_of, role, stored):
    user = make.user(role=role)
    make.config(project=make.project(owner=user), env_config=stored)

    [item] = summary(program_of(user=user))["recentProjects"]

    assert item["config"]["env_config"] == {"KEY": "•••"}


@pytest.mark.parametrize("role", list(Role))
def test_no_role_is_shown_a_secret_of_a_survey_or_a_repository(make, program_of, role):
    user = make.user(role=role)
    make.session(user=user, survey={"hooks": {"production": HOOK}, "apiKey": "sk-1", "nested": [{"token": "t0p"}]})
    make.config(project=make.project(owner=user), repo_url="https://bot:hunter2@github.com/a/b")

    body = summary(program_of(user=user))

    assert body["recentOnboarding"][0]["metadata"] == {
        "hooks": {"production": MASKED},
        "apiKey": "•••",
        "nested": [{"token": "•••"}],
    }
    assert body["recentProjects"][0]["config"]["repo_url"] == "https://…@github.com/a/b"


def test_other_peoples_text_is_answered_as_it_is_and_as_json(make, operator):
    make.attempt(response_excerpt="<script>alert(1)</script>")

    answer = operator.get(PATH)

    assert answer.content_type == "application/json"
    assert answer.json["deployLog"][0]["bodyPreview"] == "<script>alert(1)</script>"


def test_reading_changes_nothing(db, make, operator):
    session = make.session()
    make.attempt(deploy=make.deploy(session=session, status=DeployStatus.QUEUED))

    summary(operator)

    db.expire_all()
    assert db.get(OnboardingSession, session.id).updated_at == NOW
    assert db.query(Deploy).one().status is DeployStatus.QUEUED
    assert db.query(DeployAttempt).count() == 1


def tag(program):
    return program.get(PATH).headers["ETag"]


def unchanged(program, known):
    answer = program.get(PATH, headers={"If-None-Match": known})
    assert answer.status_code in (200, 304)
    return answer.status_code == 304


def test_a_summary_that_is_at_hand_is_not_sent_again(make, operator):
    make.attempt()
    make.config()
    known = tag(operator)

    answer = operator.get(PATH, headers={"If-None-Match": f'"another", {known}'})

    assert (answer.status_code, answer.text, answer.headers["ETag"]) == (304, "", known)
    assert known.startswith('W/"')


@pytest.fixture
def shown(make):
    """One record of each kind that a summary shows, all a member's own."""
    member = make.user(role=Role.MEMBER)
    session = make.session(user=member, status=SessionStatus.COMPLETED)
    project = make.project(owner=member)
    deploy = make.deploy(session=session, status=DeployStatus.IN_FLIGHT)
    attempt = make.attempt(deploy=deploy, status_code=None, response_excerpt=None, duration_ms=None)
    config = make.config(project=project)
    return {
        "member": member,
        "session": session,
        "project": project,
        "config": config,
        "deploy": deploy,
        "attempt": attempt,
    }


CHANGES = {
    "a session's purpose": "UPDATE onboarding_sessions SET purpose = 'Kettles' WHERE id = :session",
    "a session's status": "UPDATE onboarding_sessions SET status = 'failed' WHERE id = :session",
    "a session, unseen by triggers": """
        SET LOCAL session_replication_role = replica;
        UPDATE onboarding_sessions SET purpose = 'Kettles' WHERE id = :session;
        SET LOCAL session_replication_role = origin
    """,
    "one session more": "INSERT INTO onboarding_sessions (user_id) VALUES (:member)",
    "an old session more": """
        INSERT INTO onboarding_sessions (user_id, created_at, updated_at) VALUES (:member, '2020-01-01', '2020-01-01')
    """,
    "one session less": "DELETE FROM deploys; DELETE FROM onboarding_sessions WHERE id = :session",
    "a project's title": "UPDATE projects SET title = 'Kettles' WHERE id = :project",
    "one project less": "DELETE FROM projects WHERE id = :project",
    "a configuration": "UPDATE project_configs SET build_command = 'make it' WHERE id = :config",
    "no configuration": "DELETE FROM project_configs WHERE id = :config",
    "an attempt that ends": """
        UPDATE deploy_attempts SET status_code = 201, duration_ms = 5, response_excerpt = '{}' WHERE id = :attempt
    """,
    "one attempt more": """
        INSERT INTO deploy_attempts (id, deploy_id, attempt_number, started_at)
        VALUES (gen_random_uuid(), :deploy, 2, '2020-01-01')
    """,
    "one attempt less": "DELETE FROM deploy_attempts WHERE id = :attempt",
    "a hook": "UPDATE deploys SET hook_masked = 'https://other.example.com/…' WHERE id = :deploy",
}


@pytest.mark.parametrize("whose", ["operator", "member"])
@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_in_a_summary_changes_its_tag(db, operator, program_of, shown, whose, change):
    reader = operator if whose == "operator" else program_of(user=shown["member"])
    before, known = content(reader), tag(reader)
    assert unchanged(reader, known)

    for statement in CHANGES[change].split(";"):
        db.execute(text(statement), {name: record.id for name, record in shown.items() if f":{name}" in statement})

    assert content(reader) != before
    assert not unchanged(reader, known)
    assert unchanged(reader, tag(reader))


def content(program):
    return {name: value for name, value in program.get(PATH).json.items() if name != "generatedAt"}


def test_what_a_summary_does_not_show_leaves_its_tag_alone(db, make, operator, program_of, shown):
    for number in range(20):
        make.session(updated_at=NOW + timedelta(minutes=number))
    old = tag(operator)
    own = program_of(user=shown["member"])
    of_member = tag(own)

    upkeep.fold_metrics(db)
    assert unchanged(operator, old)

    make.session(user=make.user(), status=SessionStatus.FAILED)
    make.attempt()
    assert unchanged(own, of_member)
    assert not unchanged(operator, old)


def test_a_tag_is_of_no_use_to_those_who_see_other_records(make, operator, program_of, shown):
    assert not unchanged(program_of(Role.MEMBER), tag(operator))


def test_a_summary_asks_few_questions_however_much_it_shows(connection, make, operator, shown):
    operator.get(PATH)
    with counted(connection) as of_one:
        known = tag(operator)
    with counted(connection) as of_nothing:
        assert unchanged(operator, known)

    assert (len(of_one), len(of_nothing)) == (5, 2)
