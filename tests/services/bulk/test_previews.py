"""A preview says what a job would do, to how many, and what it would skip and why."""

import pytest
from sqlalchemy import select

from models import Deploy, DeployStatus, OnboardingSession, Project, ProjectStatus, Role, SessionStatus
from services import bulk
from services.bulk import previews
from services.bulk.acts import ACTS, CANCEL_DEPLOY, MARK_CONFIGURED, REDEPLOY_SESSION, RETRY_DEPLOY
from services.errors import ForbiddenError
from tests.conftest import NOW, actor_of
from tests.queries import counted
from tests.records import HOOK
from tests.services.bulk.conftest import CONTEXT, all_deploys, start, waiting, work
from tests.vaults import mark_gone, point, url_of

DEAD = {"status": DeployStatus.DEAD_LETTERED, "next_attempt_at": None}


def look(db, actor, act=CANCEL_DEPLOY, ids=None):
    return bulk.preview(db, act, all_deploys() if ids is None else ids, actor=actor, context=CONTEXT)


def test_it_counts_what_would_be_done_and_groups_what_would_be_skipped(db, make, operator):
    waiting(make, 3)
    waiting(make, 2, status=DeployStatus.SUCCEEDED, next_attempt_at=None)
    waiting(make, 1, **DEAD)

    found = look(db, operator)

    assert (found.total, found.looked_at, found.would, found.is_whole) == (6, 6, 3, True)
    assert found.skipped == {
        "Succeeded, so it does not wait any more.": 2,
        "Dead-lettered, so it does not wait any more.": 1,
    }
    assert {(sampled.outlook.before, sampled.outlook.after) for sampled in found.sample} == {("queued", "cancelled")}


def test_of_more_than_it_looks_at_it_says_what_the_first_come_to(db, make, operator, monkeypatch):
    monkeypatch.setattr(previews, "LOOKED_AT", 2)
    waiting(make, 5)

    found = look(db, operator)

    assert (found.total, found.looked_at, found.would, found.is_whole) == (5, 2, 2, False)


def test_it_says_that_more_match_than_a_job_takes(db, make, operator, monkeypatch):
    monkeypatch.setattr(previews, "LIMIT", 1)
    waiting(make, 3)

    found = look(db, operator)

    assert found.is_too_many


def test_a_retry_skips_what_the_service_would_refuse(db, make, operator):
    waiting(make, 1)
    _, busy, lost = waiting(make, 3, **DEAD)
    make.deploy(session=db.get_one(OnboardingSession, busy.session_id), status=DeployStatus.QUEUED)
    point(lost, "https://gone.example.com/x")
    db.flush()
    mark_gone(db, url_of(lost), deploy_id=lost.id, now=NOW)

    found = look(db, operator, RETRY_DEPLOY)

    assert found.would == 1
    assert sorted(found.skipped) == [
        "A deploy of this session is already under way.",
        "Queued, not dead-lettered, so there is nothing to retry.",
        "This hook answered 410 Gone on 25 Nov 2026; it has to be replaced before it is called again.",
    ]


def test_what_a_preview_foretells_is_what_the_job_comes_to(db, make, operator):
    make.session(status=SessionStatus.DRAFT)
    make.session(status=SessionStatus.COMPLETED)
    make.session(status=SessionStatus.COMPLETED, vercel_hook_url=HOOK)
    make.deploy(session=make.session(status=SessionStatus.COMPLETED, vercel_hook_url=HOOK), status=DeployStatus.QUEUED)
    make.deploy(session=make.session(status=SessionStatus.FAILED, vercel_hook_url=HOOK), hook_url=HOOK)
    for status in ProjectStatus:
        make.project(status=status)
    for act, ids in ((REDEPLOY_SESSION, select(OnboardingSession.id)), (MARK_CONFIGURED, select(Project.id))):
        found = look(db, operator, act, ids)
        job = start(db, operator, act, ids, confirmed=found.total)

        work(db, job.id)

        assert (job.done, job.skipped, job.failed) == (found.would, sum(found.skipped.values()), 0)


@pytest.mark.parametrize("act", [CANCEL_DEPLOY, RETRY_DEPLOY])
def test_its_queries_do_not_grow_with_the_records(db, connection, make, operator, act):
    waiting(make, 2)
    with counted(connection) as few:
        look(db, operator, act)
    waiting(make, 20, **DEAD)
    with counted(connection) as many:
        look(db, operator, act)

    assert len(many) == len(few)


def test_a_role_that_does_not_permit_the_act_previews_nothing(db, make):
    with pytest.raises(ForbiddenError):
        look(db, actor_of(make.user(role=Role.VIEWER)))


def test_the_registry_knows_each_act_by_its_name():
    assert all(name == act.name and name.count(":") == 1 for name, act in ACTS.items())
    assert {act.model for act in ACTS.values()} >= {Deploy, OnboardingSession, Project}
