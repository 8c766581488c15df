"""Bulk jobs for tests, and what does them."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Select, select

from models import BulkItem, BulkJob, Deploy, DeployStatus, OnboardingSession, Role, SessionStatus
from services import bulk
from services.bulk import ActContext
from services.bulk.acts import CANCEL_DEPLOY
from services.database import DbSession
from services.permissions import Actor
from tests.conftest import actor_of
from tests.records import Records

CONTEXT = ActContext(default_hook_url=None)
LIST = {"list_name": "Deploys", "list_url": "/admin/deploy/?flt0_status_equals=queued"}


def moment() -> datetime:
    """Now: what is recorded has the database's time, and can be undone for ten minutes of that."""
    return datetime.now(UTC)


@pytest.fixture
def operator(make: Records) -> Actor:
    return actor_of(make.user(role=Role.OPERATOR))


def waiting(make: Records, number: int, **values: Any) -> list[Deploy]:
    """Deploys that wait, each of a session of its own."""
    owner, numbers = make.user(), count(1)
    with make.at_once():
        ids = [uuid4() for _ in range(number)]
        for id in ids:
            make.session(user=owner, id=id, status=SessionStatus.COMPLETED, purpose=f"Shop {next(numbers)}")
    with make.at_once():
        return [
            make.deploy(
                session=OnboardingSession(id=id),
                **{"id": uuid4(), "status": DeployStatus.QUEUED, "next_attempt_at": moment() + timedelta(hours=1)}
                | values,
            )
            for id in ids
        ]


def all_deploys(*conditions: Any) -> Select[Any]:
    """As a list selects."""
    return select(Deploy.id).where(*conditions)


def start(db: DbSession, actor: Actor, act: Any = CANCEL_DEPLOY, ids: Any = None, **values: Any) -> BulkJob:
    """Freeze all deploys, or what `ids` selects."""
    ids = all_deploys() if ids is None else ids
    return bulk.start(db, act, ids, **LIST | {"job_id": uuid4(), "actor": actor, "now": moment()} | values)


def work(db: DbSession, job_id: UUID, **context: Any) -> int:
    """Do a job to its end; in how many batches."""
    batches = 0
    while bulk.advance(db, job_id, now=moment(), context=ActContext(**context)):
        batches += 1
    return batches


def outcomes(db: DbSession, job_id: UUID) -> dict[str, str | None]:
    """What became of each record, by its id: the status, or why it is not done."""
    items = db.scalars(select(BulkItem).where(BulkItem.job_id == job_id).order_by(BulkItem.position)).all()
    return {item.record_id: item.reason or str(item.status) for item in items}


def counts(db: DbSession, job_id: UUID) -> tuple[str, int, int, int, int]:
    """How a job stands: its status, and how many are done, skipped, failed and left."""
    job = db.get_one(BulkJob, job_id, populate_existing=True)
    return str(job.status), job.done, job.skipped, job.failed, job.left
