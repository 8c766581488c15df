"""Records are found by id, by the beginning of one and by text, and nobody finds what they may not see."""

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from config import sqlalchemy_url
from models import DeployStatus, Role
from services import finding
from tests.conftest import NOW, actor_of
from tests.queries import counted
from tests.records import Records


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR, email="ops@nowhere.example", name="Ops"))


def found(db, actor, given):
    """What was found, by kind: titles."""
    hits = finding.find(db, finding.parse(given), actor=actor)
    return {one.kind.name: [record.title for record in one.records] for one in hits if one.records}


@pytest.fixture
def records(make):
    """One of each kind, all called by the same word where they have a name."""
    owner = make.user(role=Role.MEMBER, name="Zanzibar Owner", email="owner@nowhere.example")
    session = make.session(user=owner, purpose="A Zanzibar shop", status="completed")
    deploy = make.deploy(session=session, status=DeployStatus.QUEUED)
    project = make.project(owner=owner, title="Zanzibar shop")
    return {
        "Sessions": session,
        "Projects": project,
        "Deploys": deploy,
        "Rooms": make.room(project=project, name="Zanzibar room"),
        "Failures": make.failure_group(shape="no route to zanzibar"),
        "Recoveries": make.recovery(deploy, actor="zanzibar@example.com"),
        "People": owner,
        "Templates": make.template(title="For Zanzibar"),
        "Configurations": make.config(project=project),
        "Attempts": make.attempt(deploy=deploy),
    }


def test_each_kind_is_found_by_its_text(db, records, operator):
    assert found(db, operator, "zanzibar") == {
        "Sessions": ["A Zanzibar shop"],
        "Projects": ["Zanzibar shop"],
        "Deploys": [str(records["Deploys"])],
        "Rooms": ["Zanzibar room"],
        "Failures": ["503 from hooks.example.com: no route to zanzibar"],
        "Recoveries": ["Recovery: all dead-lettered deploys"],
        "People": ["Zanzibar Owner"],
        "Templates": ["For Zanzibar"],
    }


def test_each_kind_is_found_by_its_whole_id_and_by_the_beginning_of_it(db, records, operator):
    for kind, record in records.items():
        whole, beginning = str(record.id), str(record.id)[:13]
        assert set(found(db, operator, whole)) == {kind}
        assert kind in found(db, operator, beginning)
        assert kind in found(db, operator, whole[:8].upper())


def test_a_member_finds_the_own_records_and_never_another_s_by_text_or_by_id(db, make, records):
    owner, stranger = actor_of(records["People"]), actor_of(make.user(role=Role.MEMBER))

    own = {"Sessions", "Projects", "Deploys", "Rooms"}
    assert set(found(db, owner, "zanzibar")) == own
    assert found(db, stranger, "zanzibar") == {}
    for kind, record in records.items():
        assert found(db, stranger, str(record.id)) == {}
        assert found(db, stranger, str(record.id)[:8]) == {}
        assert (kind in found(db, owner, str(record.id))) == (kind in own | {"Configurations", "Attempts"})


def test_a_person_without_a_role_finds_nothing(db, make, records):
    assert found(db, actor_of(make.user(role=None)), "zanzibar") == {}


def test_all_words_have_to_be_there_in_any_order(db, make, operator):
    make.project(title="A shop for teapots")
    make.project(title="A shop for cups")

    assert found(db, operator, "TEAPOT shop") == {"Projects": ["A shop for teapots"]}
    assert found(db, operator, "teapot cups") == {}


@pytest.mark.parametrize("given", ["100%", "a_b", "back\\slash", "50/50"])
def test_what_a_pattern_would_mean_is_looked_for_as_it_is(db, make, operator, given):
    make.project(title=f"It is {given} so")
    make.project(title="It is 100x so, axb, backxslash, 50x50")

    assert found(db, operator, given) == {"Projects": [f"It is {given} so"]}


def test_the_newest_five_are_shown_and_that_there_are_more_is_said(db, make, operator):
    for age in range(7):
        make.project(title=f"Teapots {age}", updated_at=NOW - timedelta(days=age))

    [hits] = finding.find(db, finding.parse("teapots"), actor=operator)

    assert [record.title for record in hits.records] == [f"Teapots {age}" for age in range(5)]
    assert hits.has_more
    assert not finding.find(db, finding.parse("teapots 6"), actor=operator)[0].has_more


def test_too_little_is_answered_without_asking_the_database(db, connection, operator):
    with counted(connection) as statements:
        assert finding.find(db, finding.parse("te"), actor=operator) == []

    assert statements == []


def test_what_takes_too_long_is_cut_short_and_said_to_have_more(fresh_database_url, fresh_db):
    make = Records(fresh_db, NOW)
    actor = actor_of(make.user(role=Role.OPERATOR))
    make.project(title="Teapots")
    make.save()
    engine = create_engine(sqlalchemy_url(fresh_database_url))

    with engine.connect() as other:
        other.execute(text("LOCK TABLE rooms IN ACCESS EXCLUSIVE MODE"))
        hits = finding.find(fresh_db, finding.parse("teapots"), actor=actor, patience_ms=50)
    engine.dispose()

    assert [(one.kind.name, len(one.records), one.has_more) for one in hits] == [
        ("Projects", 1, False),
        ("Rooms", 0, True),
    ]


def test_sessions_are_found_among_the_newest_and_the_list_has_the_others(db, make, operator):
    for age in range(4):
        make.session(purpose=f"Teapots {age}", updated_at=NOW - timedelta(days=age))
    asked = finding.parse("teapots 3")

    [hits] = finding.find(db, asked, actor=operator, newest=3)
    [all_of_them] = finding.find(db, asked, actor=operator, newest=4)

    assert (hits.records, hits.has_more) == ((), True)
    assert [record.title for record in all_of_them.records] == ["Teapots 3"]
    assert not all_of_them.has_more


def test_sessions_are_found_by_their_person_and_their_project_too(db, make, operator):
    zoe = make.user(email="zoe@nowhere.example")
    theirs, other = make.session(user=zoe, purpose="A shop"), make.session(purpose="A blog")
    make.project(title="Pangolins", onboarding_session_id=other.id)

    assert found(db, operator, "zoe@nowhere")["Sessions"] == ["A shop"]
    assert found(db, operator, "pangolins")["Sessions"] == ["A blog"]
    assert theirs.user_id == zoe.id


def test_the_patience_with_a_search_is_not_what_others_are_given_after_it(db, records, operator):
    before = db.scalar(text("SHOW statement_timeout"))

    finding.find(db, finding.parse("zanzibar"), actor=operator)

    assert db.scalar(text("SHOW statement_timeout")) == before
