"""Rows in which each word is found: by index or row by row, the same ones."""

from uuid import UUID

import pytest
from sqlalchemy import select

from models import Deploy, OnboardingSession, Project, Room
from services import waiting_sessions
from services.listing import search
from services.listing.search import FoundKeys, conditions
from services.listing.search_fields import SearchField, grouped
from services.listing.search_terms import parse
from services.listing.searched import Searched

S = OnboardingSession
OF_SESSIONS = Searched(
    S,
    grouped(
        [
            SearchField(S.__table__.c.purpose),
            SearchField(S.__table__.c.target_audience),
            SearchField(S.user.property.target.c.email, (S.user,)),
            SearchField(S.user.property.target.c.name, (S.user,)),
        ]
    ),
)
OF_DEPLOYS = Searched(
    Deploy,
    grouped(
        [
            SearchField(S.__table__.c.purpose, (Deploy.session,)),
            SearchField(S.user.property.target.c.email, (Deploy.session, S.user)),
            SearchField(Deploy.__table__.c.host),
            SearchField(Deploy.__table__.c.idempotency_key, is_whole=True),
        ]
    ),
)


@pytest.fixture(params=["few", "waiting", "common", "many", "slow"])
def found(request, db, monkeypatch):
    """The ids that a search finds, where its words are looked up, two at once, asked of each row, or given up.

    And where the texts of sessions still wait to be indexed.
    """
    if request.param == "many":
        monkeypatch.setattr(search, "FEW", 0)
    if request.param == "common":
        monkeypatch.setattr(search, "SOON_ASKED", 0)

    def found(searched, given):
        if request.param != "waiting":
            waiting_sessions.enter(db)
        patience_ms = 1 if request.param == "slow" else 60_000
        query = select(searched.key).where(*conditions(db, searched, parse(given), patience_ms=patience_ms))
        return db.scalars(query).all()

    return found


def test_each_word_is_found_in_some_column_here_or_of_a_related_table(found, make):
    ana = make.user(email="ana@shops.example", name="Ana Ruiz")
    hers = make.session(user=ana, purpose="Selling teapots", target_audience="Tea drinkers")
    make.session(purpose="Selling teapots", target_audience="Tea drinkers")
    make.session(user=ana, purpose="Selling kettles", target_audience="Everybody")

    assert found(OF_SESSIONS, "TEAPOT drink shops.example") == [hers.id]
    assert found(OF_SESSIONS, "teapot kettle") == []
    assert found(OF_SESSIONS, "nowhere teapot") == []


def test_a_phrase_is_found_within_one_column_alone(found, make):
    phrase = make.session(purpose="Selling red teapots", target_audience=None)
    make.session(purpose="Selling red", target_audience="teapots")

    assert found(OF_SESSIONS, '"red teapots"') == [phrase.id]
    assert found(OF_SESSIONS, '"selling  red"') == []


def test_what_is_excluded_is_in_no_column_and_rows_without_a_value_stay(found, make):
    kept = make.session(purpose="Selling teapots", target_audience=None)
    make.session(purpose="Selling teapots", target_audience="Wholesale")
    make.session(user=make.user(name="Wholesale Ltd"), purpose="Selling teapots")

    assert found(OF_SESSIONS, "teapots -wholesale") == [kept.id]
    assert kept.id in found(OF_SESSIONS, "-wholesale")


def test_short_words_are_found_too(found, make):
    session = make.session(purpose="A µm of §", target_audience=None)
    make.session(purpose="A shop", target_audience=None)

    assert found(OF_SESSIONS, "µm §") == [session.id]


def test_the_beginning_of_an_id_is_found_with_dashes_and_without(found, make):
    session = make.session(id=UUID("abcd1234-5678-4000-8000-000000000001"))
    make.session(id=UUID("abcd1234-9999-4000-8000-000000000001"))

    for beginning in ("abcd1234-56", "ABCD123456", str(session.id), session.id.hex):
        assert found(OF_SESSIONS, beginning) == [session.id]
    assert found(OF_SESSIONS, '"abcd1234-56"') == []
    assert session.id in found(OF_SESSIONS, "-abcd1234-56")


def test_only_the_columns_that_are_named_are_searched_in_a_text_that_holds_more(found, make):
    deploy = make.deploy(session=make.session(purpose="Selling teapots", target_audience="Gardeners"))

    assert found(OF_DEPLOYS, "teapots") == [deploy.id]
    assert found(OF_DEPLOYS, "gardeners") == []


def test_a_whole_value_is_found_and_a_part_of_it_is_not(found, make):
    deploy = make.deploy(idempotency_key="key-of-this-deploy")

    assert found(OF_DEPLOYS, "key-of-this-deploy") == [deploy.id]
    assert found(OF_DEPLOYS, "key-of-this") == []


def test_a_search_can_be_written_out_for_exports(db, make):
    session = make.session(purpose="Teapots", target_audience=None)
    make.session(purpose="Kettles", target_audience=None)

    for given in ("teapots", f"teapots {str(session.id)[:8]}", "teapots -kettles", "te"):
        query = select(S.id).where(*conditions(db, OF_SESSIONS, parse(given)))
        written = query.compile(db.connection(), compile_kwargs={"literal_binds": True})
        assert db.connection().exec_driver_sql(str(written)).scalars().all() == [session.id]


def test_rows_with_many_related_ones_are_found_once(found, make):
    project = make.project(title="Teapots")
    for name in ("North room", "South room"):
        make.room(project=project, name=name)
    rooms = Searched(Project, grouped([SearchField(Room.__table__.c.name, (Room.__table__,))]))

    assert found(rooms, "room") == [project.id]


def test_a_search_over_indexes_alone_is_told_from_one_that_reads_tables():
    assert OF_SESSIONS.is_indexed
    assert OF_DEPLOYS.is_indexed
    assert not Searched(S, grouped([SearchField(S.__table__.c.model_preference)])).is_indexed


def test_words_that_are_each_in_many_rows_and_together_in_none_are_looked_up_together(db, make, monkeypatch):
    make.session(purpose="red", target_audience=None)
    make.session(purpose="blue", target_audience=None)
    monkeypatch.setattr(search, "FEW", 0)

    [condition] = conditions(db, OF_SESSIONS, parse("red blue"))

    assert str(condition) == "false"


@pytest.mark.parametrize(
    ("few", "soon_asked", "keys", "asked"),
    [
        pytest.param(9, 0, 1, 0, id="both in few rows: those common to them"),
        pytest.param(3, 3, 1, 0, id="the first in very few: these are asked for the second at once"),
        pytest.param(3, 0, 3, 1, id="the second in many: the first's rows are asked for it"),
        pytest.param(2, 0, None, 2, id="both in many: each row is asked"),
    ],
)
def test_of_two_words_those_are_looked_up_that_are_in_few_rows(db, make, monkeypatch, few, soon_asked, keys, asked):
    for purpose in ("teapots, red", "teapots", "teapots", "red", "red", "red"):
        make.session(purpose=purpose, target_audience=None)
    monkeypatch.setattr(search, "FEW", few)
    monkeypatch.setattr(search, "SOON_ASKED", soon_asked)
    monkeypatch.setattr(search, "A_PAGE", 1)

    found = conditions(db, OF_SESSIONS, parse("red teapots"))

    among = [value for one in found for value in one.compile().params.values() if isinstance(value, FoundKeys)]
    assert [len(value) for value in among] == ([] if keys is None else [keys])
    assert len(found) == len(among) + asked
