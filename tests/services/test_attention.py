"""What needs attention: everything that is wrong, the worst first, and nothing where nothing is."""

from datetime import timedelta

import pytest

from models import (
    DeliveryPause,
    DeployStatus,
    FailureGroupStatus,
    HookHost,
    ProjectStatus,
    RecoveryStatus,
    Role,
    SessionStatus,
)
from services import attention
from services.attention import Item, Kind
from tests.conftest import NOW, actor_of
from tests.queries import counted
from tests.records import HOOK

HOST = "hooks.example.com"
HOUR = timedelta(hours=1)


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


@pytest.fixture
def viewer(make):
    return actor_of(make.user(role=Role.VIEWER))


@pytest.fixture
def member(make):
    return make.user(role=Role.MEMBER)


def seen(db, actor, **options):
    return attention.attention(db, actor, now=NOW, **options)


def kinds(db, actor):
    return [item.kind for item in seen(db, actor, shows_all=True).items]


def hold(make, group, *statuses):
    for status in statuses:
        make.deploy(fingerprint=group.fingerprint, status=status)


def pause(db, host=None):
    db.add(DeliveryPause(host=host, paused_at=NOW - HOUR, paused_by="ana@example.com", reason="Moving"))
    db.flush()


def test_deploys_whose_hook_no_key_opens_come_first_for_those_who_could_reveal_it(db, make, operator):
    admin = actor_of(make.user(role=Role.ADMIN))
    for _ in range(2):
        make.deploy(status=DeployStatus.QUEUED, hook_key="deadbeef")
    make.deploy(status=DeployStatus.QUEUED)

    first = seen(db, admin).items[0]

    assert (first.kind, first.count) == (Kind.SEALED, 2)
    assert Kind.SEALED not in kinds(db, operator)


def test_where_nothing_is_wrong_nothing_needs_attention(db, make, operator):
    make.attempt(deploy=make.deploy(status=DeployStatus.SUCCEEDED), status_code=201)
    make.attempt(status_code=503, started_at=NOW - 30 * HOUR)
    make.project(status=ProjectStatus.DOMAIN_READY, updated_at=NOW - 900 * HOUR)

    calm = seen(db, operator)

    assert (calm.items, calm.total, calm.retrying) == ([], 0, 0)
    assert (calm.succeeded, calm.failed) == (1, 0)


def test_a_cause_of_failures_is_one_thing_however_many_deploys_it_holds(db, make, operator):
    group = make.failure_group(first_seen_at=NOW - 3 * HOUR)
    hold(make, group, *[DeployStatus.DEAD_LETTERED] * 4, DeployStatus.RETRY_SCHEDULED)

    [item] = seen(db, operator).items

    assert (item.kind, item.count, item.since, item.record_id) == (Kind.FAILURES, 4, NOW - 3 * HOUR, group.id)
    assert item.may_act
    assert seen(db, operator).retrying == 1


@pytest.mark.parametrize("status", [FailureGroupStatus.RESOLVED, FailureGroupStatus.IGNORED])
def test_what_people_settled_needs_nobody(db, make, operator, status):
    hold(make, make.failure_group(status=status), DeployStatus.DEAD_LETTERED)

    assert seen(db, operator).total == 0


def test_what_is_retried_by_itself_needs_nobody(db, make, operator):
    hold(make, make.failure_group(), DeployStatus.RETRY_SCHEDULED)

    assert (seen(db, operator).total, seen(db, operator).retrying) == (0, 1)


def test_the_causes_that_hold_most_come_first_and_leave_room_for_what_else_is_wrong(db, make, operator):
    groups = [make.failure_group(last_seen_at=NOW - ago * HOUR) for ago in range(7)]
    for place, group in enumerate(groups):
        hold(make, group, *[DeployStatus.DEAD_LETTERED] * (place + 1))
    pause(db, "one.example.com")
    pause(db, "two.example.com")

    short = seen(db, operator)

    assert [item.record_id for item in short.items[:3]] == [group.id for group in groups[:3:-1]]
    assert [item.kind for item in short.items[3:]] == [Kind.PAUSED, Kind.PAUSED]
    assert short.total == len(seen(db, operator, shows_all=True).items) == 9


def test_alone_causes_take_all_the_room():
    items = [Item(Kind.FAILURES, count) for count in range(9)]

    assert attention.shortened(items) == items[: attention.SHOWN]
    assert len(attention.shortened([*items, Item(Kind.LYING, 1)])) == attention.SHOWN


def test_what_stops_everything_comes_before_what_stops_some(db, make, operator):
    hold(make, make.failure_group(), DeployStatus.DEAD_LETTERED)
    make.recovery(status=RecoveryStatus.HALTED, status_reason="It met the same failure again.")
    make.deploy(status=DeployStatus.QUEUED, next_attempt_at=NOW - HOUR)
    make.project(status=ProjectStatus.CODE_GENERATED, updated_at=NOW - 100 * HOUR)
    make.session(status=SessionStatus.FAILED, deploy_response=None)

    assert kinds(db, operator) == [Kind.NO_WORKER, Kind.HALTED, Kind.FAILURES, Kind.WITHOUT_DEPLOY, Kind.LYING]


def test_a_host_that_does_not_move_while_others_do_is_told_by_name(db, make, operator):
    make.deploy(status=DeployStatus.QUEUED, next_attempt_at=NOW - HOUR)
    db.add(HookHost(host="other.example.com", served_at=NOW))
    db.flush()

    [item] = seen(db, operator).items

    assert (item.kind, item.host, item.count, item.since) == (Kind.STUCK, HOST, 1, NOW - HOUR)


@pytest.mark.parametrize(("host", "kind"), [(None, Kind.PAUSED_ALL), (HOST, Kind.PAUSED)])
def test_a_pause_is_told_with_who_and_why_and_how_many_wait(db, make, operator, viewer, host, kind):
    make.deploy(status=DeployStatus.QUEUED)
    pause(db, host)

    [item] = seen(db, operator).items

    assert (item.kind, item.host, item.count, item.since) == (kind, host, 1, NOW - HOUR)
    assert (item.by, item.reason, item.may_act) == ("ana@example.com", "Moving", True)
    assert not seen(db, viewer).items[0].may_act


def test_an_open_circuit_is_told_with_when_it_is_tried_again(db, make, operator):
    make.deploy(status=DeployStatus.QUEUED)
    db.add(HookHost(host=HOST, open_until=NOW + HOUR))
    db.flush()

    [item] = seen(db, operator).items

    assert (item.kind, item.host, item.until, item.count) == (Kind.CIRCUIT, HOST, NOW + HOUR, 1)


@pytest.mark.parametrize("status", RecoveryStatus)
def test_only_a_recovery_that_halted_needs_somebody(db, make, operator, status):
    make.recovery(make.deploy(), status=status, ended_at=None if status.holds else NOW)

    assert bool(seen(db, operator).items) is (status is RecoveryStatus.HALTED)


def test_sessions_that_failed_before_they_had_a_deploy_are_told(db, make, operator):
    lone = make.session(status=SessionStatus.FAILED)
    make.deploy(session=make.session(status=SessionStatus.FAILED))
    make.session(status=SessionStatus.FAILED, updated_at=NOW - 900 * HOUR)

    [item] = seen(db, operator).items
    assert (item.kind, item.count, item.record_id) == (Kind.WITHOUT_DEPLOY, 1, lone.id)

    make.session(status=SessionStatus.FAILED)
    [item] = seen(db, operator).items
    assert (item.count, item.record_id) == (2, None)


@pytest.mark.parametrize("status", ProjectStatus)
def test_projects_lie_before_their_configuration_after_three_days(db, make, operator, status):
    make.project(status=status, updated_at=NOW - 73 * HOUR)
    make.project(status=status, updated_at=NOW - 71 * HOUR)

    early = status in (ProjectStatus.PROMPT_READY, ProjectStatus.CODE_GENERATED)
    assert [(item.kind, item.count) for item in seen(db, operator).items] == ([(Kind.LYING, 1)] if early else [])


def test_a_viewer_may_look_and_not_act(db, make, viewer):
    hold(make, make.failure_group(), DeployStatus.DEAD_LETTERED)
    make.recovery(status=RecoveryStatus.HALTED)

    assert [item.may_act for item in seen(db, viewer).items] == [False, False]
    assert seen(db, viewer).may_see_failures


def test_a_member_is_told_of_own_deploys_that_were_given_up_and_of_no_cause(db, make, member):
    hold(make, make.failure_group(), DeployStatus.DEAD_LETTERED)
    own = make.session(user=member, status=SessionStatus.FAILED)
    make.deploy(session=own)
    recovered = make.session(user=member, status=SessionStatus.FAILED)
    make.deploy(session=recovered)
    make.deploy(session=recovered, status=DeployStatus.QUEUED, created_at=NOW + HOUR)

    attention_ = seen(db, actor_of(member))
    [item] = attention_.items

    assert (item.kind, item.count, item.record_id, item.may_act) == (Kind.GIVEN_UP, 1, own.id, True)
    assert not attention_.may_see_failures


def test_a_member_sees_nothing_that_is_wrong_with_others(db, make, member):
    hold(make, make.failure_group(), DeployStatus.DEAD_LETTERED)
    make.recovery(status=RecoveryStatus.HALTED)
    make.deploy(status=DeployStatus.QUEUED, next_attempt_at=NOW - HOUR)
    make.session(status=SessionStatus.FAILED)
    make.project(status=ProjectStatus.CODE_GENERATED, updated_at=NOW - 100 * HOUR)
    pause(db, HOST)

    assert seen(db, actor_of(member)).items == []


def test_no_two_things_have_the_same_place(db, make, operator):
    for _ in range(3):
        hold(make, make.failure_group(), DeployStatus.DEAD_LETTERED)
        make.recovery(status=RecoveryStatus.HALTED)
    pause(db, "one.example.com")
    pause(db, "two.example.com")
    make.deploy(status=DeployStatus.QUEUED, next_attempt_at=NOW - HOUR, hook_url=HOOK)

    places = [item.place for item in seen(db, operator, shows_all=True).items]

    assert len(places) == 9
    assert len(set(places)) == 9


def test_it_asks_the_database_as_often_for_many_things_as_for_one(db, connection, make, operator):
    def queries() -> int:
        db.expunge_all()
        with counted(connection) as statements:
            seen(db, operator)
        return len(statements)

    hold(make, make.failure_group(), DeployStatus.DEAD_LETTERED)
    for_one = queries()
    for _ in range(9):
        hold(make, make.failure_group(), DeployStatus.DEAD_LETTERED, DeployStatus.RETRY_SCHEDULED)
        make.session(status=SessionStatus.FAILED)
        make.recovery(status=RecoveryStatus.HALTED)

    assert queries() == for_one <= 12
