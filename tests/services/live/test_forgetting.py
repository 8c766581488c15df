"""Notices go once they have been there for a while, however long their transactions took."""

from time import sleep

import psycopg
from sqlalchemy import text

from services import upkeep
from services.live.forgetting import KEPT
from tests.conftest import NOW


def tell_and_commit(db, kind):
    db.execute(text("INSERT INTO live_notices (kind, op) VALUES (:kind, 'truncate')"), {"kind": kind})
    db.commit()


def let_others_end(db):
    """Wait for the transactions of other tests, in other databases of the server: a snapshot knows of all."""
    others = "datname <> current_database() AND backend_xid IS NOT NULL AND xact_start < :now"
    now = db.scalar(text("SELECT clock_timestamp()"))
    while db.scalar(text(f"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE {others})"), {"now": now}):  # noqa: S608
        db.rollback()
        sleep(0.05)
    db.rollback()


def upkeep_after(db, wait):
    """The upkeep of this long after all that has been written."""
    let_others_end(db)
    for table in ("live_notices", "live_horizons"):
        db.execute(text(f"UPDATE {table} SET at = at - :wait"), {"wait": wait})  # noqa: S608
    upkeep.run(db, now=NOW)
    db.commit()
    return db.scalars(text("SELECT kind FROM live_notices ORDER BY at")).all()


def test_a_notice_goes_once_upkeep_finds_that_it_has_been_there_for_a_while(fresh_db):
    tell_and_commit(fresh_db, "room")

    assert upkeep_after(fresh_db, 0 * KEPT) == ["room"]
    tell_and_commit(fresh_db, "deploy")
    assert upkeep_after(fresh_db, KEPT) == ["deploy"]
    assert upkeep_after(fresh_db, KEPT) == []


def test_a_notice_of_a_transaction_that_took_long_is_kept_from_its_commit_on(fresh_db, fresh_database_url):
    with psycopg.connect(fresh_database_url) as slow:
        slow.execute("INSERT INTO live_notices (kind, op) VALUES ('room', 'truncate')")
        for _ in range(3):
            assert upkeep_after(fresh_db, KEPT) == []

    assert upkeep_after(fresh_db, 0 * KEPT) == ["room"]
    assert upkeep_after(fresh_db, KEPT) == []


def test_upkeep_leaves_no_old_marks(fresh_db):
    for _ in range(5):
        upkeep_after(fresh_db, KEPT)

    assert fresh_db.scalar(text("SELECT count(*) FROM live_horizons")) <= 3
