"""The dashboard shows what is newest, in the scope of who asks, at a cost that does not grow with the rows."""

from datetime import timedelta

import pytest

from models import DeployStatus, Role, SessionStatus
from services import console
from services.console import DeployTab
from services.errors import InvalidInputError
from tests.conftest import NOW, actor_of
from tests.queries import counted
from tests.records import HOOK


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


def test_the_ten_sessions_changed_last_are_shown_newest_first(db, make, operator):
    made = [make.session(updated_at=NOW - timedelta(minutes=minutes)) for minutes in range(12)]

    assert list(console.recent_sessions(db, operator)) == made[:10]


def test_the_ten_projects_changed_last_come_with_their_configurations(db, make, operator):
    made = [make.project(updated_at=NOW - timedelta(minutes=minutes)) for minutes in range(12)]
    config = make.config(project=made[0])

    recent = console.recent_projects(db, operator)

    assert list(recent) == made[:10]
    assert [project.config for project in recent[:2]] == [config, None]


def test_the_fifteen_newest_attempts_are_shown_newest_first(db, make, operator):
    deploy = make.deploy()
    made = [
        make.attempt(deploy=deploy, attempt_number=number, started_at=NOW + timedelta(minutes=number))
        for number in range(1, 18)
    ]

    assert list(console.attempt_log(db, operator)) == made[:1:-1]


def test_each_tab_of_the_log_shows_its_kind(db, make, operator):
    failed = make.attempt(status_code=503)
    good = make.attempt(status_code=201, started_at=NOW - timedelta(minutes=1))
    under_way = make.attempt(status_code=None, duration_ms=None, started_at=NOW - timedelta(minutes=2))

    assert list(console.attempt_log(db, operator, "all")) == [failed, good, under_way]
    assert list(console.attempt_log(db, operator, "failed")) == [failed]
    assert list(console.attempt_log(db, operator, "under_way")) == [under_way]


@pytest.mark.parametrize("tab", ["", "FAILED", "x' OR 1=1", "failed\x00"])
def test_a_tab_that_does_not_exist_is_refused(db, operator, tab):
    with pytest.raises(InvalidInputError, match="all, failed, under_way"):
        console.attempt_log(db, operator, tab)


def test_deploys_that_wait_are_under_way_too_soonest_first(db, make, operator):
    later = make.deploy(status=DeployStatus.RETRY_SCHEDULED, next_attempt_at=NOW + timedelta(minutes=9))
    sooner = make.deploy(status=DeployStatus.QUEUED, next_attempt_at=NOW)
    make.deploy(status=DeployStatus.DEAD_LETTERED)

    assert [row.id for row in console.deploy_log(db, operator, DeployTab.UNDER_WAY).waiting] == [sooner.id, later.id]
    assert console.deploy_log(db, operator, DeployTab.ALL).waiting == []


def test_a_row_of_the_log_masks_the_hook_and_cuts_the_answer(db, make, operator):
    make.attempt(response_excerpt="x" * 2_000)

    [row] = console.deploy_log(db, operator).attempts

    assert row.excerpt == "x" * 200
    assert "0123456789abcdef" not in row.hook


def test_an_attempt_without_an_answer_tells_its_error_instead(db, make, operator):
    make.attempt(status_code=None, response_excerpt=None, error_message="Nobody listens there.")

    [row] = console.deploy_log(db, operator).attempts

    assert (row.ok, row.code, row.excerpt) == (False, None, "Nobody listens there.")


def test_a_session_s_row_tells_who_what_and_what_its_deploy_came_to(db, make, operator):
    session = make.session(
        user=make.user(name="Ana"),
        recommend_template_id=make.template(title="Storefront").id,
        status=SessionStatus.FAILED,
        deploy_response={"status": 503, "ok": False, "body": "no"},
        deploy_triggered_at=NOW,
    )
    make.deploy(session=session)

    [row] = console.latest_sessions(db, operator, default_hook_url=HOOK).rows

    assert (row.person, row.purpose, row.template) == ("Ana", "A shop for teapots", "Storefront")
    assert (row.result.code, row.result.ok, row.result.at) == (503, False, NOW)
    assert row.retry.why_not is None


def test_a_deploy_that_is_under_way_counts_before_a_newer_one_that_ended(db, make, operator):
    session = make.session(status=SessionStatus.FAILED)
    make.deploy(session=session, status=DeployStatus.QUEUED, created_at=NOW - timedelta(hours=1))
    make.deploy(session=session, status=DeployStatus.CANCELLED, created_at=NOW)

    [row] = console.latest_sessions(db, operator, default_hook_url=HOOK).rows

    assert row.live is DeployStatus.QUEUED
    assert "under way" in row.retry.why_not


@pytest.mark.parametrize("answer", [[], "text", 7, True, {}, {"status": "503"}, {"status": True, "error": {"a": 1}}])
def test_an_outcome_that_another_program_wrote_in_its_own_way_is_shown_as_far_as_it_goes(db, make, operator, answer):
    make.session(status=SessionStatus.FAILED, deploy_response=answer)

    [row] = console.latest_sessions(db, operator, default_hook_url=HOOK).rows

    assert row.result is None or (row.result.ok, row.result.code) == (False, None)


def test_a_retry_is_offered_for_sessions_whose_newest_deploy_gave_up(db, make, operator):
    stuck = make.deploy(status=DeployStatus.DEAD_LETTERED)
    recovered = make.session()
    make.deploy(session=recovered, status=DeployStatus.DEAD_LETTERED)
    make.deploy(session=recovered, status=DeployStatus.SUCCEEDED, created_at=NOW + timedelta(minutes=1))
    running = make.session()
    make.deploy(session=running, status=DeployStatus.DEAD_LETTERED)
    make.deploy(session=running, status=DeployStatus.QUEUED, created_at=NOW - timedelta(minutes=1))

    assert [choice.id for choice in console.quick_actions(db, operator).retryable] == [stuck.session_id]


def test_a_viewer_may_start_and_retry_nothing(db, make):
    make.deploy(status=DeployStatus.DEAD_LETTERED)

    quick = console.quick_actions(db, actor_of(make.user(role=Role.VIEWER)))

    assert (quick.may_run_wizard, quick.may_retry, quick.retryable) == (False, False, [])


def test_rooms_are_offered_with_their_projects(db, make, operator):
    room = make.room(project=make.project(title="Teapots"), name="Design")

    assert [(choice.id, choice.label) for choice in console.quick_actions(db, operator).rooms] == [
        (room.id, "Design · Teapots")
    ]


def test_a_member_sees_nothing_of_others_on_any_widget(db, make):
    other = make.user(role=Role.MEMBER)
    session = make.session(user=other, status=SessionStatus.FAILED)
    make.attempt(deploy=make.deploy(session=session))
    make.deploy(session=make.session(user=other), status=DeployStatus.QUEUED)
    make.room(project=make.project(owner=other))
    member = actor_of(make.user(role=Role.MEMBER))

    quick = console.quick_actions(db, member)

    assert console.latest_sessions(db, member, default_hook_url=HOOK).rows == []
    assert console.deploy_log(db, member).attempts == []
    assert console.deploy_log(db, member, "under_way").waiting == []
    assert (quick.retryable, quick.rooms) == ([], [])


WIDGETS = {
    "latest sessions": lambda db, actor: console.latest_sessions(db, actor, default_hook_url=HOOK),
    "log": console.deploy_log,
    "under way": lambda db, actor: console.deploy_log(db, actor, "under_way"),
    "quick actions": console.quick_actions,
}


def _grow(make, rows: int) -> None:
    for _ in range(rows):
        user = make.user()
        session = make.session(user=user, status=SessionStatus.FAILED, recommend_template_id=make.template().id)
        make.attempt(deploy=make.deploy(session=session))
        make.deploy(session=make.session(user=user), status=DeployStatus.QUEUED, next_attempt_at=NOW)
        make.room(project=make.project(owner=user, onboarding_session_id=session.id))


@pytest.mark.parametrize("widget", WIDGETS)
def test_a_widget_asks_the_database_as_often_for_ten_rows_as_for_one(db, connection, make, operator, widget):
    def queries() -> int:
        db.expunge_all()
        with counted(connection) as statements:
            WIDGETS[widget](db, operator)
        return len(statements)

    _grow(make, 1)
    for_one = queries()
    _grow(make, 9)

    assert queries() == for_one <= 4
