"""Texts that wait to be indexed are found as those that are, and each is in one place."""

import random
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from extensions import database
from models import WAITING_SESSIONS, OnboardingSession, Role, SessionText
from services import database_roles, waiting_sessions
from services.database_roles import standing_of
from services.listing.search_terms import SearchTerm
from services.listing.sought import pattern
from tests.at_once import at_once
from tests.conftest import NOW, actor_of
from tests.records import Records
from tests.services.listing.test_search import OF_SESSIONS
from tests.workers import eventually

ODD = (
    "İstanbul",
    "istanbul",
    "ISTANBUL",
    "ışık",
    "straße",
    "STRASSE",
    "ẞ",
    "ΣΑΣ",
    "σας",
    "σασ",
    "Åsa",
    "ﬀ",
    "ǅ",
    "ſ",
    "K",
)
"""Words whose upper and lower cases are not each other's, in one language or another."""
COLLATIONS = "SELECT quote_ident(collname) FROM pg_collation WHERE collname = ANY(:names) AND collencoding IN (-1, 6)"


def waiting(db):
    return set(db.scalars(select(WAITING_SESSIONS.c.session_id)))


def indexed(db):
    return set(db.scalars(select(SessionText.session_id)))


def found(db, word):
    return set(db.scalars(OF_SESSIONS.keys(OF_SESSIONS.sought(SearchTerm(word)))))


def asked(db, word):
    """The same by plain conditions on the sessions."""
    return set(db.scalars(select(OnboardingSession.id).where(OF_SESSIONS.holds(OF_SESSIONS.sought(SearchTerm(word))))))


def test_a_text_is_found_in_whichever_case_while_it_waits_and_when_it_is_indexed(db, make):
    user = make.user(email="a@example.com", name=None)
    for word in ODD:
        make.session(user=user, purpose=f"A {word} shop", target_audience=word.swapcase())
    words = {changed for word in ODD for changed in (word, word.lower(), word.upper(), word.swapcase())}
    by_waiting = {word: found(db, word) for word in words}
    assert len(waiting(db)) == len(ODD)

    waiting_sessions.enter(db)

    assert waiting(db) == set()
    assert {word: found(db, word) for word in words} == by_waiting == {word: asked(db, word) for word in words}


def test_texts_are_indexed_in_batches(db, make):
    ids = {make.session().id for _ in range(3)}

    assert waiting_sessions.enter(db, most=2) == 2
    assert (len(waiting(db)), waiting(db) | indexed(db)) == (1, ids)
    assert [waiting_sessions.enter(db, most=2) for _ in range(2)] == [1, 0]
    assert indexed(db) == ids


def test_a_member_s_texts_wait_for_nobody_else_and_a_member_indexes_none(db, make):
    member = make.user(role=Role.MEMBER)
    mine, other = make.session(user=member).id, make.session().id
    expected = {Role.MEMBER: {mine}, Role.OPERATOR: {mine, other}, Role.ADMIN: {mine, other}}

    for role, ids in expected.items():
        actor = actor_of(member if role is Role.MEMBER else make.user(role=role))
        with db.begin_nested() as savepoint:
            database_roles.take(db, db.connection(), standing_of(actor))
            assert waiting(db) == ids
            savepoint.rollback()


@pytest.fixture
def committed(fresh_db):
    """A session whose text waits, for others to see."""
    session = Records(fresh_db, NOW).session(purpose="A shop", target_audience=None)
    fresh_db.commit()
    return session


@pytest.fixture
def another(fresh_database_url):
    """Another program's connection."""
    with psycopg.connect(fresh_database_url) as another:
        yield another


def texts(db):
    db.rollback()
    waiting = select(WAITING_SESSIONS.c.text).where(WAITING_SESSIONS.c.text.is_not(None))
    return db.scalars(select(SessionText.text)).all(), db.scalars(waiting).all()


def test_what_others_have_in_hand_is_not_waited_for(fresh_db, committed, another):
    another.execute("UPDATE onboarding_sessions SET purpose = 'A Café'")

    assert waiting_sessions.enter(fresh_db) == 0
    assert texts(fresh_db) == ([], ["a shop"])
    another.commit()
    assert texts(fresh_db) == (["a café"], [])


@pytest.mark.parametrize(
    ("change", "left"),
    [("UPDATE onboarding_sessions SET purpose = 'A Café'", ["a café"]), ("DELETE FROM onboarding_sessions", [])],
    ids=["changed", "deleted"],
)
def test_who_changes_a_session_whose_text_is_just_being_indexed_has_the_last_word(
    fresh_db, committed, another, change, left
):
    assert waiting_sessions.enter(fresh_db) == 1
    with ThreadPoolExecutor(1) as pool:
        changed = pool.submit(another.execute, change)
        blocked = text("SELECT pg_backend_pid() = ANY(pg_blocking_pids(:pid))")
        eventually(lambda: fresh_db.scalar(blocked, {"pid": another.info.backend_pid}))
        fresh_db.commit()
        changed.result()
    another.commit()

    assert texts(fresh_db) == (left, [])


STEPS = (
    "INSERT INTO onboarding_sessions (user_id, purpose) SELECT id, 'New ' || random() FROM users",
    "UPDATE onboarding_sessions SET purpose = 'Changed ' || random() WHERE id = (SELECT id FROM {chosen})",
    "DELETE FROM onboarding_sessions WHERE id = (SELECT id FROM {chosen})",
)
CHOSEN = "(SELECT id FROM onboarding_sessions ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED) AS chosen"


def test_each_session_has_one_text_whatever_is_done_while_texts_are_indexed(fresh_db, fresh_database_url, committed):
    def step(db, chance):
        statement = chance.choice((*STEPS, None))
        if statement:
            db.execute(text(statement.format(chosen=CHOSEN)))
        else:
            waiting_sessions.enter(db, most=chance.randint(1, 5))

    def steps(number):
        chance = random.Random(number)
        for _ in range(30):
            at_once(fresh_database_url, 1, lambda db: step(db, chance))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(steps, range(4)))
    waiting_sessions.enter(fresh_db)

    sessions = fresh_db.execute(
        select(OnboardingSession.id, OnboardingSession.user_id, func.lower(OnboardingSession.purpose))
    )
    indexed = fresh_db.execute(select(SessionText.session_id, SessionText.user_id, SessionText.text))
    assert sorted(map(tuple, sessions)) == sorted(map(tuple, indexed)) != []
    assert waiting(fresh_db) == set()


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")), st.data())
def test_lower_case_is_all_that_there_is_to_a_search_in_any_case(collated, whole, data):
    """Of whichever language: texts are kept in lower case, and ILIKE was what they were searched with."""
    db, collations = collated
    start = data.draw(st.integers(0, len(whole)))
    piece = whole[start : data.draw(st.integers(start, len(whole)))]
    looked_for = pattern(data.draw(st.sampled_from((piece, piece.lower(), piece.upper(), piece.swapcase()))))

    for collation in collations:
        same = text(
            f"SELECT (:whole COLLATE {collation} ILIKE :pattern)"
            f" = (lower(:whole COLLATE {collation}) LIKE lower(:pattern COLLATE {collation}))"
        )
        assert db.scalar(same, {"whole": whole, "pattern": looked_for}), collation


@pytest.fixture(scope="module")
def collated(app):
    """A connection, and collations of several kinds, as many as the server has."""
    names = ["default", "C", "C.utf8", "en_US.utf8", "pg_c_utf8", "pg_unicode_fast"]
    with app.app_context(), database.engine.connect() as connection:
        collations = connection.scalars(text(COLLATIONS), {"names": names}).all()
        assert {'"default"', '"C"'} <= set(collations)
        yield connection, collations
