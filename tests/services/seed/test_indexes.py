"""What is loaded can be searched for, however much it is."""

import pytest
from sqlalchemy import select, text

from models import Deploy, DeployText, OnboardingSession, SessionText
from services.seed import indexes
from tests.services.seed.loading import count, load

NAMES = text("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1")


@pytest.mark.parametrize("rebuilt_from", [1, 1_000], ids=["rebuilt", "kept"])
def test_a_load_leaves_every_index_and_the_texts_of_all_its_rows(db, monkeypatch, rebuilt_from):
    monkeypatch.setattr(indexes, "REBUILT_FROM", rebuilt_from)
    before = db.scalars(NAMES).all()

    load(db, 30)

    said_something = select(OnboardingSession.id).where(OnboardingSession.purpose.is_not(None))
    assert set(db.scalars(select(SessionText.session_id))) == set(db.scalars(said_something))
    assert count(db, DeployText) == count(db, Deploy) > 0
    assert db.scalars(NAMES).all() == before
