"""A real worker that meets every bad hook, and still delivers to a good one."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from models import Deploy, DeployAttempt, DeployStatus
from services.deploys.verdict import Verdict
from tests import hook_server
from tests.hook_server import answer_with
from tests.hostile.hook_behaviours import BEHAVIOURS
from tests.records import Records
from tests.workers import eventually, working

ENDS_IN = {
    Verdict.SUCCEEDED: DeployStatus.SUCCEEDED,
    Verdict.RETRY: DeployStatus.RETRY_SCHEDULED,
    Verdict.FINAL: DeployStatus.DEAD_LETTERED,
    Verdict.GONE: DeployStatus.DEAD_LETTERED,
}
NAMES = list(BEHAVIOURS)


def answer(connection, request):
    """Each path is a hook that behaves in its own way; the path of none of them is a good one."""
    number = int(request.path.split("/")[2])
    good = answer_with("201 Created")
    (BEHAVIOURS[NAMES[number]].answer if number < len(NAMES) else good)(connection, request)


@pytest.fixture
def hook():
    """One server for all addresses that begin with 127, so that each hook has a host of its own."""
    with hook_server.running("0.0.0.0") as server:  # noqa: S104 - for the length of a test
        server.answer = answer
        yield server


def queued(make, hook, number):
    port = hook.url.split(":")[2].split("/")[0]
    url = f"http://127.7.0.{number + 1}:{port}/hook/{number}/0123456789abcdef"
    return make.deploy(status=DeployStatus.QUEUED, hook_url=url).id


def test_a_worker_ends_each_bad_hook_by_its_verdict_and_then_delivers_to_a_good_one(fresh_db, fresh_database_url, hook):
    make = Records(fresh_db, datetime.now(UTC))
    bad = {queued(make, hook, number): name for number, name in enumerate(NAMES)}
    fresh_db.commit()

    def statuses():
        fresh_db.rollback()
        return dict(fresh_db.execute(select(Deploy.id, Deploy.status)).all())

    with working(fresh_database_url, deploy_concurrency=50, deploy_backoff_s=(0, 3_600)):
        eventually(lambda: set(statuses().values()) <= set(ENDS_IN.values()), within_s=45)
        ended = statuses()
        good = queued(make, hook, len(NAMES))
        fresh_db.commit()
        eventually(lambda: statuses()[good] is DeployStatus.SUCCEEDED, within_s=15)

    assert {bad[each]: status for each, status in ended.items()} == {
        name: ENDS_IN[behaviour.verdict] for name, behaviour in BEHAVIOURS.items()
    }
    assert len(fresh_db.scalars(select(DeployAttempt.id)).all()) == len(NAMES) + 1
    assert hook.connections == len(NAMES) + 1
