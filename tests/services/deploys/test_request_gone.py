"""A hook that answered 410 is not called again, unless somebody who may names it."""

import pytest
from sqlalchemy import select

from models import AuditEvent, DeployStatus, DeployTrigger, Role
from services import deploys
from services.deploys import gone
from services.errors import ConflictError
from tests.conftest import NOW, actor_of
from tests.records import HOOK
from tests.vaults import VAULT, mark_gone, url_of

ARGUMENTS = {"trigger": DeployTrigger.OPERATOR, "now": NOW, "default_hook_url": None}


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


def request(db, session, actor, **changes):
    return deploys.request(db, session.id, actor=actor, **ARGUMENTS | changes)


def redeploy(db, session, actor, **changes):
    return deploys.redeploy(db, session.id, actor=actor, **ARGUMENTS | changes)


def test_a_hook_that_is_gone_is_not_called_until_it_works_again(db, make, operator):
    session = make.session(status="completed", vercel_hook_url=HOOK)
    failed = make.deploy(session=session, hook_url=HOOK)
    mark_gone(db, HOOK, deploy_id=failed.id, now=NOW)

    for act in (
        lambda: request(db, session, operator),
        lambda: deploys.retry(db, failed.id, actor=operator, now=NOW),
        lambda: redeploy(db, session, operator),
    ):
        with pytest.raises(ConflictError, match=r"answered 410 Gone on 25 Nov 2026; it has to be replaced"):
            act()
    assert (failed.status, db.scalars(select(AuditEvent)).all()) == (DeployStatus.DEAD_LETTERED, [])

    gone.clear_many(db, [VAULT.digest(HOOK)])

    assert redeploy(db, session, operator).id == failed.id


def test_a_session_whose_gone_hook_was_replaced_is_deployed_again(db, make, operator):
    session = make.session(status="completed", vercel_hook_url="https://hooks.example.com/deploy/new")
    failed = make.deploy(session=session, hook_url=HOOK)
    mark_gone(db, HOOK, deploy_id=failed.id, now=NOW)

    assert url_of(redeploy(db, session, operator)) == "https://hooks.example.com/deploy/new"


def test_an_admin_who_names_a_gone_hook_has_it_tried(db, make):
    session = make.session(status="completed", vercel_hook_url=HOOK)
    failed, admin = make.deploy(session=session, hook_url=HOOK), actor_of(make.user(role=Role.ADMIN))
    mark_gone(db, HOOK, deploy_id=failed.id, now=NOW)

    with pytest.raises(ConflictError, match="410 Gone"):
        redeploy(db, session, admin, hook_url="  ")
    assert url_of(redeploy(db, session, admin, hook_url=HOOK)) == HOOK


def test_a_deploy_that_is_not_dead_lettered_is_refused_for_that_though_its_hook_is_gone(db, make, operator):
    deploy = make.deploy(status=DeployStatus.SUCCEEDED, hook_url=HOOK)
    mark_gone(db, HOOK, deploy_id=deploy.id, now=NOW)

    with pytest.raises(ConflictError, match="nothing to retry"):
        deploys.retry(db, deploy.id, actor=operator, now=NOW)
