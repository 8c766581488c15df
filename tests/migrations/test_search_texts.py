"""The texts by which rows are searched follow their rows, whoever writes these."""

from uuid import uuid4

import pytest
from sqlalchemy import delete, select, text, update

from models import WAITING_SESSIONS, Deploy, DeployText, OnboardingSession, SessionText
from services import waiting_sessions
from tests.vaults import point

SEPARATOR = "\x1f"


def text_of(db, session):
    """The text that an index knows, and whose it is."""
    waiting_sessions.enter(db)
    texts = select(SessionText.text, SessionText.user_id).where(SessionText.session_id == session.id)
    found = db.execute(texts).one_or_none()
    assert found is None or found.user_id == session.user_id
    return found and found.text


def all_texts(db):
    """Whose texts there are, those that wait left out, and of those that do."""
    waiting = select(WAITING_SESSIONS.c.session_id).where(WAITING_SESSIONS.c.text.is_not(None))
    return set(db.scalars(select(SessionText.session_id))), set(db.scalars(waiting))


def several(make, *purposes):
    """Sessions that are inserted by one statement."""
    user = make.user()
    with make.at_once():
        return [make.session(user=user, purpose=purpose) for purpose in purposes]


def test_a_session_s_text_is_what_it_is_for_and_for_whom(db, make):
    both = make.session(purpose="A shop", target_audience="Gardeners")
    one = make.session(purpose=None, target_audience="Gardeners")

    assert text_of(db, both) == f"a shop{SEPARATOR}gardeners"
    assert text_of(db, one) == "gardeners"


def test_texts_of_new_sessions_wait_but_for_the_third_and_later_ones_of_a_statement(db, make):
    one = make.session()
    two, three, four, five = several(make, "A shop", "A café", "A bar", "An inn")

    assert all_texts(db) == ({four.id, five.id}, {one.id, two.id, three.id})
    assert [text_of(db, session) for session in (two, three, four, five)] == [
        f"{purpose}{SEPARATOR}tea drinkers" for purpose in ("a shop", "a café", "a bar", "an inn")
    ]


@pytest.mark.parametrize("waits", [True, False], ids=["waiting", "indexed"])
@pytest.mark.parametrize("changed", ["purpose", "target_audience", "user_id"])
def test_a_session_that_changes_has_one_text_and_that_is_its_own(db, make, waits, changed):
    session, another = make.session(purpose="A shop"), make.session()
    values = {"purpose": "A Café", "target_audience": "Everybody", "user_id": make.user().id}
    if not waits:
        waiting_sessions.enter(db)

    setattr(session, changed, values[changed])
    db.flush()

    indexed, waiting = all_texts(db)
    assert (session.id in indexed, session.id in waiting) == (True, False)
    assert text_of(db, session) == f"{session.purpose}{SEPARATOR}{session.target_audience}".lower()
    assert text_of(db, another) is not None


def test_a_session_that_says_nothing_yet_has_no_text_until_it_does(db, make):
    session = make.session(purpose=None, target_audience=None)
    assert text_of(db, session) is None

    session.purpose = "A shop"
    db.flush()

    assert text_of(db, session) == "a shop"


def test_what_a_delivery_writes_leaves_the_text_alone(db, make):
    session = make.session(purpose="A shop", target_audience=None)
    waiting_sessions.enter(db)
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
    several(make, "A shop", "A café", "A bar")
    assert db.scalars(select(DeployText)).all()
    assert all(all_texts(db))

    db.execute(end)

    assert db.scalars(select(DeployText.deploy_id)).all() == []
    assert all_texts(db) == (set(), set())


@pytest.mark.parametrize("waits", [True, False], ids=["waiting", "indexed"])
def test_deleting_one_of_many_deletes_its_text_alone(db, make, waits):
    kept, gone = make.session(purpose="Kept"), make.session(purpose="Gone")
    if not waits:
        waiting_sessions.enter(db)

    db.execute(delete(OnboardingSession).where(OnboardingSession.id.in_([gone.id, uuid4()])))

    assert set().union(*all_texts(db)) == {kept.id}
    assert db.scalars(select(Deploy)).all() == []
