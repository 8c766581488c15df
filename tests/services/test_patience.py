"""Reading with little patience: what is given up, what is read all the same, and what holds afterwards."""

import pytest
from sqlalchemy import func, literal, select, text
from sqlalchemy.exc import DataError

from services.patience import patient

NEVER = select(func.pg_sleep(10))
"""Ends later than anybody waits here, and before PostgreSQL would give it up by itself."""
ZERO_DIVIDED = select(literal(1) / func.length(""))


def test_what_takes_too_long_is_given_up_and_the_next_is_read_all_the_same(db):
    with patient(db, 50) as reader:
        assert reader.read(NEVER) is None
        assert reader.read(select(literal(2))) == [2]
        assert reader.read(NEVER) is None


def test_what_holds_for_statements_otherwise_holds_again_after_it(db):
    def settings():
        return [db.scalar(text(f"SHOW {name}")) for name in ("statement_timeout", "plan_cache_mode", "enable_seqscan")]

    before = settings()
    with patient(db, 1_234, {"enable_seqscan": "off"}):
        within = settings()

    assert within == ["1234ms", "force_custom_plan", "off"]
    assert settings() == before != within


def test_what_was_written_before_stays_where_a_reading_is_given_up(db, make):
    user = make.user()
    with patient(db, 50) as reader:
        reader.read(NEVER)

    assert db.scalar(text("SELECT count(*) FROM users WHERE id = :id"), {"id": user.id}) == 1


def test_what_fails_for_another_reason_is_not_taken_for_slow(db):
    with pytest.raises(DataError), patient(db, 5_000) as reader:
        reader.read(ZERO_DIVIDED)


def test_what_held_before_holds_again_and_what_was_prepared_stays(db):
    ask = text("SELECT current_setting('statement_timeout')")
    db.execute(text("SELECT set_config('statement_timeout', '29s', true)"))

    with patient(db, 500) as reader:
        assert reader.read(select(func.current_setting("statement_timeout"))) == ["500ms"]
    assert db.scalar(ask) == "29s"

    with pytest.raises(KeyError), patient(db, 500):
        raise KeyError
    assert db.scalar(ask) == "29s"
