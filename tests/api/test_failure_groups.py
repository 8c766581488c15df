"""Failure groups over the API."""

import pytest
from sqlalchemy import select

from models import AuditEvent, DeployStatus, FailureGroupStatus, Role
from tests.api.conftest import assert_described, assert_problem
from tests.records import HOOK, NOBODY

LIST = "/api/failure-groups"
ONE = "/api/failure-groups/{group_id}"


@pytest.fixture
def group(make):
    """An open group with one deploy that is given up and one that recovered."""
    group = make.failure_group(attempts=2)
    for deploy in (
        make.deploy(fingerprint=group.fingerprint),
        make.deploy(status=DeployStatus.SUCCEEDED),
    ):
        make.attempt(deploy=deploy, fingerprint=group.fingerprint)
    return group


def test_a_list_says_of_each_group_what_it_is_and_how_many_deploys_it_holds(operator, group):
    answer = operator.get(LIST)

    assert_described(answer, "GET", LIST)
    [row] = answer.json["groups"]
    assert row["title"] == "503 from hooks.example.com: upstream busy"
    assert row["deploys"] == {"dead_lettered": 1, "live": 0, "cancelled": 0}
    assert (row["fingerprint"], row["status"], len(row["trend"])) == (group.fingerprint, "open", 24)
    assert answer.json["next_cursor"] is None


@pytest.mark.parametrize("status", ["open", "resolved", "ignored", "all"])
def test_a_list_is_of_one_status_or_of_all(operator, make, status):
    for each in FailureGroupStatus:
        make.failure_group(status=each)

    found = [row["status"] for row in operator.get(f"{LIST}?status={status}").json["groups"]]

    assert sorted(found) == (sorted(FailureGroupStatus) if status == "all" else [status])


def test_a_list_is_of_one_host_if_asked(operator, make):
    make.failure_group()
    ours = make.failure_group(host="builds.example.com")

    assert [row["id"] for row in operator.get(f"{LIST}?host=builds.example.com").json["groups"]] == [str(ours.id)]


def test_pages_follow_one_another(operator, make):
    groups = {str(make.failure_group().id) for _ in range(5)}
    found, cursor = [], ""

    while cursor is not None:
        answer = operator.get(LIST, query_string={"limit": "2"} | ({"cursor": cursor} if cursor else {}))
        assert_described(answer, "GET", LIST)
        found += [row["id"] for row in answer.json["groups"]]
        cursor = answer.json["next_cursor"]

    assert len(found) == 5
    assert set(found) == groups


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=closed", "status"),
        ("status=%00", "status"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=1e9", "limit"),
        (f"limit={'9' * 30}", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=%00", "cursor"),
        (f"cursor={'x' * 400}", "cursor"),
        (f"host={'x' * 400}", "host"),
        ("host=a%00b", "host"),
        ("order=oldest", "order"),
        ("page=2", "page"),
    ],
)
def test_what_a_query_asks_for_in_vain_is_refused_and_named(operator, query, field):
    answer = operator.get(f"{LIST}?{query}")

    assert assert_problem(answer, 422, field=field)
    assert_described(answer, "GET", LIST)


def test_a_group_is_read_with_an_example_and_what_became_of_its_deploys(operator, group):
    answer = operator.get(f"{LIST}/{group.id}")

    assert_described(answer, "GET", ONE)
    assert (answer.json["met_by"], answer.json["recovered"]) == (2, 1)
    assert answer.json["sample"]["fingerprint"] == group.fingerprint
    assert HOOK not in answer.text


def test_a_group_without_attempts_is_read_without_an_example(operator, make):
    answer = operator.get(f"{LIST}/{make.failure_group().id}")

    assert_described(answer, "GET", ONE)
    assert answer.json["sample"] is None


@pytest.mark.parametrize(("verb", "becomes"), [("resolve", "resolved"), ("ignore", "ignored"), ("reopen", "open")])
def test_each_act_answers_the_group_as_it_is_then_and_a_second_is_a_conflict(operator, make, db, verb, becomes):
    group = make.failure_group(status=FailureGroupStatus.RESOLVED if verb == "reopen" else FailureGroupStatus.OPEN)
    path = f"{LIST}/{group.id}/{verb}"

    first, second = operator.post(path), operator.post(path)

    assert_described(first, "POST", f"{ONE}/{verb}")
    assert first.json["group"]["status"] == becomes
    assert_problem(second, 409)
    assert_described(second, "POST", f"{ONE}/{verb}")
    assert db.scalars(select(AuditEvent.tag)).all() == [f"failure_group:{verb}"]


@pytest.mark.parametrize("path", [f"{LIST}/{NOBODY}", f"{LIST}/{NOBODY}/resolve"])
def test_what_is_not_there_is_not_found(operator, path):
    assert_problem(operator.send("POST" if path.endswith("resolve") else "GET", path), 404)


def test_what_is_no_id_is_refused(operator):
    assert_problem(operator.get(f"{LIST}/x"), 422, field="group_id")
    assert_problem(operator.post(f"{LIST}/x/ignore"), 422, field="group_id")


def test_members_are_refused_and_viewers_may_only_read(program_of, group):
    member, viewer = program_of(Role.MEMBER), program_of(Role.VIEWER)

    assert_problem(member.get(LIST), 403)
    assert_problem(member.get(f"{LIST}/{group.id}"), 403)
    assert_problem(member.post(f"{LIST}/{group.id}/resolve"), 403)
    assert viewer.get(LIST).status_code == 200
    assert_problem(viewer.post(f"{LIST}/{group.id}/resolve"), 403)
