"""The worker seals what is added to the audit trail, and lets old events go where a setting says so."""

import logging
from datetime import timedelta

from sqlalchemy import func, select, text

from models import AuditLink, AuditPurge
from services import chain
from tests.services.chain.chains import add, build
from tests.workers import eventually, working


def count(db, model):
    db.rollback()
    return db.scalar(select(func.count()).select_from(model))


def test_a_worker_seals_what_waits_and_logs_the_digest(fresh_database_url, fresh_db, caplog):
    add(fresh_db, 3)
    fresh_db.commit()

    with caplog.at_level(logging.INFO, "console.worker"), working(fresh_database_url):
        eventually(lambda: count(fresh_db, AuditLink) == 3)

    report = chain.verify(fresh_db, logged=chain.read_log(caplog.text.splitlines()))
    assert (report.fault, report.logged) == (None, 1)
    digest = report.newest.digest.hex()
    assert f"Sealed 3 audit events as seal 1: {digest}" in caplog.text
    assert count(fresh_db, AuditPurge) == 0


def test_two_workers_make_one_chain(fresh_database_url, fresh_db):
    add(fresh_db, 3)
    fresh_db.commit()

    with working(fresh_database_url), working(fresh_database_url):
        eventually(lambda: count(fresh_db, AuditLink) == 3)

    report = chain.verify(fresh_db)
    assert (report.fault, report.seals) == (None, 1)


def test_a_worker_removes_what_is_older_than_the_setting_says(fresh_database_url, fresh_db):
    build(fresh_db, 3, 3)
    old = fresh_db.scalar(text("SELECT now()")) - timedelta(days=100)
    assert fresh_db.scalar(text("SELECT max(sealed_at) FROM audit_seals")) < old
    fresh_db.commit()

    with working(fresh_database_url, audit_retention_days=100):
        eventually(lambda: count(fresh_db, AuditPurge) == 1)

    report = chain.verify(fresh_db)
    assert (report.fault, report.removed) == (None, 6)
