"""Each notice is read once, when it can first be seen, whatever the order in which transactions begin and end."""

from contextlib import ExitStack
from datetime import timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.live.reader import MOST, OPTIONS, READ, Reader

WRITE = "INSERT INTO live_notices (kind, op, ids, owners) VALUES ('session', 'insert', ARRAY[%s::uuid], '{null}')"
ID = "00000000-0000-4000-8000-{:012}"


@pytest.fixture
def connect(fresh_database_url):
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(psycopg.connect(fresh_database_url, **options))


@pytest.fixture
def reads(connect):
    return Reader(connect(autocommit=True, options=OPTIONS))


def numbers(notices):
    return [int(row[-12:]) for notice in notices for row in notice.rows]


def tell(connection, number):
    connection.execute(WRITE, [ID.format(number)])


def test_what_was_committed_before_it_began_is_not_read_and_what_comes_then_is_read_once(connect):
    writer = connect(autocommit=True)
    tell(writer, 1)
    reads = Reader(connect(autocommit=True, options=OPTIONS))
    tell(writer, 2)
    tell(writer, 3)

    assert numbers(reads.read()) == [2, 3]
    assert reads.read() == []


def test_a_transaction_that_takes_long_is_read_after_those_that_began_later(connect, reads):
    slow, quick = connect(), connect(autocommit=True)
    tell(slow, 1)
    tell(quick, 2)
    assert numbers(reads.read()) == [2]
    tell(quick, 3)
    tell(slow, 4)
    assert numbers(reads.read()) == [3]

    slow.commit()

    assert numbers(reads.read()) == [1, 4]
    assert reads.read() == []


def test_a_transaction_that_was_under_way_when_reading_began_is_read_too(connect):
    slow = connect()
    tell(slow, 1)
    reads = Reader(connect(autocommit=True, options=OPTIONS))
    slow.commit()

    assert numbers(reads.read()) == [1]


def test_savepoints_are_read_with_their_transaction_and_those_that_were_rolled_back_are_not(connect, reads):
    slow, quick = connect(), connect(autocommit=True)
    with slow.transaction():
        with slow.transaction():
            tell(slow, 1)
        with slow.transaction(force_rollback=True):
            tell(slow, 2)
        tell(quick, 3)
        assert numbers(reads.read()) == [3]
        with slow.transaction():
            tell(slow, 4)

    assert numbers(reads.read()) == [1, 4]
    assert reads.read() == []


STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["tell", "nest", "commit", "roll back", "read"])), max_size=40
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_order_transactions_begin_and_end_in_each_notice_is_read_once_by_the_next_reading(
    connect, reads, steps
):
    reads.read()
    writers = [connect() for _ in range(4)]
    told, committed, read = [[] for _ in writers], [], []
    for number, (place, step) in enumerate(steps):
        writer = writers[place]
        if step == "tell":
            tell(writer, number)
            told[place].append(number)
        elif step == "nest":
            with writer.transaction():
                tell(writer, number)
            if writer.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
                committed.append(number)
            else:
                told[place].append(number)
        elif step == "read":
            read += numbers(reads.read())
            assert sorted(read) == sorted(committed)
        else:
            if step == "commit":
                writer.commit()
                committed += told[place]
            writer.rollback()
            told[place] = []
    for writer in writers:
        writer.close()

    assert sorted(read + numbers(reads.read())) == sorted(committed)


def test_notices_come_in_the_order_in_which_they_were_told(connect, reads):
    first, second = connect(), connect()
    for number, writer in enumerate([first, second, first, second, second, first]):
        tell(writer, number)
    second.commit()
    first.commit()

    assert numbers(reads.read()) == [0, 1, 2, 3, 4, 5]


def test_what_is_too_much_to_read_at_once_is_not_read(connect, reads):
    writer = connect(autocommit=True)
    writer.execute("INSERT INTO live_notices (kind, op) SELECT 'room', 'update' FROM generate_series(0, %s)", [MOST])

    assert reads.read() is None
    tell(writer, 7)
    assert numbers(reads.read()) == [7]


def test_who_has_not_read_for_longer_than_notices_are_kept_may_have_missed_some(connect):
    assert Reader(connect(autocommit=True, options=OPTIONS), kept=timedelta()).read() is None
    assert Reader(connect(autocommit=True, options=OPTIONS), kept=timedelta(minutes=1)).read() == []


def test_what_is_new_is_found_by_its_index_even_in_a_table_that_is_believed_empty(connect):
    connection = connect(autocommit=True, options=OPTIONS)
    plan = connection.execute(f"EXPLAIN {READ}", {"next": "9", "running": ["7", "8"]}).fetchall()

    assert any("Index Scan on ix_live_notices_xid" in line for (line,) in plan)
    assert not any("Seq Scan" in line for (line,) in plan)
