"""Each act that turns a switch of deliveries is told to the pages that show it, once, and with its transaction."""

import pytest
from sqlalchemy import delete, select

from models import LIVE_NOTICES, HookHost, Role
from services.deploys import host_controls, switches
from services.errors import ConflictError
from services.live.notices import Kind, Notice, Op, parse
from tests.conftest import NOW, actor_of

HOST = "hooks.example.com"
CHANGED = Notice(Kind.HOST, Op.UPDATE, {}, 1)


@pytest.fixture
def ana(make):
    return actor_of(make.user(role=Role.ADMIN))


def told(db):
    """What was told of hosts since the last time."""
    columns = LIVE_NOTICES.c
    asked = select(columns.kind, columns.op, columns.ids, columns.owners, columns.beyond, columns.beyond_owners)
    notices = [parse(row) for row in db.execute(asked.where(columns.kind == Kind.HOST))]
    db.execute(delete(LIVE_NOTICES))
    return notices


def test_a_pause_and_its_end_are_told_and_so_is_taking_either_back(db, ana):
    paused = switches.pause(db, host=HOST, reason="It moves.", actor=ana, now=NOW)
    assert told(db) == [CHANGED]
    switches.resume(db, host=HOST, actor=ana, now=NOW)
    assert told(db) == [CHANGED]
    switches.undo_resume(db, paused.id, host=HOST, reason="It moves.", actor=ana, now=NOW)
    assert told(db) == [CHANGED]
    switches.undo_pause(db, paused.id, actor=ana)
    assert told(db) == [CHANGED]


def test_limits_are_told_where_they_change_and_so_is_a_circuit_that_is_to_be_tried(db, ana):
    host_controls.set_limits(db, HOST, max_in_flight=3, max_per_s=None, actor=ana)
    assert told(db) == [CHANGED]
    host_controls.set_limits(db, HOST, max_in_flight=3, max_per_s=None, actor=ana)
    assert told(db) == []
    db.get_one(HookHost, HOST).open_until = NOW.replace(year=NOW.year + 1)
    db.flush()
    host_controls.try_now(db, HOST, actor=ana, now=NOW)
    assert told(db) == [CHANGED]


def test_what_is_refused_is_not_told(db, ana):
    with pytest.raises(ConflictError):
        switches.resume(db, host=HOST, actor=ana, now=NOW)

    assert told(db) == []
