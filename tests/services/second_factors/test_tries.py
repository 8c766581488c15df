"""How often a second factor may be typed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import SecondFactorTries, TypedFactor
from services.second_factors import tries
from services.second_factors.tries import TooManyTriesError, wait_after
from tests.conftest import NOW

CODE = TypedFactor.CODE


def test_waits_double_up_to_an_hour():
    minutes = [wait_after(number) // timedelta(minutes=1) for number in range(1, 14)]

    assert minutes == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_postgresql_waits_as_long(db, make):
    user, now = make.user(), NOW
    for number in range(1, 14):
        tries.count(db, user.id, CODE, now=now)
        kept = db.scalars(select(SecondFactorTries).execution_options(populate_existing=True)).one()
        assert (kept.tries, kept.next_try_at - now) == (number, wait_after(number))
        now = kept.next_try_at


def test_a_try_that_comes_too_early_does_not_make_the_wait_longer(db, make):
    user = make.user()
    for _ in range(5):
        tries.count(db, user.id, CODE, now=NOW)

    for seconds in (0, 30, 59):
        with pytest.raises(TooManyTriesError, match="1 minute,"):
            tries.count(db, user.id, CODE, now=NOW + timedelta(seconds=seconds))
    tries.count(db, user.id, CODE, now=NOW + timedelta(seconds=60))


def test_tries_of_the_day_before_yesterday_are_forgotten(db, make):
    user = make.user()
    for _ in range(5):
        tries.count(db, user.id, CODE, now=NOW)

    for _ in range(4):
        tries.count(db, user.id, CODE, now=NOW + timedelta(days=2))


def test_one_persons_tries_are_not_anothers(db, make):
    user, other = make.user(), make.user()
    for _ in range(5):
        tries.count(db, user.id, CODE, now=NOW)

    tries.count(db, other.id, CODE, now=NOW)
    tries.forget(db, user.id)
    tries.count(db, user.id, CODE, now=NOW)
