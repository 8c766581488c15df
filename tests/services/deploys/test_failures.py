"""Reading failure groups: lists, numbers, and one with everything about it."""

from datetime import timedelta

import pytest

from models import DeployStatus, FailureGroup, FailureGroupHour, FailureGroupStatus, Role
from services.deploys import failure_counts, failures
from services.deploys.failure_counts import DeployCounts
from services.deploys.failures import FailureOrder, FailureTab
from services.errors import InvalidInputError, NotFoundError
from tests.conftest import NOW, actor_of
from tests.queries import counted
from tests.records import NOBODY

HOUR = timedelta(hours=1)


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


def hold(make, group: FailureGroup, *statuses: DeployStatus) -> list:
    """Deploys whose newest failure is of the group."""
    return [make.deploy(status=status, fingerprint=group.fingerprint) for status in statuses]


def listed(db, **arguments) -> list[FailureGroup]:
    return [row.group for row in failures.list_groups(db, now=NOW, **arguments).rows]


@pytest.mark.parametrize("tab", FailureTab)
def test_each_tab_shows_the_groups_of_its_status_newest_first(db, make, tab):
    groups = [
        make.failure_group(status=status, last_seen_at=NOW - ago * HOUR)
        for status, ago in zip([*FailureGroupStatus, *FailureGroupStatus], range(6), strict=True)
    ]

    assert listed(db, tab=tab) == [group for group in groups if tab in ("all", group.status)]


def test_groups_of_one_host_are_found(db, make):
    make.failure_group()
    ours = make.failure_group(host="builds.example.com:8443")

    assert listed(db, host="builds.example.com:8443") == [ours]
    assert listed(db, host="BUILDS' OR 1=1") == []


@pytest.mark.parametrize("host", ["x" * 301, "a\x00b", "a\ud800"])
def test_a_host_that_none_can_have_is_refused(db, host):
    with pytest.raises(InvalidInputError):
        failures.list_groups(db, now=NOW, host=host)


def test_pages_follow_one_another_without_gap_or_repeat_even_where_times_are_equal(db, make):
    groups = {make.failure_group(last_seen_at=NOW - (number // 3) * HOUR) for number in range(8)}
    found, cursor = [], None

    for _ in range(3):
        page = failures.list_groups(db, now=NOW, limit=3, cursor=cursor)
        found += [row.group for row in page.rows]
        cursor = page.next_cursor

    assert cursor is None
    assert len(found) == 8
    assert set(found) == groups
    assert [group.last_seen_at for group in found] == sorted((group.last_seen_at for group in groups), reverse=True)


@pytest.mark.parametrize(
    "cursor", ["x", "~", f"{NOW.isoformat()}~x", f"2026-11-25~{NOBODY}", f"\x00~{NOBODY}", "é~" * 9]
)
def test_a_cursor_that_is_none_is_refused(db, cursor):
    with pytest.raises(InvalidInputError, match="cursor"):
        failures.list_groups(db, now=NOW, cursor=cursor)


def test_groups_that_hold_most_deploys_come_first_if_asked(db, make):
    few, most, none = (make.failure_group(last_seen_at=NOW - ago * HOUR) for ago in (0, 1, 2))
    hold(make, few, DeployStatus.DEAD_LETTERED, DeployStatus.CANCELLED, DeployStatus.CANCELLED)
    hold(make, most, DeployStatus.DEAD_LETTERED, DeployStatus.RETRY_SCHEDULED)

    assert listed(db, order=FailureOrder.MOST) == [most, few, none]


def test_deploys_are_counted_by_what_they_are_now(db, make):
    group, empty = make.failure_group(), make.failure_group()
    hold(make, group, *DeployStatus, DeployStatus.DEAD_LETTERED)

    counts = failure_counts.deploy_counts(db, [group.fingerprint, empty.fingerprint])

    assert counts == {
        group.fingerprint: DeployCounts(dead_lettered=2, live=3, cancelled=1),
        empty.fingerprint: DeployCounts(),
    }
    assert counts[group.fingerprint].to_recover == 5


def test_counting_ends_where_a_page_need_not_know_more(db, make, monkeypatch):
    monkeypatch.setattr(failure_counts, "COUNT_LIMIT", 3)
    group = make.failure_group()
    hold(make, group, *[DeployStatus.DEAD_LETTERED] * 5)

    [counts] = failure_counts.deploy_counts(db, [group.fingerprint]).values()

    assert counts == DeployCounts(dead_lettered=3)
    assert not counts.is_whole
    assert failure_counts.number(counts.dead_lettered) == "3+"
    assert failure_counts.number(2) == "2"


def test_the_trend_has_the_last_24_hours_the_present_one_last(db, make):
    group, quiet = make.failure_group(), make.failure_group()
    for ago, attempts in ((0, 5), (1, 7), (23, 2), (24, 99)):
        db.add(FailureGroupHour(group_id=group.id, hour=NOW - ago * HOUR, attempts=attempts))
    db.flush()

    trends = failure_counts.trends(db, [group, quiet], now=NOW + HOUR / 2)

    assert trends[group.id] == (2, *[0] * 21, 7, 5)
    assert trends[quiet.id] == (0,) * 24
    assert failure_counts.hours_until(NOW + HOUR / 2)[-1] == NOW


def test_a_group_tells_how_many_deploys_met_it_and_how_many_of_them_recovered_since(db, make):
    group = make.failure_group(attempts=4)
    recovered, given_up = make.deploy(status=DeployStatus.SUCCEEDED), *hold(make, group, DeployStatus.DEAD_LETTERED)
    for number in (1, 2):
        make.attempt(deploy=recovered, attempt_number=number, fingerprint=group.fingerprint, started_at=NOW - 2 * HOUR)
    make.attempt(deploy=recovered, attempt_number=3, status_code=201)
    make.attempt(deploy=given_up, fingerprint=group.fingerprint)
    make.attempt(fingerprint="1:of another group")

    details = failures.get_group(db, group.id, now=NOW)

    assert (details.became.deploys, details.became.recovered, details.became.is_whole) == (2, 1, True)
    assert details.newest == [given_up, recovered]
    assert details.row.deploys == DeployCounts(dead_lettered=1)


def test_its_example_is_the_newest_attempt_that_is_still_there(db, make):
    group = make.failure_group()
    older = make.attempt(fingerprint=group.fingerprint, started_at=NOW - HOUR)
    sample = make.attempt(fingerprint=group.fingerprint)
    group.sample_attempt_id = sample.id
    db.flush()

    assert failures.get_group(db, group.id, now=NOW).sample == sample
    db.delete(sample)
    db.flush()
    assert failures.get_group(db, group.id, now=NOW).sample == older
    db.delete(older)
    db.flush()
    assert failures.get_group(db, group.id, now=NOW).sample is None


def test_a_group_that_is_not_there_is_not_found(db):
    with pytest.raises(NotFoundError):
        failures.get_group(db, NOBODY, now=NOW)


def test_a_group_is_found_by_its_fingerprint_and_by_nothing_else(db, make):
    group = make.failure_group()

    assert failures.find_by_fingerprint(db, group.fingerprint) == group
    assert failures.find_by_fingerprint(db, "1:nothing") is None
    assert failures.find_by_fingerprint(db, "\x00") is None


def test_more_groups_cost_no_more_queries(db, make, operator, connection):
    def asked() -> list[int]:
        numbers = []
        for read in (
            lambda: failures.list_groups(db, now=NOW),
            lambda: failures.list_groups(db, now=NOW, order=FailureOrder.MOST),
        ):
            db.expire_all()
            with counted(connection) as statements:
                read()
            numbers.append(len(statements))
        return numbers

    hold(make, make.failure_group(), DeployStatus.DEAD_LETTERED)
    with_one = asked()
    for _ in range(12):
        hold(make, make.failure_group(), DeployStatus.DEAD_LETTERED, DeployStatus.CANCELLED)

    assert asked() == with_one
    assert max(with_one) <= 4


def test_a_group_s_page_costs_no_more_queries_for_more_deploys(db, make, connection):
    group = make.failure_group()

    def asked() -> int:
        db.expire_all()
        with counted(connection) as statements:
            failures.get_group(db, group.id, now=NOW)
        return len(statements)

    make.attempt(fingerprint=group.fingerprint)
    with_one = asked()
    for _ in range(15):
        make.attempt(fingerprint=group.fingerprint)

    assert asked() == with_one
