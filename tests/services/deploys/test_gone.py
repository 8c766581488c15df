"""Hooks that answered 410 are remembered by a digest, and forgotten when they work again."""

from datetime import timedelta

from sqlalchemy import select

from models import GoneHook
from services.deploys import gone
from tests.conftest import NOW
from tests.queries import counted
from tests.records import HOOK, NOBODY

OTHER = "https://Other.example.com:443/deploy/abcdef"


def test_a_gone_hook_is_known_by_its_digest_and_its_host_never_by_its_url(db, make):
    deploy = make.deploy()

    gone.mark(db, HOOK, deploy_id=deploy.id, now=NOW)
    mark = gone.find(db, HOOK)

    assert (mark.host, mark.gone_at, mark.deploy_id) == ("hooks.example.com", NOW, deploy.id)
    assert len(mark.url_digest) == 64
    assert HOOK.rpartition("/")[2] not in str(vars(mark))


def test_the_last_time_that_it_was_gone_counts(db, make):
    first, second, later = make.deploy(), make.deploy(), NOW + timedelta(hours=1)

    gone.mark(db, HOOK, deploy_id=first.id, now=NOW)
    gone.mark(db, HOOK, deploy_id=second.id, now=later)

    assert (gone.find(db, HOOK).deploy_id, gone.find(db, HOOK).gone_at) == (second.id, later)


def test_many_are_marked_at_once_even_where_two_deploys_found_the_same(db, make):
    first, second = make.deploy(), make.deploy()

    gone.mark_many(db, [(HOOK, first.id), (OTHER, first.id), (HOOK, second.id)], now=NOW)

    assert {mark.host: mark.deploy_id for mark in db.scalars(select(GoneHook))} == {
        "hooks.example.com": second.id,
        "other.example.com": first.id,
    }


def test_a_hook_that_works_again_is_forgotten_and_the_others_are_not(db):
    gone.mark_many(db, [(HOOK, NOBODY), (OTHER, NOBODY)], now=NOW)
    assert gone.find(db, HOOK) is not None

    gone.clear_many(db, [HOOK, "https://never.example.com/marked"])

    assert gone.find(db, HOOK) is None
    assert gone.which_are_gone(db, [HOOK, OTHER]).keys() == {OTHER}

    gone.clear(db, OTHER)
    assert gone.which_are_gone(db, [HOOK, OTHER]) == {}


def test_nothing_marked_nothing_cleared_and_nothing_asked_for_ask_the_database_nothing(db, connection):
    with counted(connection) as statements:
        gone.mark_many(db, [], now=NOW)
        gone.clear_many(db, [])
        assert gone.which_are_gone(db, []) == {}

    assert statements == []


def test_however_many_there_are_they_are_marked_and_cleared_by_as_many_statements(db, connection):
    urls = [f"https://hooks.example.com/deploy/{number}" for number in range(500)]

    with counted(connection) as statements:
        gone.mark_many(db, [(url, NOBODY) for url in urls], now=NOW)
        assert len(gone.which_are_gone(db, urls)) == 500
        gone.clear_many(db, urls)

    assert len(statements) == 4
    assert gone.which_are_gone(db, urls) == {}
