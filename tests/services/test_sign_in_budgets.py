"""Budgets of tries: how soon guessing becomes slow, and for whom it does not."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import SignInBudget
from services import sign_in_budgets
from services.sign_in_budgets import TooManyTriesError, give_back, of_account, of_address, of_device, take
from tests.conftest import NOW


@pytest.fixture
def wrong(db):
    """Try and be wrong, each time as soon as it is let; how long that was waited for each."""

    def wrong(budgets, times, now=NOW):
        waits = []
        for _ in range(times):
            try:
                take(db, budgets, now=now)
                waits.append(0)
            except TooManyTriesError as error:
                now += error.wait
                take(db, budgets, now=now)
                waits.append(int(error.wait.total_seconds()))
        return waits

    return wrong


def test_five_tries_are_free_and_then_each_waits_twice_as_long(wrong):
    assert wrong([of_account("ana")], 8) == [0, 0, 0, 0, 0, 30, 60, 120]


def test_no_wait_is_longer_than_an_hour(wrong):
    assert wrong([of_account("ana")], 40)[-1] == 3_600


def test_nothing_is_tried_before_the_wait_is_over(db, wrong):
    wrong([of_account("ana")], 5)

    for seconds in (0, 29):
        with pytest.raises(TooManyTriesError):
            take(db, [of_account("ana")], now=NOW + timedelta(seconds=seconds))
    take(db, [of_account("ana")], now=NOW + timedelta(seconds=30))


def test_whoever_guesses_from_elsewhere_does_not_lock_the_owners_device_out(db, wrong):
    wrong([of_account("ana")], 30)

    take(db, [of_device("laptop", "ana")], now=NOW)


def test_a_device_that_guesses_is_slowed_down_too(wrong):
    assert wrong([of_device("laptop", "ana")], 11)[-1] == 30


def test_an_address_that_tries_one_password_on_many_accounts_is_slowed_down(wrong):
    address = of_address("192.0.2.1")
    waits = [wait for name in range(21) for wait in wrong([of_account(str(name)), address], 1)]

    assert waits == [0] * 20 + [30]


def test_addresses_of_one_ipv6_network_are_one(db):
    assert of_address("2001:db8::1").key == of_address("2001:db8::ffff:2").key != of_address("2001:db8:0:1::1").key
    assert of_address("no address").key != of_address("").key


def test_a_right_password_makes_the_account_whole_and_gives_the_address_one_try_back(db, wrong):
    account, address = of_account("ana"), of_address("192.0.2.1")
    wrong([account, address], 4)
    take(db, [account, address], now=NOW)

    give_back(db, [account, address], now=NOW)

    left = {row.key: row.tries for row in db.scalars(select(SignInBudget))}
    assert left == {address.key: 4}


def test_a_closed_budget_leaves_the_others_as_they_were(db, wrong):
    account, address = of_account("ana"), of_address("192.0.2.1")
    wrong([account], 5)

    with pytest.raises(TooManyTriesError), db.begin_nested():
        take(db, [account, address], now=NOW)

    assert db.get(SignInBudget, address.key) is None


def test_a_day_without_tries_makes_a_budget_whole(db, wrong):
    wrong([of_account("ana")], 5)

    assert wrong([of_account("ana")], 5, NOW + timedelta(hours=24, seconds=1)) == [0] * 5


def test_upkeep_forgets_what_is_whole_again(db, wrong):
    wrong([of_account("ana")], 1)
    wrong([of_account("bob")], 1, NOW + timedelta(hours=1))

    sign_in_budgets.forget_old(db, now=NOW + timedelta(hours=24, minutes=1))

    assert db.scalars(select(SignInBudget.key)).all() == [of_account("bob").key]


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 second,"), (1.2, "2 seconds,"), (90, "90 seconds,"), (91, "2 minutes,")]
)
def test_the_refusal_says_how_long_to_wait(seconds, words):
    assert words in TooManyTriesError(timedelta(seconds=seconds)).message
