"""Codes that authenticator apps show."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from services.second_factors.codes import Key
from tests.conftest import NOW
from tests.totp import code_at

RFC_KEY = Key("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
"""The ASCII text 12345678901234567890, as in the test vectors of RFC 6238, appendix B."""


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_rfc(seconds, code):
    assert RFC_KEY.step_of(code, now=datetime.fromtimestamp(seconds, UTC)) == seconds // 30
    assert code_at(RFC_KEY.base32, datetime.fromtimestamp(seconds, UTC)) == code


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_be_half_a_minute_off(steps):
    key = Key.new()

    assert key.step_of(code_at(key.base32, NOW, steps=steps), now=NOW) == int(NOW.timestamp()) // 30 + steps


@pytest.mark.parametrize("steps", [-2, 2, 100])
def test_a_clock_that_is_further_off_is_refused(steps):
    key = Key.new()
    with_moment = NOW + timedelta(seconds=1)

    assert key.step_of(code_at(key.base32, with_moment, steps=steps), now=with_moment) is None


def test_neither_a_taken_code_nor_an_older_one_is_right_again():
    key = Key.new()
    step = int(NOW.timestamp()) // 30

    assert key.step_of(code_at(key.base32, NOW), now=NOW, after=step) is None
    assert key.step_of(code_at(key.base32, NOW, steps=-1), now=NOW, after=step) is None
    assert key.step_of(code_at(key.base32, NOW, steps=1), now=NOW, after=step) == step + 1


def test_a_code_may_be_typed_with_a_space():
    code = code_at(RFC_KEY.base32, NOW)

    assert RFC_KEY.step_of(f" {code[:3]} {code[3:]}\n", now=NOW) is not None


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "１２３４５６", "²²²²²²", "-12345", "\x00" * 6, "9" * 99_999]
)
def test_what_is_no_code_is_refused(code):
    assert RFC_KEY.step_of(code, now=NOW) is None


def test_each_key_is_new_and_long_enough():
    keys = set()
    for _ in range(50):
        random.seed(1)  # the system's generator takes none
        keys.add(Key.new().base32)

    assert len(keys) == 50
    assert {len(key) for key in keys} == {32}


def test_apps_learn_the_key_the_console_and_the_account():
    address = RFC_KEY.address("ana@example.com")

    assert address.startswith("otpauth://totp/Operations%20Console:ana@example.com?")
    assert f"secret={RFC_KEY.base32}" in address
    assert "issuer=Operations%20Console" in address
    assert RFC_KEY.in_groups == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
