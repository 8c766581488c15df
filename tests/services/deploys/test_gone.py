"""Hooks that answered 410 are remembered by a digest, and forgotten when they work again."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from models import GoneHook
from services.deploys import gone, hooks
from tests.conftest import NOW
from tests.queries import counted
from tests.records import HOOK, NOBODY
from tests.vaults import VAULT, mark_gone

OTHER = "https://Other.example.com:443/deploy/abcdef"


def found(url: str, deploy_id: UUID = NOBODY) -> gone.Found:
    return gone.Found(VAULT.digest(url), hooks.host_of(url), deploy_id)


def test_a_gone_hook_is_known_by_its_digest_and_its_host_never_by_its_url(db, make):
    deploy = make.deploy()

    mark_gone(db, HOOK, deploy_id=deploy.id, now=NOW)
    mark = gone.find_by_url(db, HOOK)

    assert (mark.host, mark.gone_at, mark.deploy_id) == ("hooks.example.com", NOW, deploy.id)
    assert len(mark.url_digest) == 64
    assert HOOK.rpartition("/")[2] not in str(vars(mark))


def test_the_last_time_that_it_was_gone_counts(db, make):
    first, second, later = make.deploy(), make.deploy(), NOW + timedelta(hours=1)

    mark_gone(db, HOOK, deploy_id=first.id, now=NOW)
    mark_gone(db, HOOK, deploy_id=second.id, now=later)

    assert (gone.find_by_url(db, HOOK).deploy_id, gone.find_by_url(db, HOOK).gone_at) == (second.id, later)


def test_many_are_marked_at_once_even_where_two_deploys_found_the_same(db, make):
    first, second = make.deploy(), make.deploy()

    gone.mark_many(db, [found(HOOK, first.id), found(OTHER, first.id), found(HOOK, second.id)], now=NOW)

    assert {mark.host: mark.deploy_id for mark in db.scalars(select(GoneHook))} == {
        "hooks.example.com": second.id,
        "other.example.com": first.id,
    }


def test_a_hook_that_works_again_is_forgotten_and_the_others_are_not(db):
    of_hook, of_other = VAULT.digest(HOOK), VAULT.digest(OTHER)
    gone.mark_many(db, [found(HOOK), found(OTHER)], now=NOW)
    assert gone.find_by_url(db, HOOK) is not None

    gone.clear_many(db, [of_hook, VAULT.digest("https://never.example.com/marked")])

    assert gone.find_by_url(db, HOOK) is None
    assert gone.which_are_gone(db, [of_hook, of_other]).keys() == {of_other}

    gone.clear_many(db, [of_other])
    assert gone.which_are_gone(db, [of_hook, of_other]) == {}


def test_nothing_marked_nothing_cleared_and_nothing_asked_for_ask_the_database_nothing(db, connection):
    with counted(connection) as statements:
        gone.mark_many(db, [], now=NOW)
        gone.clear_many(db, [])
        assert gone.which_are_gone(db, []) == {}

    assert statements == []


def test_however_many_there_are_they_are_marked_and_cleared_by_as_many_statements(db, connection):
    many = [found(f"https://hooks.example.com/deploy/{number}") for number in range(500)]
    digests = [one.digest for one in many]

    with counted(connection) as statements:
        gone.mark_many(db, many, now=NOW)
        assert len(gone.which_are_gone(db, digests)) == 500
        gone.clear_many(db, digests)

    assert len(statements) == 3
    assert gone.which_are_gone(db, digests) == {}
