"""Retention removes whole seals, the oldest first, and leaves a history that can still be proved."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from models import AuditEvent, AuditLink, AuditPurge, AuditSeal
from services import chain
from services.chain import state
from tests.services.chain.chains import START, add, build, rewrite, superuser

DAYS = 30
LATER = START + timedelta(days=DAYS + 1, hours=13)
"""When the seals of the first two days are old, and that of the third is not."""


@pytest.fixture
def made(db):
    """Seals of three events, on three days."""
    return build(db, 3, 3, 3)


def count(db, model):
    return db.scalar(select(func.count()).select_from(model))


def test_whole_old_seals_lose_their_events_and_the_rest_can_be_proved(db, made):
    assert chain.purge(db, days=DAYS, now=LATER) == 6

    report = chain.verify(db)
    assert report.fault is None
    assert (report.sealed, report.removed) == (9, 6)
    assert report.removed_before == db.get_one(AuditSeal, 2).sealed_at
    assert set(db.scalars(select(AuditEvent.id).where(AuditEvent.tag == "project:edit"))) == set(made[2])
    assert (count(db, AuditLink), count(db, AuditSeal)) == (3, 3)


def test_a_removal_is_itself_an_audit_event(db, made):
    chain.purge(db, days=DAYS, now=LATER)

    [told] = db.scalars(select(AuditEvent).where(AuditEvent.tag == "audit:purge"))
    assert (told.actor, told.after["up_to_seal"], told.after["events"], told.after["days"]) == ("worker", 2, 6, DAYS)


def test_the_chain_goes_on_after_a_removal(db, made):
    chain.purge(db, days=DAYS, now=LATER)
    rewrite(db, "UPDATE audit_events SET at = :at WHERE tag = 'audit:purge'", at=LATER)  # as if it had been then
    chain.seal(db, now=LATER)
    add(db, 2, at=LATER)
    chain.seal(db, now=LATER + timedelta(minutes=1))
    assert chain.verify(db).fault is None

    assert chain.purge(db, days=DAYS, now=LATER + timedelta(days=DAYS + 2)) == 6

    assert chain.verify(db).fault is None
    assert count(db, AuditPurge) == 2


def test_nothing_leaves_twice_or_before_it_is_a_day_over_its_time(db, made):
    assert chain.purge(db, days=DAYS, now=START + timedelta(days=DAYS, hours=23)) == 0
    assert chain.purge(db, days=DAYS, now=LATER) == 6
    assert chain.purge(db, days=DAYS, now=LATER) == 0


def test_a_seal_with_a_false_date_lets_no_event_go_that_is_younger(db, made):
    add(db, 1, at=datetime.now(UTC) - timedelta(days=DAYS - 1))
    chain.seal(db, now=START + timedelta(days=3))

    with pytest.raises(DBAPIError, match="must be whole seals that are 30 days old"):
        chain.purge(db, days=DAYS, now=LATER + timedelta(days=3))


def test_a_seal_that_is_larger_than_a_removal_leaves_whole(db, made, monkeypatch):
    monkeypatch.setattr("services.chain.purging.AT_ONCE", 2)

    assert chain.purge(db, days=DAYS, now=LATER) == 3
    assert chain.purge(db, days=DAYS, now=LATER + timedelta(hours=12)) == 3
    assert chain.verify(db).fault is None


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM audit_events WHERE tag = 'audit:purge'", "was deleted or altered, which told"),
        ("UPDATE audit_events SET after = '{}' WHERE tag = 'audit:purge'", "was deleted or altered, which told"),
        ("UPDATE audit_purges SET days = 400", "retention would have kept: seal 2"),
        ("UPDATE audit_purges SET last_position = 9", "retention would have kept: seal 2"),
        ("DELETE FROM audit_purges", "Link 1 was deleted"),
        ("INSERT INTO audit_links VALUES (2, gen_random_uuid(), sha256(''))", "Link 2 ("),
    ],
)
def test_a_removal_that_was_rewritten_is_found_out(db, made, statement, words):
    chain.purge(db, days=DAYS, now=LATER)

    rewrite(db, statement)

    assert words in chain.verify(db).fault


def test_events_that_were_deleted_as_if_by_retention_are_found_out(db, made):
    with superuser(db):
        purge = "INSERT INTO audit_purges VALUES (3, 9, 9, 30, :at, gen_random_uuid())"
        db.execute(text(purge), {"at": db.get_one(AuditSeal, 3).sealed_at + timedelta(days=31)})
        db.execute(text("DELETE FROM audit_events"))
        db.execute(text("DELETE FROM audit_links"))

    assert "which told that retention removed events" in chain.verify(db).fault


@pytest.mark.parametrize("table", ["audit_events", "audit_links", "audit_seals", "audit_purges"])
@pytest.mark.parametrize("statement", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0}"])
def test_nobody_changes_what_is_written_the_owner_included(db, made, table, statement):
    column = "xid" if table in ("audit_events", "audit_purges") else "digest"
    with pytest.raises(DBAPIError, match="append-only"):
        db.execute(text(statement.format(table, column)))


@pytest.mark.parametrize("position", [7, 9])
def test_a_removal_takes_nothing_that_it_does_not_name(db, made, position):
    chain.purge(db, days=DAYS, now=LATER)  # in this very transaction

    for statement in (
        "DELETE FROM audit_links WHERE position = :position",
        "DELETE FROM audit_events WHERE id = (SELECT event_id FROM audit_links WHERE position = :position)",
        "DELETE FROM audit_events WHERE tag = 'audit:purge'",
    ):
        with pytest.raises(DBAPIError, match="retention does not name"), db.begin_nested():
            db.execute(text(statement), {"position": position})


@pytest.mark.parametrize(
    "purge",
    [
        "(2, 9, 9, 30, now(), gen_random_uuid())",
        "(9, 9, 9, 30, now(), gen_random_uuid())",
        "(4, 12, 9, 30, now(), gen_random_uuid())",
    ],
)
def test_a_removal_can_name_only_whole_seals_that_are_old_enough(db, made, purge):
    add(db, 3)
    chain.seal(db, now=db.scalar(text("SELECT clock_timestamp()")))

    with pytest.raises(DBAPIError, match="must be whole seals"):
        db.execute(text(f"INSERT INTO audit_purges VALUES {purge}"))  # noqa: S608


def test_the_role_of_upkeep_seals_removes_and_verifies_and_can_do_no_more(db, made):
    db.execute(text("SET LOCAL ROLE console_upkeep"))
    add(db, 2, at=START + timedelta(days=3))

    assert chain.seal(db, now=START + timedelta(days=4)).events == 2
    assert chain.purge(db, days=DAYS, now=LATER) == 6
    assert chain.verify(db).fault is None
    for table in ("audit_events", "audit_links", "audit_seals", "audit_purges"):
        with pytest.raises(DBAPIError, match="permission denied"), db.begin_nested():
            db.execute(text(f"TRUNCATE {table}"))


def test_nothing_is_removed_while_somebody_else_has_the_chain(fresh_db):
    build(fresh_db, 3, 3, 3)
    fresh_db.commit()
    with fresh_db.get_bind().connect() as other:
        other.execute(state.TRY_LOCK)

        assert chain.purge(fresh_db, days=DAYS, now=LATER) == 0
        assert chain.seal(fresh_db, now=LATER) is None
