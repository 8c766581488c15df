"""How far a recovery has come."""

import pytest

from models import RecoveryItemStatus, Role
from services.deploys.recovery import advance, get_progress, items, recent
from services.errors import ForbiddenError, InvalidInputError, NotFoundError
from tests.conftest import actor_of
from tests.records import NOBODY
from tests.recoveries import GROUP, OTHER, given_up, group, queued, send
from tests.vaults import url_of


@pytest.fixture
def viewer(make):
    return actor_of(make.user(role=Role.VIEWER))


def test_each_wave_is_counted_by_what_became_of_its_deploys(db, make, begin, clock, viewer):
    given_up(make, 60)
    started = begin()
    send(db, queued(db, started.id), at=clock())
    advance(db, now=clock())

    progress = get_progress(db, started.id, actor=viewer)

    assert [(wave.number, wave.total, wave.ended) for wave in progress.waves] == [(1, 1, 1), (2, 3, 0), (3, 56, 0)]
    assert progress.waves[1].of("queued") == 3
    assert (progress.all.total, progress.all.ended, progress.all.of("succeeded")) == (60, 1, 1)
    assert progress.held_up == []


def test_what_became_of_each_deploy_is_told_page_by_page(db, make, begin, clock, viewer):
    group(make, OTHER, status_code=404, shape="")
    first, *others = given_up(make, 5)
    started = begin()
    send(db, queued(db, started.id), at=clock(), ok=False, fingerprint=OTHER)
    advance(db, now=clock())

    page = items(db, started.id, actor=viewer, limit=2)
    rest = items(db, started.id, actor=viewer, limit=3, cursor=page.next_cursor)

    assert [item.deploy_id for item in (*page.items, *rest.items)] == [first.id, *(other.id for other in others)]
    assert rest.next_cursor is None
    failed = page.items[0]
    assert (failed.status, failed.failure) == (
        RecoveryItemStatus.FAILED,
        "404 from hooks.example.com, without a word",
    )
    assert url_of(first) not in repr(page)
    only = items(db, started.id, actor=viewer, status=RecoveryItemStatus.FAILED)
    assert [item.deploy_id for item in only.items] == [first.id]


def test_the_newest_recoveries_come_first(db, make, begin, viewer):
    given_up(make, 1)
    given_up(make, 1, fingerprint=OTHER)
    first, second = begin(fingerprint=GROUP), begin(fingerprint=OTHER)
    newest, older = sorted((first, second), key=lambda one: one.id, reverse=True)

    assert [one.id for one in recent(db, actor=viewer)] == [newest.id, older.id]
    assert [one.id for one in recent(db, actor=viewer, after=newest.id)] == [older.id]
    assert recent(db, actor=viewer, after=older.id) == []


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_a_page_has_a_size_within_reason(db, make, begin, viewer, limit):
    given_up(make, 1)
    started = begin()

    with pytest.raises(InvalidInputError):
        items(db, started.id, actor=viewer, limit=limit)


def test_what_is_not_there_is_not_found_and_members_see_nothing(db, make, viewer):
    member = actor_of(make.user(role=Role.MEMBER))

    for read in (get_progress, items):
        with pytest.raises(NotFoundError):
            read(db, NOBODY, actor=viewer)
        with pytest.raises(ForbiddenError):
            read(db, NOBODY, actor=member)
    with pytest.raises(ForbiddenError):
        recent(db, actor=member)
