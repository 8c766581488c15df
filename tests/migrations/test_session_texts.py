"""Texts that did not say yet whose they are are written again, in lower case; and as they were on the way back."""

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from app import create_app
from extensions import database
from tests import databases
from tests.conftest import settings_for

TEXTS = "SELECT to_jsonb(t) - 'session_id' FROM session_texts t ORDER BY text"
BEGIN = "INSERT INTO onboarding_sessions (user_id, purpose, target_audience) SELECT id, {} FROM users"


@pytest.fixture
def old():
    name = "migrations_session_texts"
    app = create_app(settings_for(databases.create_database(name, databases.TEMPLATE)))
    with app.app_context():
        downgrade(revision="0022")
        yield
        database.session.remove()
        database.engine.dispose()
    databases.drop_database(name)


def run(*statements):
    """What the last one finds."""
    with database.engine.begin() as connection:
        results = [connection.execute(text(statement)) for statement in statements]
        return results[-1].scalars().all() if results[-1].returns_rows else None


def test_texts_are_written_again_and_none_is_lost_on_the_way_back(old):
    run("INSERT INTO users (email) VALUES ('ana@example.com')")
    run(*(BEGIN.format(said) for said in ("'A SHOP', NULL", "NULL, NULL", "'Büro', 'X'")))
    [user] = run("SELECT CAST(id AS text) FROM users")
    before = [{"text": "A SHOP"}, {"text": "Büro\x1fX"}]
    assert run(TEXTS) == before

    upgrade(revision="0023")
    assert run(TEXTS) == [{"text": "a shop", "user_id": user}, {"text": "büro\x1fx", "user_id": user}]

    run(BEGIN.format("'Café', NULL"))
    assert run("SELECT text FROM waiting_texts") == ["café"]
    downgrade(revision="0022")
    assert run(TEXTS) == [*before, {"text": "Café"}]

    run(BEGIN.format("'Dojo', NULL"), "UPDATE onboarding_sessions SET purpose = 'A Bar' WHERE purpose = 'A SHOP'")
    assert run(TEXTS) == [{"text": "A Bar"}, before[1], {"text": "Café"}, {"text": "Dojo"}]
