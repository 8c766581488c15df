"""What comes close together becomes one change, of which each hears their share."""

import json

from services.live.changes import ID_LIMIT, OWNER_LIMIT, Change, Gathering
from services.live.notices import Kind, Notice, Op

ANA, BEN = "ana", "ben"


def data_of(frame):
    [line] = [line for line in frame.decode().splitlines() if line.startswith("data: ")]
    return json.loads(line.removeprefix("data: "))


def change_of(*notices):
    change = Change(notices[0].kind, notices[0].op)
    for notice in notices:
        change.add(notice)
    change.token = "t"
    return change


def update(rows, **details):
    return Notice(Kind.DEPLOY, Op.UPDATE, rows, **details)


def test_notices_of_one_kind_and_act_become_one_change_and_others_do_not():
    gathering = Gathering(every_s=0.1)
    for notice in (update({"1": ANA}), Notice(Kind.ATTEMPT, Op.INSERT, {"9": ANA}), update({"2": BEN})):
        gathering.add(notice, now=5.0)

    changes = gathering.take(now=5.0)

    assert [(change.kind, list(change.all.ids)) for change in changes] == [
        (Kind.DEPLOY, ["1", "2"]),
        (Kind.ATTEMPT, ["9"]),
    ]


def test_the_first_change_after_a_pause_is_told_at_once_and_the_next_after_the_interval():
    gathering = Gathering(every_s=0.1)
    gathering.add(update({"1": ANA}), now=5.0)
    assert gathering.take(now=4.9) == []
    assert len(gathering.take(now=5.03)) == 1

    gathering.add(update({"2": ANA}), now=5.04)
    assert gathering.due_at == 5.13
    assert gathering.take(now=5.2)[0].all.count == 1
    assert gathering.take(now=9.0) == []


def test_a_record_that_changes_again_counts_once():
    change = change_of(update({"1": ANA}), update({"1": ANA, "2": None}))

    assert data_of(change.frame) == {"kind": "deploy", "op": "update", "ids": ["1", "2"], "count": 2}


def test_ids_end_at_the_limit_and_the_count_goes_on():
    many = {str(number): ANA if number % 2 else BEN for number in range(60)}
    change = change_of(update(many, beyond=40, owners={ANA: 30, BEN: 10}))

    seen_by_all, seen_by_ana = data_of(change.frame), data_of(change.frame_of(ANA))

    assert (len(seen_by_all["ids"]), seen_by_all["count"]) == (ID_LIMIT, 100)
    assert (len(seen_by_ana["ids"]), seen_by_ana["count"]) == (30, 60)
    assert set(seen_by_ana["ids"]) == {row for row, owner in many.items() if owner == ANA}


def test_an_owner_hears_nothing_of_what_is_others_or_nobodys():
    change = change_of(update({"1": ANA, "2": None}))

    assert change.frame_of(BEN) == b""
    assert not change.concerns(BEN)
    assert data_of(change.frame_of(ANA))["ids"] == ["1"]


def test_who_sees_all_hears_nothing_of_a_part_that_only_tells_owners():
    change = change_of(update({}, owners={ANA: 3}))

    assert change.frame == b""
    assert data_of(change.frame_of(ANA))["count"] == 3


def test_where_too_many_owners_are_concerned_all_of_them_look_anew():
    owners = {str(number): 1 for number in range(OWNER_LIMIT + 1)}
    change = change_of(update({"1": None}, beyond=len(owners), owners=owners))

    assert change.concerns("anybody")
    assert b"event: resync" in change.frame_of("anybody")
    assert data_of(change.frame)["count"] == OWNER_LIMIT + 2
    assert change.weight <= OWNER_LIMIT + 1


def test_an_emptied_table_has_everybody_look_anew():
    change = change_of(Notice(Kind.ROOM, Op.TRUNCATE))

    assert change.concerns(ANA)
    assert change.frame == change.frame_of(ANA) == b"event: resync\nid: t\ndata: {}\n\n"
