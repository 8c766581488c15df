"""Recovery codes."""

import random
from datetime import timedelta
from math import log2

import pytest

from models import RecoveryCode, TypedFactor
from services.second_factors import recovery, tries
from services.second_factors.tries import TooManyTriesError
from tests.conftest import NOW


@pytest.fixture
def ana(make):
    return make.user()


def test_a_set_is_ten_codes_of_more_bits_than_a_fast_hash_needs(db, ana):
    codes = recovery.renew(db, ana.id)

    assert len(set(codes)) == 10
    assert {len(code.replace("-", "")) * log2(len(set(recovery._LETTERS))) for code in codes} == {125}
    assert {tuple(map(len, code.split("-"))) for code in codes} == {(5, 5, 5, 5, 5)}


def test_codes_come_from_the_systems_generator_whatever_seed_is_set(db, ana):
    made = []
    for _ in range(2):
        random.seed(1)
        made += recovery.renew(db, ana.id)

    assert len(set(made)) == 20


def test_a_shorter_code_of_before_is_still_taken(db, ana):
    db.add(RecoveryCode(digest=recovery.digest(ana.id, "abcd-efgh-jkmn-pqrs"), user_id=ana.id))
    db.flush()

    assert recovery.spend(db, ana.id, "ABCD efgh jkmn pqrs", now=NOW)


def test_a_code_is_good_once_however_it_is_typed(db, ana):
    first, second, *_ = recovery.renew(db, ana.id)

    assert recovery.spend(db, ana.id, f"  {first.upper()} ", now=NOW)
    assert recovery.spend(db, ana.id, second.replace("-", " "), now=NOW)
    assert not recovery.spend(db, ana.id, first, now=NOW)
    assert recovery.left(db, ana.id) == 8


def test_a_new_set_replaces_the_old_one(db, ana):
    [old, *_] = recovery.renew(db, ana.id)
    [new, *_] = recovery.renew(db, ana.id)

    assert not recovery.spend(db, ana.id, old, now=NOW)
    assert recovery.spend(db, ana.id, new, now=NOW)


def test_another_persons_code_is_wrong(db, ana, make):
    [code, *_] = recovery.renew(db, make.user().id)

    assert not recovery.spend(db, ana.id, code, now=NOW)


@pytest.mark.parametrize("code", ["", "\x00", "\ud800", "x" * 99_999])
def test_garbage_is_wrong(db, ana, code):
    recovery.renew(db, ana.id)

    assert not recovery.spend(db, ana.id, code, now=NOW)


def test_guessing_has_to_wait_and_leaves_the_apps_codes_alone(db, ana):
    [code, *_] = recovery.renew(db, ana.id)
    for _ in range(5):
        recovery.spend(db, ana.id, "wrong", now=NOW)

    with pytest.raises(TooManyTriesError):
        recovery.spend(db, ana.id, code, now=NOW + timedelta(seconds=59))
    tries.count(db, ana.id, TypedFactor.CODE, now=NOW)
    assert recovery.spend(db, ana.id, code, now=NOW + timedelta(seconds=60))
