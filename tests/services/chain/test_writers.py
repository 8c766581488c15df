"""Many who write, give up, seal and remove at once: every event that was committed is sealed, once."""

from collections import Counter
from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select, text

from config import sqlalchemy_url
from models import AuditEvent, AuditLink, AuditPurge
from services import chain
from services.audit import record
from services.chain import missed
from services.database import DbSession
from services.permissions import WORKER
from tests.services.chain.chains import START, add, build

CLOCK = text("SELECT clock_timestamp()")
WRITERS = 3
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, WRITERS - 1), st.integers(1, 3)),
        st.tuples(st.just("save"), st.integers(0, WRITERS - 1), st.booleans()),  # within the transaction
        st.tuples(st.just("commit"), st.integers(0, WRITERS - 1)),
        st.tuples(st.just("rollback"), st.integers(0, WRITERS - 1)),
        st.tuples(st.just("seal"), st.booleans()),
        st.tuples(st.just("purge")),
    ),
    max_size=40,
)


class World:
    """Transactions that are open side by side, and what became of what they wrote."""

    def __init__(self, engine) -> None:
        self.engine = engine
        self.writers = [DbSession(engine) for _ in range(WRITERS)]
        self.written: list[list[UUID]] = [[] for _ in range(WRITERS)]
        self.committed: set[UUID] = set()
        self.day = 0

    def add(self, writer, count):
        self.written[writer] += add(self.writers[writer], count, at=START + timedelta(days=self.day))

    def save(self, writer, keeps):
        """A part of the transaction that is kept, or given up by itself."""
        part = self.writers[writer].begin_nested()
        ids = add(self.writers[writer], 1, at=START + timedelta(days=self.day))
        if keeps:
            part.commit()
            self.written[writer] += ids
        else:
            part.rollback()

    def commit(self, writer):
        self.writers[writer].commit()
        self.committed |= {*self.written[writer]}
        self.written[writer] = []

    def rollback(self, writer):
        self.writers[writer].rollback()
        self.written[writer] = []

    def seal(self, commits):
        self.day += 1
        with DbSession(self.engine) as db:
            chain.seal(db, now=START + timedelta(days=self.day), loaded=True)
            db.commit() if commits else db.rollback()

    def purge(self):
        with DbSession(self.engine) as db, db.begin():
            chain.purge(db, days=30, now=START + timedelta(days=31 + self.day // 2))

    def end(self):
        for writer in range(WRITERS):
            self.commit(writer)
            self.writers[writer].close()
        self.seal(commits=True)


@given(steps=STEPS)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_event_that_is_committed_is_sealed_once_however_writers_and_sealers_meet(fresh_database_url, steps):
    engine = create_engine(sqlalchemy_url(fresh_database_url))
    world = World(engine)
    with DbSession(engine) as db:
        before = {*db.scalars(select(AuditEvent.id))}

    for name, *arguments in steps:
        getattr(world, name)(*arguments)
    world.end()

    with DbSession(engine) as db:
        report = chain.verify(db)
        assert report.fault is None
        assert report.unsealed == 0
        sealed = Counter(db.scalars(select(AuditLink.event_id)))
        stored = {*db.scalars(select(AuditEvent.id))}
        assert sealed == Counter(stored)
        removed = (world.committed | before) - stored
        assert not removed or db.scalars(select(AuditPurge)).first()
        assert report.sealed - report.removed == len(stored)
    engine.dispose()


def test_what_commits_late_is_neither_missed_nor_out_of_order(fresh_db):
    build(fresh_db, 2)
    fresh_db.commit()
    with DbSession(fresh_db.get_bind()) as slow:
        [late] = add(slow, 1, at=START + timedelta(days=1))
        [soon] = add(fresh_db, 1, at=START + timedelta(days=1, minutes=10))
        chain.seal(fresh_db, now=START + timedelta(days=1, minutes=11))
        fresh_db.commit()
        slow.commit()
    assert chain.verify(fresh_db).fault is None

    chain.seal(fresh_db, now=START + timedelta(days=1, minutes=12))

    assert fresh_db.scalars(select(AuditLink.event_id).order_by(AuditLink.position)).all()[2:] == [soon, late]
    assert chain.verify(fresh_db).fault is None


def test_what_read_for_long_before_it_wrote_is_no_forgery(fresh_db, monkeypatch):
    monkeypatch.setattr(missed, "STEP", timedelta(0))
    with DbSession(fresh_db.get_bind()) as slow:
        slow.execute(text("SELECT count(*) FROM audit_events"))
        add(fresh_db, 1)
        chain.seal(fresh_db, now=fresh_db.scalar(CLOCK))
        fresh_db.commit()
        record(slow, WORKER, "project:edit", None)
        assert chain.verify(slow).fault is None
        slow.commit()
    assert chain.verify(fresh_db).fault is None

    chain.seal(fresh_db, now=fresh_db.scalar(CLOCK))

    assert chain.verify(fresh_db).fault is None


def test_what_wrote_for_hours_before_it_committed_is_no_forgery(fresh_db):
    build(fresh_db, 1)
    fresh_db.commit()
    with DbSession(fresh_db.get_bind()) as slow:
        add(slow, 1, at=START + timedelta(days=1))
        for hours in (1, 9):
            add(fresh_db, 1, at=START + timedelta(days=1, hours=hours))
            chain.seal(fresh_db, now=START + timedelta(days=1, hours=hours))
            fresh_db.commit()
        slow.commit()
    assert chain.verify(fresh_db).fault is None

    chain.seal(fresh_db, now=START + timedelta(days=2))

    assert chain.verify(fresh_db).fault is None


def test_two_that_seal_at_once_make_one_chain(fresh_db):
    add(fresh_db, 50)
    fresh_db.commit()
    engine, start = fresh_db.get_bind(), Barrier(4)

    def seal():
        start.wait()
        for _ in range(5):
            with DbSession(engine) as db, db.begin():
                add(db, 1)
                chain.seal(db, now=START)

    threads = [Thread(target=seal) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    chain.seal(fresh_db, now=START)

    report = chain.verify(fresh_db)
    assert (report.fault, report.sealed, report.unsealed) == (None, 70, 0)


def test_a_thousand_are_sealed_at_once_and_few_within_a_minute(db):
    assert chain.seal_if_due(db, now=START) is None
    add(db, 1)
    assert chain.seal_if_due(db, now=START).events == 1

    add(db, 999)
    assert chain.seal_if_due(db, now=START + timedelta(seconds=59)) is None
    add(db, 1)
    assert chain.seal_if_due(db, now=START + timedelta(seconds=59)).events == 1_000

    add(db, 1)
    assert chain.seal_if_due(db, now=START + timedelta(seconds=120)).events == 1


def test_events_of_before_the_chain_are_sealed_first(db):
    db.execute(text("ALTER TABLE audit_events ALTER COLUMN xid DROP DEFAULT"))
    [old] = add(db, 1)
    db.execute(text("ALTER TABLE audit_events ALTER COLUMN xid SET DEFAULT pg_current_xact_id()"))
    [new] = add(db, 1, at=START - timedelta(days=1))

    chain.seal(db, now=START)

    assert db.scalars(select(AuditLink.event_id).order_by(AuditLink.position)).all() == [old, new]
    assert chain.verify(db).fault is None


def test_a_seal_names_the_digest_that_is_to_be_kept_elsewhere(db):
    add(db, 3)

    sealed = chain.seal(db, now=START)

    assert (sealed.seq, sealed.events) == (1, 3)
    assert chain.verify(db, expect=sealed.digest).fault is None
    assert chain.has_begun(db)
    assert chain.seal(db, now=START) is None
