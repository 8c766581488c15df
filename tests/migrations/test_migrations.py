"""The schema: up, down and up again, with nothing left behind and nothing drifted."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import event, text

from app import create_app
from extensions import database
from models import Base
from tests import databases
from tests.conftest import settings_for

EVERYTHING = text(
    """
    SELECT kind || ' ' || name FROM (
        SELECT 'relation' AS kind, relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT 'function', proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT 'type', typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
        UNION ALL SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal
    ) AS things ORDER BY 1
    """
)


@pytest.fixture
def empty_app():
    name = "migrations_empty"
    app = create_app(settings_for(databases.create_database(name)))
    with app.app_context():
        yield app
        database.session.remove()
        database.engine.dispose()
    databases.drop_database(name)


def everything():
    with database.engine.connect() as connection:
        return set(connection.scalars(EVERYTHING))


def test_the_schema_goes_up_down_to_nothing_and_up_again_the_same(empty_app):
    upgrade()
    first = everything()
    downgrade(revision="base")
    left = everything()
    upgrade()

    assert left == {
        "relation alembic_version",
        "relation alembic_version_pkc",
        "type _alembic_version",
        "type alembic_version",
    }
    assert everything() == first
    assert {"relation deploys", "relation pgqueuer", "trigger projects_status"} <= first


def test_the_models_and_the_schema_agree(app):
    with app.app_context(), database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, parents: not (name or "").startswith("pgqueuer"),
            },
        )

        assert compare_metadata(context, Base.metadata) == []


def test_a_revision_may_take_longer_than_a_request(empty_app):
    limits = set()

    @event.listens_for(database.engine, "before_cursor_execute")
    def look(connection, cursor, statement, *rest):
        if statement.lstrip().startswith("CREATE INDEX"):
            limits.add(cursor.connection.execute("SHOW statement_timeout").fetchone()[0])

    upgrade()

    assert limits == {"0"}
