"""Hooks are sealed anew under the newest key, a batch at a time, and stay the hooks that they were."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from models import Deploy, Role, SessionStatus
from services import trash, vault
from services.deploys import gone, rekeying
from services.deploys.claim import claim
from services.deploys.limits import Limits
from services.vault import SealedError, Vault
from tests.conftest import NOW, actor_of
from tests.records import HOOK
from tests.vaults import HOOK_KEY, SECRET, VAULT, mark_gone

NEW_KEY = Fernet.generate_key().decode()
ROTATING = Vault([NEW_KEY, HOOK_KEY], secret=SECRET)


@pytest.fixture
def with_vault(connection):
    """Has the test's ORM session use another vault until the block ends."""

    @contextmanager
    def with_vault(keeper):
        connection.execution_options(**vault.engine_options(keeper)["execution_options"])
        yield
        connection.execution_options(**vault.engine_options(VAULT)["execution_options"])

    return with_vault


@pytest.fixture
def admin(make):
    return actor_of(make.user(role=Role.ADMIN))


def all_steps(act, db, **options):
    sealed, step = 0, None
    while step is None or step.last is not None:
        step = act(db, after=step and step.last, **options)
        sealed += step.sealed
    return sealed


def test_hooks_of_an_older_key_are_sealed_under_the_newest_and_do_not_count_as_changed(db, make, with_vault):
    deploy = make.deploy()
    db.refresh(deploy)
    before = (deploy.updated_at, deploy.hook_digest, deploy.hook_masked)

    with with_vault(ROTATING):
        assert rekeying.keys_in_use(db) == {VAULT.newest: 1}
        assert all_steps(rekeying.seal_deploys, db) == 1
        assert rekeying.keys_in_use(db) == {ROTATING.newest: 1}
        db.refresh(deploy)
        assert (deploy.updated_at, deploy.hook_digest, deploy.hook_masked) == before
        assert Vault([NEW_KEY], secret=SECRET).open(deploy.hook_sealed) == HOOK
        assert all_steps(rekeying.seal_deploys, db) == 0


def test_a_run_goes_on_behind_the_batch_that_it_ended_with(db, make, with_vault, monkeypatch):
    monkeypatch.setattr(rekeying, "BATCH", 2)
    for _ in range(5):
        make.deploy()

    with with_vault(ROTATING):
        assert rekeying.seal_deploys(db).sealed == 2
        assert all_steps(rekeying.seal_deploys, db) == 3


def test_hooks_in_the_trash_are_sealed_anew_too_and_come_back(db, make, with_vault, admin):
    session = make.session(status=SessionStatus.COMPLETED)
    deploy_id = make.deploy(session=session).id

    with with_vault(ROTATING):
        trashed = trash.delete(db, type(session), session.id, actor=admin, now=NOW)
        assert rekeying.keys_in_use(db) == {VAULT.newest: 1}
        assert all_steps(rekeying.seal_trash, db) == 1
        assert rekeying.keys_in_use(db) == {ROTATING.newest: 1}
        trash.restore(db, trashed.id, actor=admin, now=NOW)
        assert ROTATING.open(db.get_one(Deploy, deploy_id).hook_sealed) == HOOK


def test_after_another_secret_key_hooks_and_marks_of_gone_ones_are_found_again(make, db, with_vault):
    deploy = make.deploy()
    mark_gone(db, HOOK, deploy_id=deploy.id, now=NOW)

    with with_vault(Vault([HOOK_KEY], secret="another secret key")):
        assert gone.find_by_url(db, HOOK) is None
        assert all_steps(rekeying.seal_deploys, db) == 0
        assert all_steps(rekeying.seal_deploys, db, every=True) == 1
        assert gone.find_by_url(db, HOOK) is not None
        assert db.scalar(select(Deploy.id).where(Deploy.hook_digest == vault.of(db).digest(HOOK))) == deploy.id


def test_a_worker_without_the_key_of_a_hook_leaves_it_to_one_that_has_it(make, db, with_vault):
    make.deploy(status="queued")
    values = {"free": 10, "now": NOW + timedelta(seconds=1), "limits": Limits()}

    with with_vault(Vault([NEW_KEY], secret=SECRET)):
        assert claim(db, **values) == []
    assert [delivery.hook_url for delivery in claim(db, **values)] == [HOOK]


def test_a_hook_that_is_spoilt_holds_up_no_other(make, db):
    make.deploy(status="queued", hook_sealed="gAAAAA")
    make.deploy(status="queued")

    assert sorted(delivery.hook_url for delivery in claim(db, free=10, now=NOW, limits=Limits())) == ["", HOOK]


def test_a_hook_that_is_spoilt_is_not_sealed_anew(db, make, with_vault):
    make.deploy(hook_sealed="gAAAAA")

    with with_vault(ROTATING), pytest.raises(SealedError):
        rekeying.seal_deploys(db)
