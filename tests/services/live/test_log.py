"""The log holds the newest changes, and knows how far back it goes."""

import pytest

from services.live.changes import Change
from services.live.log import Log
from services.live.notices import Kind, Notice, Op


def changes(count, owners=0):
    made = [Change(Kind.DEPLOY, Op.UPDATE) for _ in range(count)]
    for change in made:
        change.add(Notice(Kind.DEPLOY, Op.UPDATE, owners={str(number): 1 for number in range(owners)}))
    return made


def test_from_each_place_that_is_held_all_that_came_after_it_follows():
    log, added = Log(length=10), changes(6)
    places = [log.token]
    for change in added:
        log.add([change])
        places.append(log.token)

    for place, token in enumerate(places):
        assert list(log.since(log.find_position(token))) == added[place:]


def test_what_is_too_old_is_forgotten_and_its_place_no_longer_known():
    log, added = Log(length=3), changes(5)
    first = log.token
    log.add(added[:2])
    second = added[1].token
    log.add(added[2:])

    assert log.find_position(first) is None
    assert log.find_position(added[0].token) is None
    assert list(log.since(log.find_position(second))) == added[2:]
    assert not log.holds(log.head - 4)


def test_changes_of_many_owners_make_it_shorter():
    log, added = Log(weight=100), changes(5, owners=39)
    log.add(added)

    assert list(log.since(log.find_position(added[2].token))) == added[3:]
    assert log.find_position(added[1].token) is None


def test_after_a_restart_nothing_from_before_is_known():
    log = Log()
    log.add(changes(2))
    before, position = log.token, log.head
    log.restart()

    assert log.find_position(before) is None
    assert not log.holds(position)
    assert list(log.since(log.find_position(log.token))) == []


def test_tokens_tell_nothing_of_how_much_happened():
    log, added = Log(), changes(200)
    log.add(added)
    tokens = [change.token for change in added]

    assert len(set(tokens)) == 200
    assert {len(token) for token in tokens} == {12}
    assert sorted(tokens) != tokens


@pytest.mark.parametrize("token", ["", "0", "x" * 10_000, "\x00"])
def test_what_is_no_token_names_no_place(token):
    assert Log().find_position(token) is None
