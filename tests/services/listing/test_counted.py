"""The ledger counts as SELECT count(*) would, whatever happens in whichever order."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import create_engine, func, select

from config import sqlalchemy_url
from models import OnboardingSession, Project, SessionStatus
from services import metrics, upkeep
from services.database import DbSession
from services.listing import counts

SESSIONS, PROJECTS = "onboarding_sessions", "projects"
STATUSES = {
    SESSIONS: ("draft", "completed", "failed"),
    PROJECTS: ("prompt_ready", "code_generated", "deploy_configured", "domain_ready"),
}
COLUMNS = {SESSIONS: "(status, user_id, purpose)", PROJECTS: "(status, owner_id, title)"}
OWNER = {SESSIONS: "user_id", PROJECTS: "owner_id"}
SOME = "SELECT ctid FROM {table} WHERE {owner} = %(person)s ORDER BY id LIMIT 2"
STEPS = 250


class Writer:
    """One connection, which writes rows of one person in transactions that it ends as chance has it."""

    def __init__(self, url: str, chance: random.Random) -> None:
        self.connection = psycopg.connect(url)
        self._chance = chance
        self._person = uuid4()
        self.connection.execute("INSERT INTO users (id, email) VALUES (%s, %s)", [self._person, str(self._person)])
        self.connection.commit()

    def step(self) -> None:
        acts = [self._insert, self._insert, self._move, self._delete, self._fail, self.connection.commit]
        self._chance.choice([*acts, self.connection.commit, self.connection.rollback, self._undo_some])()

    def _insert(self) -> None:
        self._write("INSERT INTO {table} {columns} SELECT %(status)s, %(person)s, 'new' FROM generate_series(1, 2)")

    def _move(self) -> None:
        self._write("UPDATE {table} SET status = %(status)s WHERE ctid IN ({some})")

    def _delete(self) -> None:
        self._write("DELETE FROM {table} WHERE ctid IN ({some})")

    def _fail(self) -> None:
        """A statement that is refused takes with it what came before it in its savepoint."""
        with suppress(psycopg.errors.CheckViolation), self.connection.transaction():
            self._insert()
            self._write("UPDATE {table} SET status = 'lost' WHERE ctid IN ({some})")

    def _undo_some(self) -> None:
        with self.connection.transaction(force_rollback=True):
            self._insert()
            self._move()
            self._delete()

    def _write(self, statement: str) -> None:
        table = self._chance.choice(tuple(STATUSES))
        values = {"person": self._person, "status": self._chance.choice(STATUSES[table])}
        some = SOME.format(table=table, owner=OWNER[table])
        self.connection.execute(statement.format(table=table, columns=COLUMNS[table], some=some), values)


@contextmanager
def opened(url: str, isolation: str = "READ COMMITTED") -> Iterator[DbSession]:
    engine = create_engine(sqlalchemy_url(url), isolation_level=isolation)
    with DbSession(engine) as db:
        yield db
    engine.dispose()


def assert_counts_hold(db: DbSession) -> None:
    """Fail unless all counts are those of the rows, as one snapshot has both."""
    for model in (OnboardingSession, Project):
        counted = select(model.status, func.count()).group_by(model.status)
        rows = {str(status): number for status, number in db.execute(counted)}
        totals = metrics.totals(db, model.__tablename__)
        assert {label: total for label, total in totals.items() if total} == rows
        assert counts.count(db, select(func.count()).select_from(model)).exact == sum(rows.values())
    drafts = OnboardingSession.status == SessionStatus.DRAFT
    assert counts.count(db, select(func.count()).select_from(OnboardingSession).where(drafts)).exact == len(
        db.scalars(select(OnboardingSession.id).where(drafts)).all()
    )
    db.rollback()


class Folder:
    """Folds in transactions of its own, which writers come between."""

    def __init__(self, db: DbSession, chance: random.Random) -> None:
        self._db = db
        self._chance = chance

    def step(self) -> None:
        if self._db.in_transaction():
            self._chance.choice([self._db.commit, self._db.commit, self._db.rollback])()
        else:
            upkeep.fold_metrics(self._db)


def truncate(connection: psycopg.Connection) -> None:
    connection.execute("TRUNCATE onboarding_sessions, projects CASCADE")
    connection.commit()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counts_hold_after_each_step_of_writers_and_folding_that_come_between_one_another(fresh_database_url, seed):
    chance = random.Random(seed)
    with opened(fresh_database_url) as folding, opened(fresh_database_url, "REPEATABLE READ") as reader:
        writers = [Writer(fresh_database_url, chance) for _ in range(3)]
        actors = [*writers, *writers, Folder(folding, chance)]
        for number in range(STEPS):
            chance.choice(actors).step()
            if number % 5 == 0:
                assert_counts_hold(reader)
            if number == STEPS // 2:
                for writer in writers:
                    writer.connection.commit()
                folding.commit()
                truncate(writers[0].connection)
                assert_counts_hold(reader)
        for writer in writers:
            writer.connection.commit()
        assert_counts_hold(reader)
        for writer in writers:
            writer.connection.close()


def test_counts_hold_while_many_write_and_fold_at_the_same_time(fresh_database_url):
    def write(seed: int) -> None:
        writer = Writer(fresh_database_url, random.Random(seed))
        for _ in range(STEPS):
            writer.step()
        writer.connection.commit()
        writer.connection.close()

    def fold(seed: int) -> None:
        with opened(fresh_database_url) as db:
            folder = Folder(db, random.Random(seed))
            for _ in range(STEPS // 4):
                folder.step()
            db.rollback()

    def look() -> None:
        with opened(fresh_database_url, "REPEATABLE READ") as db:
            for _ in range(STEPS // 4):
                assert_counts_hold(db)

    with ThreadPoolExecutor(6) as pool:
        done = [pool.submit(act, seed) for seed, act in enumerate((write, write, write, fold, fold))]
        for future in [*done, pool.submit(look)]:
            future.result()
    look()
