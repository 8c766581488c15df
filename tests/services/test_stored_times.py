from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import text

from services.stored_times import EARLIEST, LATEST


def read(db, stored):
    return db.scalar(text("SELECT CAST(:stored AS timestamptz)"), {"stored": stored})


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 26, 2, 52, 15, tzinfo=UTC),
        datetime(2026, 11, 26, 2, 52, 15, 100_000, tzinfo=UTC),
        datetime(2026, 11, 26, 2, 52, 15, 123_456, tzinfo=UTC),
        EARLIEST + timedelta(days=1),
        LATEST - timedelta(days=1),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/New_York"])
def test_a_time_is_read_as_it_is_whatever_the_zone_of_the_connection(db, at, zone):
    db.execute(text("SELECT set_config('timezone', :zone, true)"), {"zone": zone})

    found = read(db, at.isoformat())

    assert found == at
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize(
    ("stored", "found"),
    [
        ("infinity", LATEST),
        ("20000-01-01", LATEST),
        ("-infinity", EARLIEST),
        ("0044-03-15 12:00 BC", EARLIEST),
        ("0001-12-31 23:59:59 BC", EARLIEST),
    ],
)
def test_the_nearest_time_stands_for_one_that_python_does_not_have(db, stored, found, zone):
    db.execute(text("SELECT set_config('timezone', :zone, true)"), {"zone": zone})

    assert abs(read(db, stored) - found) < timedelta(days=1)


def test_a_time_that_is_sent_in_another_style_is_never_taken_for_one_of_them(db):
    db.execute(text("SET LOCAL DateStyle = 'German'"))

    with pytest.raises(psycopg.DataError):
        db.connection().connection.dbapi_connection.execute("SELECT now()").fetchone()
