"""Whoever rewrites the history, with every right that a database gives, is found out, and the first trace is named."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models import AuditEvent, AuditSeal
from services import chain
from services.chain.digests import GENESIS, seal_digest
from tests.services.chain.chains import START, add, build, rewrite, superuser

FIRST, MIDDLE, LAST = (0, 0), (1, 1), (2, 2)
PLACES = pytest.mark.parametrize("place", [FIRST, MIDDLE, LAST], ids=["first", "middle", "last"])
COLUMNS = {
    "at": "at + interval '1 microsecond'",
    "actor_id": "gen_random_uuid()",
    "actor": "'eve@example.com'",
    "origin": "'10.0.0.1'",
    "request_id": "'0123456789ab'",
    "tag": "'project:move'",
    "subject_kind": "'room'",
    "subject_id": "gen_random_uuid()",
    "before": "'null'",
    "after": "'{\"n\": 10}'",
    "xid": "'3'",
}
INSERT = (
    "INSERT INTO audit_events (id, at, actor, tag, subject_kind, xid) "
    "VALUES (:id, :at, 'eve', 'user:edit', 'user', coalesce(CAST(:xid AS xid8), pg_current_xact_id()))"
)


@pytest.fixture
def made(db):
    """Three seals of three events."""
    return build(db, 3, 3, 3)


def at(ids, place):
    seal, position = place
    return ids[seal][position]


def test_a_history_that_nobody_rewrote_is_whole(db, made):
    add(db, 2, at=START + timedelta(days=3))

    report = chain.verify(db)

    assert report.fault is None
    assert (report.sealed, report.seals, report.unsealed) == (9, 3, 2)
    assert report.unsealed_since == START + timedelta(days=3)
    assert report.newest.seq == 3


def test_a_history_without_a_seal_is_whole(db):
    add(db, 2)

    report = chain.verify(db)

    assert (report.fault, report.sealed, report.unsealed) == (None, 0, 2)


@PLACES
def test_an_event_that_was_altered_is_named(db, made, place):
    rewrite(db, "UPDATE audit_events SET actor = 'eve@example.com' WHERE id = :id", id=at(made, place))

    fault = chain.verify(db).fault

    assert f"Event {at(made, place)} (" in fault
    assert "was altered" in fault


@pytest.mark.parametrize("column", COLUMNS)
def test_no_column_of_an_event_can_be_altered_unseen(db, made, column):
    rewrite(db, f"UPDATE audit_events SET {column} = {COLUMNS[column]} WHERE id = :id", id=at(made, MIDDLE))  # noqa: S608

    assert str(at(made, MIDDLE)) in chain.verify(db).fault


def test_the_digests_cover_every_column_of_an_event():
    assert {column.key for column in AuditEvent.__table__.columns} == {"id", *COLUMNS}


@PLACES
def test_an_event_that_was_deleted_is_named(db, made, place):
    rewrite(db, "DELETE FROM audit_events WHERE id = :id", id=at(made, place))

    assert f"Event {at(made, place)} was deleted" in chain.verify(db).fault


@pytest.mark.parametrize("days", [-10, 0, 1, 1.9])
def test_an_event_that_was_inserted_into_the_past_is_named(db, made, days):
    eve = uuid4()
    rewrite(db, INSERT, id=eve, at=START + timedelta(days=days), xid=None)

    assert f"Event {eve} (user:edit by eve" in chain.verify(db).fault


def test_an_event_that_was_inserted_into_the_past_is_named_after_it_was_sealed_too(db, made):
    eve = uuid4()
    rewrite(db, INSERT, id=eve, at=START + timedelta(days=1), xid=None)
    chain.seal(db, now=START + timedelta(days=4))

    fault = chain.verify(db).fault

    assert f"Event {eve} (user:edit by eve" in fault
    assert "was inserted: it came after seal 3" in fault


def test_an_event_that_claims_a_transaction_of_before_the_newest_seal_is_named(db, made):
    eve = uuid4()
    rewrite(db, INSERT, id=eve, at=START + timedelta(days=3), xid="3")

    assert f"Event {eve} (user:edit by eve" in chain.verify(db).fault


def test_an_event_that_claims_the_number_of_a_transaction_that_was_over_is_named_however_it_was_sealed(db, made):
    eve = uuid4()
    over = db.scalar(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1"))
    rewrite(db, INSERT, id=eve, at=START + timedelta(days=3), xid=str(over))
    chain.seal(db, now=START + timedelta(days=4), loaded=True)

    assert f"Event {eve} (user:edit by eve" in chain.verify(db).fault


def test_seals_of_before_they_knew_of_transactions_hold_still(db):
    add(db, 1)
    chain.seal(db, now=START)
    old = db.get_one(AuditSeal, 1)
    old.snapshot = None
    digest = seal_digest(GENESIS, old)
    db.expire(old)
    for table in ("audit_seals", "audit_heads"):
        rewrite(db, f"UPDATE {table} SET digest = :digest", digest=digest)  # noqa: S608
    rewrite(db, "UPDATE audit_seals SET snapshot = NULL")
    add(db, 1, at=START - timedelta(minutes=59))
    assert chain.verify(db).fault is None

    chain.seal(db, now=START + timedelta(minutes=1))
    assert chain.verify(db).fault is None

    add(db, 1, at=START - timedelta(minutes=3))
    assert "was inserted" in chain.verify(db).fault


def test_past_events_that_were_loaded_are_no_fault(db, made):
    add(db, 2, at=START - timedelta(days=30))
    chain.seal(db, now=START + timedelta(days=4), loaded=True)

    report = chain.verify(db)

    assert (report.fault, report.loaded) == (None, 1)


def test_the_first_of_several_traces_is_named(db, made):
    rewrite(db, "DELETE FROM audit_events WHERE id = :id", id=at(made, LAST))
    rewrite(db, "UPDATE audit_events SET actor = 'eve' WHERE id = :id", id=at(made, MIDDLE))

    assert str(at(made, MIDDLE)) in chain.verify(db).fault


@pytest.mark.parametrize("position", [1, 5, 9])
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM audit_links WHERE position = :position", "Link {} was deleted"),
        ("UPDATE audit_links SET position = position + 100 WHERE position = :position", "Link {} was deleted"),
    ],
)
def test_a_link_that_is_gone_is_named(db, made, statement, words, position):
    rewrite(db, statement, position=position)

    assert words.format(position) in chain.verify(db).fault


@pytest.mark.parametrize("position", [1, 5, 9])
def test_a_link_that_was_altered_is_named_with_its_event(db, made, position):
    rewrite(db, "UPDATE audit_links SET digest = sha256('') WHERE position = :position", position=position)

    assert str(made[(position - 1) // 3][(position - 1) % 3]) in chain.verify(db).fault


@pytest.mark.parametrize("position", [0, 10])
def test_a_link_that_was_added_is_named(db, made, position):
    rewrite(db, "INSERT INTO audit_links VALUES (:position, gen_random_uuid(), sha256(''))", position=position)

    assert f"Link {position} (" in chain.verify(db).fault


@pytest.mark.parametrize("seq", [1, 2])
def test_a_seal_that_was_deleted_is_named(db, made, seq):
    rewrite(db, "DELETE FROM audit_seals WHERE seq = :seq", seq=seq)

    assert chain.verify(db).fault == f"Seal {seq} was deleted."


def test_a_newest_seal_that_was_deleted_leaves_links_of_no_seal(db, made):
    rewrite(db, "DELETE FROM audit_seals WHERE seq = 3")

    assert "Link 7 (" in chain.verify(db).fault


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_a_seal_that_was_altered_is_named(db, made, seq):
    rewrite(db, "UPDATE audit_seals SET sealed_at = sealed_at - interval '1 second' WHERE seq = :seq", seq=seq)

    assert f"Seal {seq} of " in chain.verify(db).fault


@pytest.mark.parametrize(
    "change",
    [
        "first_position = first_position - 1",
        "last_position = last_position + 1",
        "loaded = NOT loaded",
        "horizon = '3'",
        "ceiling = '3'",
        "snapshot = '3:3:'",
        "snapshot = NULL",
        "cluster = cluster + 1",
        "links_digest = sha256('')",
        "digest = sha256('')",
    ],
)
def test_no_column_of_a_seal_can_be_altered_unseen(db, made, change):
    rewrite(db, f"UPDATE audit_seals SET {change} WHERE seq = 2")  # noqa: S608

    assert "Seal 2 of " in chain.verify(db).fault


def test_a_chain_that_was_made_anew_lacks_the_digest_that_was_kept(db, made):
    kept = db.get_one(AuditSeal, 2).digest.hex()
    assert chain.verify(db, expect=kept.upper()).fault is None
    rewrite(db, "UPDATE audit_events SET actor = 'eve' WHERE id = :id", id=at(made, MIDDLE))
    with superuser(db):
        for table in ("audit_links", "audit_seals", "audit_heads"):
            db.execute(text(f"DELETE FROM {table}"))  # noqa: S608
    chain.seal(db, now=START + timedelta(days=3))

    assert chain.verify(db).fault is None
    assert "No seal has the digest" in chain.verify(db, expect=kept).fault


def cut_short(db):
    """Take the newest seal away with all that it sealed."""
    with superuser(db):
        db.execute(text("DELETE FROM audit_events e USING audit_links l WHERE l.event_id = e.id AND position > 6"))
        db.execute(text("DELETE FROM audit_links WHERE position > 6"))
        db.execute(text("DELETE FROM audit_seals WHERE seq = 3"))
    db.expire_all()


def test_a_chain_that_was_cut_short_is_found_out_and_is_so_after_it_went_on(db, made):
    cut_short(db)
    assert chain.verify(db).fault == "The chain was cut short: it ends at seal 2, and went as far as seal 3."

    add(db, 2, at=START + timedelta(days=3))
    assert chain.seal(db, now=START + timedelta(days=4)).seq == 4

    assert chain.verify(db).fault == "Seal 3 was deleted."


def test_a_chain_that_was_cut_short_with_its_head_lacks_what_was_kept_elsewhere(db, made):
    log = [
        f"10:00 INFO Sealed 3 audit events as seal {n}: {db.get_one(AuditSeal, n).digest.hex()}\n" for n in (1, 2, 3)
    ]
    digest = db.get_one(AuditSeal, 3).digest.hex()
    assert chain.verify(db, logged=chain.read_log(log)).logged == 3
    cut_short(db)
    head = "UPDATE audit_heads h SET seq = 2, last_position = 6, digest = s.digest FROM audit_seals s WHERE s.seq = 2"
    rewrite(db, head)

    assert chain.verify(db).fault is None
    assert "No seal has the digest" in chain.verify(db, expect=digest).fault
    assert "Seal 3 is missing, which the log tells of" in chain.verify(db, logged=chain.read_log(log)).fault

    add(db, 1, at=START + timedelta(days=5))
    chain.seal(db, now=START + timedelta(days=5))
    assert "Seal 3 has another digest than the log" in chain.verify(db, logged=chain.read_log(log)).fault
    assert "tells of no seal" in chain.verify(db, logged=chain.read_log(["nothing"])).fault


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("DELETE FROM audit_heads", "was deleted that tells how far"),
        ("UPDATE audit_heads SET digest = sha256('')", "Seal 3 was inserted or altered"),
        ("UPDATE audit_heads SET seq = 2", "Seal 3 was inserted or altered"),
    ],
)
def test_a_row_of_how_far_the_chain_went_that_was_rewritten_is_found_out(db, made, change, words):
    rewrite(db, change)

    assert words in chain.verify(db).fault


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM audit_heads",
        "TRUNCATE audit_heads",
        "UPDATE audit_heads SET seq = 2, last_position = 6",
        "UPDATE audit_heads SET seq = seq + 1",
    ],
)
def test_nobody_moves_back_how_far_the_chain_went_the_owner_included(db, made, change):
    with pytest.raises(DBAPIError, match=r"append-only|only moves on"):
        db.execute(text(change))


def test_the_chain_goes_on_where_another_server_counts_transactions_anew(db):
    build(db, 3)
    written_elsewhere(db, db.get_one(AuditSeal, 1))
    add(db, 2, at=START + timedelta(days=2))

    assert chain.verify(db).fault is None
    assert chain.seal(db, now=START + timedelta(days=2)).events == 2
    assert chain.verify(db).fault is None


def written_elsewhere(db, seal):
    """As after a restore: the chain's server has another name and had counted further."""
    seal.cluster, seal.horizon, seal.ceiling = 1, str(2**60), str(2**60)
    values = {"digest": seal_digest(GENESIS, seal), "far": str(2**60)}
    db.expire(seal)
    rewrite(db, "UPDATE audit_seals SET cluster = 1, horizon = :far, ceiling = :far, digest = :digest", **values)
    rewrite(db, "UPDATE audit_heads SET digest = :digest", digest=values["digest"])
