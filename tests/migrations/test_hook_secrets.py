"""What was stored in plain is sealed by the migration, in the trash too, and opened again on the way back."""

import json
from hashlib import sha256
from uuid import uuid4

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from app import create_app
from extensions import database
from tests import databases
from tests.conftest import settings_for
from tests.records import HOOK
from tests.vaults import VAULT, hooked

SESSION, DEPLOY, TRASHED = uuid4(), uuid4(), uuid4()
PLAIN = {"id": str(uuid4()), "hook_url": HOOK, "status": "succeeded"}


@pytest.fixture
def old():
    """A database as it was before hooks were sealed, with one in each place."""
    name = "migrations_hooks"
    app = create_app(settings_for(databases.create_database(name, databases.TEMPLATE)))
    with app.app_context():
        downgrade(revision="0019")
        with database.engine.begin() as connection:
            for statement in FILL:
                connection.execute(text(statement), VALUES)
        yield
        database.session.remove()
        database.engine.dispose()
    databases.drop_database(name)


VALUES = {
    "session": SESSION,
    "deploy": DEPLOY,
    "trashed": TRASHED,
    "url": HOOK,
    "digest": sha256(HOOK.encode()).hexdigest(),
    "lost": "0" * 64,
    "rows": json.dumps([{"table": "onboarding_sessions", "row": {}}, {"table": "deploys", "row": PLAIN}]),
}
FILL = (
    "INSERT INTO users (id, email, fs_uniquifier) VALUES (:session, 'ana@example.com', 'a')",
    "INSERT INTO onboarding_sessions (id, user_id) VALUES (:session, :session)",
    "INSERT INTO deploys (id, session_id, trigger, hook_url, idempotency_key, status)"
    " VALUES (:deploy, :session, 'api', :url, 'k', 'succeeded')",
    "INSERT INTO gone_hooks (url_digest, host, gone_at, deploy_id)"
    " VALUES (:digest, 'hooks.example.com', now(), :deploy), (:lost, 'lost.example.com', now(), :deploy)",
    "INSERT INTO trashed_records (id, kind, table_name, record_id, title, permission, rows, lost_references,"
    " deleted_at, deleted_by, expires_at) VALUES (:trashed, 'session', 'onboarding_sessions', 'x', 'x',"
    " 'delete_session', CAST(:rows AS jsonb), '[]', now(), 'ana@example.com', now())",
    "INSERT INTO saved_views (owner_id, endpoint, name, arguments)"
    " VALUES (:session, 'deploy', 'V', 'columns=status%2Chook_url&search=x')",
    "INSERT INTO list_preferences (user_id, endpoint, columns) VALUES (:session, 'attempt', '{ok,deploy.hook_url}')",
)


def one(statement):
    with database.engine.connect() as connection:
        return connection.execute(text(statement)).mappings().one()


def test_nothing_is_in_plain_nor_lost_and_no_deploy_counts_as_changed(old):
    before = one("SELECT updated_at, host FROM deploys")

    upgrade()

    deploy = one("SELECT * FROM deploys")
    assert VAULT.open(deploy["hook_sealed"]) == HOOK
    known = ("hook_key", "hook_digest", "hook_masked", "host")
    assert [deploy[name] for name in known] == [hooked(HOOK)[name] for name in known]
    assert {name: deploy[name] for name in before} == before
    trashed = one("SELECT rows FROM trashed_records")["rows"][1]["row"]
    assert VAULT.open(trashed.pop("hook_sealed")) == HOOK
    assert trashed == {"id": PLAIN["id"], "status": "succeeded"} | {name: hooked(HOOK)[name] for name in known}
    assert one("SELECT url_digest FROM gone_hooks WHERE host = 'hooks.example.com'")["url_digest"] == VAULT.digest(HOOK)
    assert one("SELECT arguments FROM saved_views")["arguments"] == "columns=status%2Chook_masked&search=x"
    assert one("SELECT columns FROM list_preferences")["columns"] == ["ok", "deploy.hook_masked"]


def test_the_way_back_opens_all_and_loses_only_marks_of_hooks_that_no_deploy_has(old):
    upgrade()
    downgrade(revision="0019")

    deploy = one("SELECT * FROM deploys")
    assert (deploy["hook_url"], deploy["host"]) == (HOOK, "hooks.example.com")
    assert one("SELECT rows FROM trashed_records")["rows"][1]["row"] == PLAIN
    assert one("SELECT url_digest FROM gone_hooks")["url_digest"] == VALUES["digest"]
    assert one("SELECT arguments FROM saved_views")["arguments"] == "columns=status%2Chook_url&search=x"
    assert one("SELECT columns FROM list_preferences")["columns"] == ["ok", "deploy.hook_url"]
