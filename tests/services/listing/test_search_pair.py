"""Two words looked up at once: whatever is where, the rows are those that hold both."""

import random
from itertools import permutations

import pytest
from sqlalchemy import select

from models import Deploy, OnboardingSession, Project, User
from services import waiting_sessions
from services.listing.search_fields import SearchField, grouped
from services.listing.search_pair import of_pair
from services.listing.search_terms import SearchTerm
from services.listing.searched import Searched

WORDS = ("teapot", "kettle", "100%", "a_b\\c", "Åsa", "nowhere", "abcd12")
U = User.__table__.c
S = OnboardingSession.__table__.c
OF_SESSIONS = Searched(
    OnboardingSession,
    grouped(
        [
            SearchField(S.purpose),
            SearchField(S.target_audience),
            SearchField(U.email, (OnboardingSession.user,)),
            SearchField(U.name, (OnboardingSession.user,)),
        ]
    ),
)
OF_DEPLOYS = Searched(
    Deploy,
    grouped(
        [
            SearchField(S.purpose, (Deploy.session,)),
            SearchField(U.name, (Deploy.session, OnboardingSession.user)),
            SearchField(Deploy.__table__.c.host),
            SearchField(Deploy.__table__.c.idempotency_key, is_whole=True),
        ]
    ),
)
OF_LINKS_ALONE = Searched(
    Project, grouped([SearchField(U.name, (Project.owner,)), SearchField(S.purpose, (Project.session,))])
)


@pytest.fixture
def filled(db, make):
    """Records of a few people in which words are by chance, some whose ids begin as a word; half the texts wait."""
    chance = random.Random(7)

    def text(most):
        return " ".join(chance.choices(WORDS[:5], k=chance.randint(0, most))) or None

    people = [make.user(name=text(1), email=f"{number}-{text(1)}@example.com") for number in range(6)]
    for number in range(30):
        known = {"id": f"abcd12{number:02}-5678-4000-8000-000000000001"} if number < 3 else {}
        session = make.session(user=chance.choice(people), purpose=text(2), target_audience=text(1), **known)
        if number % 2:
            make.project(owner=chance.choice(people), session=session)
            make.deploy(session=session, idempotency_key=chance.choice([f"{number}", f"kettle-{number}"]))
        if number == 14:
            db.flush()
            waiting_sessions.enter(db)
    db.flush()
    return db


def asked_each(db, searched, pair):
    """The keys of the rows that hold both, by plain conditions."""
    query = select(searched.key).where(*(searched.holds(searched.sought(term)) for term in pair))
    return sorted(db.scalars(query))


def all_of(db, searched, term):
    return sorted(db.scalars(select(searched.key).where(searched.holds(searched.sought(term)))))


@pytest.mark.parametrize("searched", [OF_SESSIONS, OF_DEPLOYS, OF_LINKS_ALONE], ids=["own", "deep", "links"])
def test_what_is_told_of_two_words_is_what_asking_each_row_tells(filled, searched):
    told = {"both": 0, "alone": 0, "neither": 0}
    for words in permutations(WORDS, 2):
        pair = [SearchTerm(word) for word in words]
        both = asked_each(filled, searched, pair)
        for few, soon in ((100, 6), (4, 2), (3, 0)):
            statement, parameters = of_pair(searched, pair, few=few, soon=soon)
            [(keys, alone, *are_few)] = filled.execute(statement, parameters).all()

            if keys is not None:
                assert sorted(keys) == both
                told["both"] += 1
            elif alone is not None:
                assert sorted(set(alone)) == all_of(filled, searched, pair[are_few.index(True)])
                assert are_few.count(True) == 1
                told["alone"] += 1
            else:
                assert len(both) > few or not all(are_few)
                told["neither"] += 1

    assert all(told.values())


def test_words_that_are_in_few_rows_are_told_together(filled):
    pair = [SearchTerm("teapot"), SearchTerm("kettle")]
    for soon in (0, 100):
        statement, parameters = of_pair(OF_SESSIONS, pair, few=100, soon=soon)
        [(keys, alone, *are_few)] = filled.execute(statement, parameters).all()

        assert sorted(keys) == asked_each(filled, OF_SESSIONS, pair) != []
        assert (alone, are_few) == (None, [None, None])


def test_the_statement_is_made_once_for_words_of_a_kind():
    def made(*words):
        return of_pair(OF_SESSIONS, [SearchTerm(word) for word in words], few=100, soon=10)[0]

    assert made("teapot", "kettle") is made("red", "blue")
    assert made("teapot", "kettle") is not made("teapot", "abcd12")


def test_rows_of_one_person_that_hold_both_are_many_where_they_are(db, make):
    ana = make.user(name="Ana Ruiz")
    for _ in range(5):
        make.session(user=ana, purpose=None, target_audience=None)

    statement, parameters = of_pair(OF_SESSIONS, [SearchTerm("Ana"), SearchTerm("Ruiz")], few=4, soon=0)

    assert db.execute(statement, parameters).all() == [(None, None, True, True)]
