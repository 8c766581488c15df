"""The texts by which rows are searched follow their rows, whoever writes these."""

from uuid import uuid4

import pytest
from sqlalchemy import delete, select, text, update

from models import Deploy, DeployText, OnboardingSession, SessionText
from tests.vaults import point

SEPARATOR = "\x1f"


def text_of(db, session):
    return db.scalar(select(SessionText.text).where(SessionText.session_id == session.id))


def test_a_session_s_text_is_what_it_is_for_and_for_whom(db, make):
    both = make.session(purpose="A shop", target_audience="Gardeners")
    one = make.session(purpose=None, target_audience="Gardeners")

    assert text_of(db, both) == f"A shop{SEPARATOR}Gardeners"
    assert text_of(db, one) == "Gardeners"


def test_a_session_that_says_nothing_yet_has_no_text_until_it_does(db, make):
    session = make.session(purpose=None, target_audience=None)
    assert text_of(db, session) is None

    session.purpose = "A shop"
    db.flush()

    assert text_of(db, session) == "A shop"


def test_what_a_delivery_writes_leaves_the_text_alone(db, make):
    session = make.session(purpose="A shop", target_audience=None)
    version = text("SELECT xmin || ' ' || ctid FROM session_texts WHERE session_id = :id")
    before = db.scalar(version, {"id": session.id})

    db.execute(text("SAVEPOINT another"))  # whose writes would have another xmin
    values = {"deploy_response": {"ok": True}, "purpose": OnboardingSession.purpose}
    db.execute(update(OnboardingSession).where(OnboardingSession.id == session.id).values(values))

    assert db.scalar(version, {"id": session.id}) == before


def test_a_deploy_s_text_is_its_host_and_who_asked_for_it(db, make):
    deploy = make.deploy(hook_url="https://hooks.example.com/a", actor="ana@example.com")
    texts = select(DeployText.text).where(DeployText.deploy_id == deploy.id)
    assert db.scalar(texts) == f"hooks.example.com{SEPARATOR}ana@example.com"

    point(deploy, "https://other.example.com/a")
    db.flush()

    assert db.scalar(texts) == f"other.example.com{SEPARATOR}ana@example.com"


@pytest.mark.parametrize(
    "end", [delete(OnboardingSession), text("TRUNCATE onboarding_sessions CASCADE")], ids=["deleted", "truncated"]
)
def test_texts_end_with_their_rows(db, make, end):
    make.deploy(actor="ana@example.com")
    assert db.scalars(select(DeployText)).all()
    assert db.scalars(select(SessionText)).all()

    db.execute(end)

    assert db.scalars(select(DeployText.deploy_id)).all() == []
    assert db.scalars(select(SessionText.session_id)).all() == []


def test_deleting_one_of_many_deletes_its_text_alone(db, make):
    kept, gone = make.session(purpose="Kept"), make.session(purpose="Gone")

    db.execute(delete(OnboardingSession).where(OnboardingSession.id.in_([gone.id, uuid4()])))

    assert db.scalars(select(SessionText.session_id)).all() == [kept.id]
    assert db.scalars(select(Deploy)).all() == []
