"""Reading one record."""

from uuid import uuid4

import pytest
from sqlalchemy import inspect

from models import Deploy, DeployAttempt, OnboardingSession, Role
from tests.api.conftest import assert_described, assert_problem
from tests.records import HOOK

PATHS = {"session": "/api/sessions/", "project": "/api/projects/", "deploy": "/api/deploys/"}


def columns(model):
    return {column.name for column in inspect(model).local_table.columns}


@pytest.fixture
def records(make):
    """One of each kind, of one owner."""
    owner = make.user(role=Role.MEMBER)
    session = make.session(user=owner, vercel_hook_url=HOOK)
    deploy = make.deploy(session=session)
    for number in (2, 1):
        make.attempt(deploy=deploy, attempt_number=number)
    return owner, {"session": session, "project": make.project(owner=owner), "deploy": deploy}


def test_a_session_is_read(records, operator):
    answer = operator.get(f"/api/sessions/{records[1]['session'].id}")

    assert_described(answer, "GET", "/api/sessions/{session_id}")
    assert set(answer.json["session"]) == columns(OnboardingSession)
    assert "0123456789" not in answer.text


def test_a_project_is_read_with_its_configuration(records, operator):
    answer = operator.get(f"/api/projects/{records[1]['project'].id}")

    assert_described(answer, "GET", "/api/projects/{project_id}")
    assert answer.json["config"] is None


def test_a_deploy_is_read_with_its_attempts_in_their_order_and_its_hook_masked(records, operator):
    answer = operator.get(f"/api/deploys/{records[1]['deploy'].id}")

    assert_described(answer, "GET", "/api/deploys/{deploy_id}")
    sealed = {"hook_sealed", "hook_key", "hook_digest", "hook_masked"}
    assert set(answer.json["deploy"]) == columns(Deploy) - sealed | {"hook_url"}
    assert [set(attempt) for attempt in answer.json["attempts"]] == [columns(DeployAttempt)] * 2
    assert [attempt["attempt_number"] for attempt in answer.json["attempts"]] == [1, 2]
    assert answer.json["deploy"]["hook_url"] == "https://hooks.example.com/…cdef"


@pytest.mark.parametrize("kind", PATHS)
def test_a_member_reads_own_records_and_finds_no_others(records, program_of, kind):
    owner, made = records
    path = f"{PATHS[kind]}{made[kind].id}"

    assert program_of(user=owner).get(path).status_code == 200
    assert_problem(program_of(Role.MEMBER).get(path), 404)
    assert program_of(Role.VIEWER).get(path).status_code == 200


@pytest.mark.parametrize("kind", PATHS)
def test_what_is_not_there_is_not_found(operator, kind):
    assert_problem(operator.get(f"{PATHS[kind]}{uuid4()}"), 404)


@pytest.mark.parametrize("kind", PATHS)
def test_head_answers_as_get_does_without_a_body(records, operator, kind):
    path = f"{PATHS[kind]}{records[1][kind].id}"

    got, head = operator.get(path), operator.send("HEAD", path)

    assert (head.status_code, head.text) == (200, "")
    assert head.headers["Content-Length"] == got.headers["Content-Length"]
