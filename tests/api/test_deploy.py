"""POST /api/console/deploy/<session_id>: queue a deploy, once."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, inspect, select

from app import create_app
from extensions import database
from models import (
    LIVE_STATUSES,
    AuditEvent,
    Deploy,
    DeployStatus,
    DeployTrigger,
    OnboardingSession,
    Role,
)
from tests.api.conftest import assert_described, assert_problem
from tests.api.program import Program
from tests.conftest import NOW, settings_for
from tests.records import HOOK, Records
from tests.vaults import url_of

TEMPLATE = "/api/console/deploy/{session_id}"
OVERRIDE = "https://other.example.com/hook/fedcba9876543210"


def path(session):
    return f"/api/console/deploy/{session.id}"


def deploys_of(db, session):
    db.expire_all()
    return db.scalars(select(Deploy).where(Deploy.session_id == session.id)).all()


def test_a_deploy_is_queued_and_the_sessions_row_answered_with_it(db, make, operator):
    session = make.session(vercel_hook_url=HOOK, status="completed")

    answer = operator.post(path(session), json={})

    assert answer.status_code == 202
    assert_described(answer, "POST", TEMPLATE)
    [deploy] = deploys_of(db, session)
    row = answer.json
    assert row.pop("deploy") == {"id": str(deploy.id), "status": "queued"}
    assert set(row) == {column.name for column in inspect(OnboardingSession).local_table.columns}
    assert (row["id"], row["vercel_hook_url"]) == (str(session.id), "https://hooks.example.com/…cdef")
    assert (deploy.trigger, url_of(deploy), deploy.status) == (DeployTrigger.API, HOOK, DeployStatus.QUEUED)


def test_the_answer_says_where_the_deploy_can_be_read(make, operator):
    answer = operator.post(path(make.session(status="completed")))

    assert operator.get(answer.headers["Location"]).json["deploy"]["id"] == answer.json["deploy"]["id"]


def test_a_deploy_leaves_its_audit_event(db, make, program_of):
    user, session = make.user(role=Role.OPERATOR), make.session(status="completed")

    deploy_id = program_of(user=user).post(path(session)).json["deploy"]["id"]

    assert db.get(Deploy, UUID(deploy_id)).status is DeployStatus.QUEUED
    event = db.scalar(select(AuditEvent))
    assert (event.tag, event.actor_id, event.origin) == ("deploy:request", user.id, "127.0.0.1")


def test_a_deploy_that_was_given_up_is_tried_again_rather_than_made_anew(db, make, operator):
    session = make.session(vercel_hook_url=HOOK, status="completed")
    deploy = make.deploy(session=session, hook_url=HOOK, status=DeployStatus.DEAD_LETTERED)

    assert operator.post(path(session)).json["deploy"] == {"id": str(deploy.id), "status": "queued"}
    assert len(deploys_of(db, session)) == 1


@pytest.mark.parametrize("status", LIVE_STATUSES)
def test_a_second_deploy_while_one_is_under_way_is_a_conflict(db, make, operator, status):
    session = make.session(status="completed")
    make.deploy(session=session, status=status)

    answer = operator.post(path(session), json={})

    assert "under way" in assert_problem(answer, 409)
    assert_described(answer, "POST", TEMPLATE)
    assert len(deploys_of(db, session)) == 1


def test_an_unknown_session_is_not_found(operator):
    assert_problem(operator.post(f"/api/console/deploy/{uuid4()}"), 404)


def test_another_persons_session_is_not_found_by_a_member(db, make, program_of):
    session = make.session(status="completed")

    assert_problem(program_of(Role.MEMBER).post(path(session)), 404)
    assert deploys_of(db, session) == []


def test_a_member_deploys_an_own_session(make, program_of):
    member = make.user(role=Role.MEMBER)

    assert program_of(user=member).post(path(make.session(user=member, status="completed"))).status_code == 202


def test_a_viewer_may_not_deploy(db, make, program_of):
    session = make.session(status="completed")

    assert_problem(program_of(Role.VIEWER).post(path(session)), 403)
    assert deploys_of(db, session) == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.OPERATOR])
def test_only_an_admin_names_another_hook(db, make, program_of, role):
    user = make.user(role=role)
    session = make.session(user=user, status="completed")

    assert_problem(program_of(user=user).post(path(session), json={"hookUrl": OVERRIDE}), 403)
    assert deploys_of(db, session) == []


def test_an_admin_names_another_hook_which_no_answer_shows(db, make, admin):
    session = make.session(vercel_hook_url=HOOK, status="completed")

    answer = admin.post(path(session), json={"hookUrl": OVERRIDE})

    assert answer.status_code == 202
    assert url_of(deploys_of(db, session)[0]) == OVERRIDE
    assert "fedcba987654" not in answer.text


@pytest.mark.parametrize("url", ["ftp://example.com/x", "https://", "https://h/\x00", "x" * 3000, "https://u:p@h/x"])
def test_a_hook_that_cannot_be_called_is_refused_and_not_repeated(db, make, admin, url):
    session = make.session(status="completed")

    answer = admin.post(path(session), json={"hookUrl": url})

    assert_problem(answer, 422, field="hookUrl")
    assert deploys_of(db, session) == []


@pytest.mark.parametrize("body", [None, {}, {"hookUrl": None}, {"hookUrl": ""}])
def test_the_hook_can_be_left_out(make, operator, body):
    assert operator.post(path(make.session(status="completed")), json=body).status_code == 202


def test_of_twenty_deploys_at_once_one_is_made_and_the_others_conflict(fresh_db, fresh_database_url):
    make = Records(fresh_db, NOW)
    session, user = make.session(vercel_hook_url=HOOK, status="completed"), make.user(role=Role.OPERATOR)
    make.save()
    app = create_app(settings_for(fresh_database_url))
    programs = [Program(app, user.email) for _ in range(20)]

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda program: program.post(path(session)).status_code, programs))

    assert sorted(answers) == [202] + [409] * 19
    assert fresh_db.scalar(select(func.count()).select_from(Deploy)) == 1
    assert fresh_db.scalar(select(func.count()).select_from(AuditEvent)) == 1
    with app.app_context():
        database.engine.dispose()
