"""`flask console audit verify` as a terminal sees it."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from extensions import database
from models import AuditEvent, AuditSeal
from services import chain
from tests.conftest import settings_for
from tests.services.chain.chains import START, add, build, rewrite


@pytest.fixture
def fresh_app(fresh_database_url) -> Flask:
    app = create_app(settings_for(fresh_database_url))
    yield app
    with app.app_context():
        database.engine.dispose()


@pytest.fixture
def verify(fresh_app, fresh_db):
    """Runs the command on what the test has stored."""

    def run(*arguments: str):
        fresh_db.commit()
        return fresh_app.test_cli_runner().invoke(args=["console", "audit", "verify", *arguments])

    return run


def test_it_says_how_many_are_sealed_and_not_and_the_newest_digest(verify, fresh_db):
    build(fresh_db, 3, 1)
    add(fresh_db, 1, at=START + timedelta(days=3))

    result = verify()

    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "4 events sealed, in 2 seals.",
        "1 event not sealed yet, the oldest of 2026-06-04 12:00:00 UTC.",
        "Newest seal: 2, 2026-06-02 12:01:00 UTC",
        f"Its digest:  {fresh_db.get_one(AuditSeal, 2).digest.hex()}",
        "The chain is intact.",
    ]


def test_a_trail_without_events_is_intact(verify):
    result = verify()

    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "0 events sealed, in 0 seals.",
        "0 events not sealed yet.",
        "The chain is intact.",
    ]


def test_it_names_the_first_event_that_does_not_fit_and_fails(verify, fresh_db):
    [[first, second, _]] = build(fresh_db, 3)
    rewrite(fresh_db, "UPDATE audit_events SET actor = E'e\\x1b[2Jve' WHERE id = :id", id=second)

    result = verify()

    assert result.exit_code == 1
    assert f"Event {second} (project:edit by e�[2Jve, 2026-06-01 12:00:00 UTC) was altered" in result.output
    assert str(first) not in result.output


def test_a_digest_that_was_kept_elsewhere_has_to_be_in_the_chain(verify, fresh_db):
    build(fresh_db, 1, 1)
    kept = fresh_db.get_one(AuditSeal, 1).digest.hex()

    assert verify("--expect", kept).exit_code == 0
    assert verify("--expect", kept[::-1]).exit_code == 1
    assert verify("--expect", "\x00").exit_code == 1


def test_the_chain_has_to_hold_every_seal_that_a_log_tells_of(verify, fresh_db, tmp_path):
    build(fresh_db, 1, 1)
    digests = [fresh_db.get_one(AuditSeal, seq).digest.hex() for seq in (1, 2)]
    log = tmp_path / "worker.log"
    log.write_bytes("".join(f"Sealed 1 audit events as seal {n}: {d}\n" for n, d in enumerate(digests, 1)).encode())
    assert "The chain holds 2 of the log’s seals." in verify("--log", str(log)).output

    log.write_bytes(b"\xff\n" + f"Sealed 1 audit events as seal 3: {digests[0]}\n".encode())
    result = verify("--log", str(log))

    assert result.exit_code == 1
    assert "Seal 3 is missing, which the log tells of" in result.output

    log.write_bytes(f"Sealed 1 audit events as seal 1: {digests[1]}\n".encode())
    result = verify("--log", str(log))

    assert result.exit_code == 1
    assert "Seal 1 has another digest than the log tells of" in result.output


def test_it_tells_what_retention_removed(verify, fresh_db):
    build(fresh_db, 3, 3)
    chain.purge(fresh_db, days=30, now=START + timedelta(days=31, minutes=2))

    result = verify()

    assert result.exit_code == 0, result.output
    assert "from before 2026-06-0" in result.output
    assert "removed by retention, last on 2026-07-02 12:02:00 UTC." in result.output
    assert fresh_db.scalars(select(AuditEvent).where(AuditEvent.tag == "audit:purge")).one()


def test_past_events_that_were_loaded_are_told(verify, fresh_db):
    add(fresh_db, 1)
    chain.seal(fresh_db, now=START, loaded=True)

    assert "1 of the seals has past events that were loaded." in verify().output
