"""Totals come from the ledger that the database itself writes."""

from models import MetricDelta, ProjectStatus
from services import metrics
from tests.conftest import NOW


def test_totals_follow_what_is_inserted_moved_and_deleted(db, make):
    make.project(status=ProjectStatus.PROMPT_READY)
    moved = make.project(status=ProjectStatus.PROMPT_READY)
    deleted = make.project(status=ProjectStatus.DOMAIN_READY)
    moved.status = ProjectStatus.CODE_GENERATED
    db.flush()
    db.delete(deleted)
    db.flush()

    assert metrics.totals(db, "projects") == {"prompt_ready": 1, "code_generated": 1, "domain_ready": 0}


def test_totals_are_sums_of_the_ledger_and_count_no_rows(db, make):
    make.project(status=ProjectStatus.PROMPT_READY)
    db.add(MetricDelta(metric="projects", label="prompt_ready", bucket=NOW, delta=1_000_000))
    db.flush()

    assert metrics.totals(db, "projects") == {"prompt_ready": 1_000_001}


def test_a_table_that_never_had_a_row_has_no_totals(db):
    assert metrics.totals(db, "projects") == {}
