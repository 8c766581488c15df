"""Recoveries as programs start, follow and control them."""

import pytest
from sqlalchemy import func, select

from models import Recovery, RecoveryStatus, Role
from services.deploys.recovery import advance
from tests.api.conftest import assert_described, assert_problem
from tests.conftest import NOW
from tests.records import NOBODY
from tests.recoveries import GROUP, OTHER, given_up, group, queued, send
from tests.vaults import url_of

PATH = "/api/recoveries"
ONE = "/api/recoveries/{recovery_id}"


@pytest.fixture
def start(db, make, operator):
    """Previews and starts a recovery of 30 deploys; its answer."""

    def start(**changes):
        given_up(make, 30)
        as_of = operator.post(f"{PATH}/preview", json={"all": True}).json["as_of"]
        return operator.post(PATH, json={"all": True, "as_of": as_of} | changes)

    return start


def test_a_preview_counts_and_masks(make, operator):
    known = group(make)
    deploys = given_up(make, 3)
    given_up(make, 1, fingerprint=OTHER)

    answer = operator.post(f"{PATH}/preview", json={"group": str(known.id), "failed_since": "2d"})

    assert answer.status_code == 200
    assert_described(answer, "post", f"{PATH}/preview")
    preview = answer.json
    assert (preview["total"], preview["waves"], preview["skipped"]) == (3, [1, 1, 1], [])
    assert preview["selection"]["group"] == GROUP
    assert preview["groups"] == [{"fingerprint": GROUP, "title": "503 from hooks.example.com: busy", "deploys": 3}]
    assert not any(url_of(deploy) in answer.text for deploy in deploys)


def test_what_is_left_out_is_counted_by_its_reason(operator, start):
    start()

    [skipped] = operator.post(f"{PATH}/preview", json={"all": True}).json["skipped"]

    assert skipped == {"why": "held", "words": "Another recovery holds the deploy.", "deploys": 29}


def test_what_was_previewed_is_started_and_can_be_read(operator, start):
    answer = start(halt_share=0.5)

    assert answer.status_code == 202
    assert_described(answer, "post", PATH)
    read = operator.get(answer.headers["Location"])
    assert read.json == answer.json
    assert_described(read, "get", ONE)
    recovery, waves = read.json["recovery"], read.json["waves"]
    assert (recovery["status"], recovery["total"], recovery["halt_share"]) == ("running", 30, 0.5)
    assert [wave["total"] for wave in waves] == [1, 1, 28]
    assert (waves[0]["queued"], waves[2]["waiting"]) == (1, 28)


def test_nothing_left_to_recover_is_a_conflict(db, operator, start):
    first = start().json["recovery"]

    answer = operator.post(PATH, json={"all": True, "as_of": first["created_at"]})

    assert "Nothing is left" in assert_problem(answer, 409)
    assert db.scalar(select(func.count()).select_from(Recovery)) == 1


def test_recoveries_are_listed_page_by_page(make, operator, start):
    start()
    given_up(make, 1)
    as_of = operator.post(f"{PATH}/preview", json={"all": True}).json["as_of"]
    operator.post(PATH, json={"all": True, "as_of": as_of})

    first = operator.get(f"{PATH}?limit=1")
    [newest] = first.json["recoveries"]
    [older] = operator.get(f"{PATH}?after={newest['id']}").json["recoveries"]

    assert_described(first, "get", PATH)
    assert (newest["total"], older["total"]) == (1, 30)


def test_what_became_of_each_deploy_is_listed(db, make, operator, start):
    recovery_id = start().json["recovery"]["id"]
    send(db, queued(db, recovery_id), at=NOW, ok=False)
    advance(db, now=NOW)
    make.save()

    failed = operator.get(f"{PATH}/{recovery_id}/items?status=failed")
    waiting = operator.get(f"{PATH}/{recovery_id}/items?status=waiting&limit=20").json
    rest = operator.get(f"{PATH}/{recovery_id}/items?status=waiting&limit=20&cursor={waiting['next_cursor']}").json

    assert_described(failed, "get", f"{ONE}/items")
    [item] = failed.json["items"]
    assert (item["status"], item["wave"], item["failure"]) == ("failed", 1, GROUP)
    assert "…" in item["hook_url"]
    assert (len(waiting["items"]), len(rest["items"]), rest["next_cursor"]) == (20, 9, None)


def test_it_is_paused_resumed_and_aborted(operator, start):
    path = start().headers["Location"]

    for act, body, status in (
        ("pause", {"reason": "Lunch."}, RecoveryStatus.PAUSED),
        ("resume", {}, RecoveryStatus.RUNNING),
        ("abort", {"reason": None}, RecoveryStatus.ABORTED),
    ):
        answer = operator.post(f"{path}/{act}", json=body)
        assert (answer.status_code, answer.json["recovery"]["status"]) == (200, status)
        assert_described(answer, "post", f"{ONE}/{act}")
    assert answer.json["recovery"]["tally"] == {"skipped": 30}
    assert_problem(operator.post(f"{path}/pause"), 409)


def test_a_halted_one_goes_on_only_where_the_body_says_anyway(db, make, operator, start):
    path = start().headers["Location"]
    send(db, queued(db, path.rpartition("/")[2]), at=NOW, ok=False)
    advance(db, now=NOW)
    make.save()

    assert "halted by itself" in assert_problem(operator.post(f"{path}/resume"), 409)
    assert operator.post(f"{path}/resume", json={"anyway": True}).json["recovery"]["status"] == "running"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "all"),
        ({"all": False}, "all"),
        ({"all": True, "host": "a.example.com"}, "all"),
        ({"all": "yes"}, "all"),
        ({"group": "nope"}, "group"),
        ({"group": "a\x00"}, "group"),
        ({"group": 5}, "group"),
        ({"host": "a b"}, "host"),
        ({"host": "x" * 5_000}, "host"),
        ({"failed_since": "soon"}, "failed_since"),
        ({"failed_since": "1h", "failed_until": "2h"}, "failed_until"),
        ({"status_code": 42}, "status_code"),
        ({"status_code": 10**40}, "status_code"),
        ({"status_code": "503"}, "status_code"),
        ({"error_kind": "boredom"}, "error_kind"),
        ({"deploys": []}, "deploys"),
        ({"deploys": ["x"]}, "deploys.0"),
        ({"deploys": [str(NOBODY)] * 501}, "deploys"),
        ({"recovery": str(NOBODY)}, "recovery"),
        ({"recovery": "x"}, "recovery"),
        ({"everything": True}, "everything"),
    ],
)
def test_a_selection_that_cannot_be_used_is_refused_by_its_field(operator, body, field):
    assert_problem(operator.post(f"{PATH}/preview", json=body), 422, field=field)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"as_of": None}, "as_of"),
        ({"as_of": "later"}, "as_of"),
        ({"as_of": "9999-01-01T00:00:00Z"}, "as_of"),
        ({"as_of": "\x00"}, "as_of"),
        ({"halt_share": 0}, "halt_share"),
        ({"halt_share": 1.5}, "halt_share"),
        ({"halt_share": "much"}, "halt_share"),
    ],
)
def test_a_start_that_cannot_be_used_starts_nothing(db, start, changes, field):
    assert_problem(start(**changes), 422, field=field)
    assert db.scalar(select(func.count()).select_from(Recovery)) == 0


@pytest.mark.parametrize(
    "path",
    ["?limit=0", "?limit=501", "?limit=x", "?after=x", "?cursor=1", f"/{NOBODY}/items?cursor=-1", "/x", "/%00/items"],
)
def test_a_page_that_cannot_be_is_refused(operator, path):
    assert operator.get(f"{PATH}{path}").status_code == 422


@pytest.mark.parametrize("path", [f"?after={NOBODY}", f"/{NOBODY}", f"/{NOBODY}/items"])
def test_what_is_not_there_is_not_found(operator, path):
    assert_problem(operator.get(f"{PATH}{path}"), 404)


@pytest.mark.parametrize("act", ["pause", "resume", "abort"])
def test_an_act_on_what_is_not_there_is_not_found(operator, act):
    assert_problem(operator.post(f"{PATH}/{NOBODY}/{act}"), 404)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_preview_is_asked_for_by_post_alone_and_is_no_recovery(operator, method):
    answer = operator.send(method, f"{PATH}/preview")

    assert_problem(answer, 405)
    assert set(answer.allow) == {"POST", "OPTIONS"}


def test_a_viewer_reads_and_starts_nothing(program_of, start):
    path = start().headers["Location"]
    viewer, member = program_of(Role.VIEWER), program_of(Role.MEMBER)

    assert viewer.get(path).status_code == viewer.get(f"{path}/items").status_code == 200
    assert_problem(viewer.post(f"{PATH}/preview", json={"all": True}), 403)
    assert_problem(viewer.post(f"{path}/abort"), 403)
    assert_problem(member.get(PATH), 403)
