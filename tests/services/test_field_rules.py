import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import ARRAY, select
from sqlalchemy.orm import load_only

from models import AuditEvent, Base, Deploy, OnboardingSession, Role, User
from services import field_rules
from services.field_rules import Onlooker, closed_to, is_closed, rule_of
from services.permissions import WORKER, Actor, Permission
from tests.conftest import actor_of

BOTH = frozenset({Permission.SEE_EMAILS, Permission.SEE_SURVEYS})
NAMING = {"actor", "before", "after", "arguments", "metadata"}
"""Columns that hold addresses, or answers, whatever table they are of, beside those that tell by whom or end in it."""
EVE = Onlooker(id=None, name="eve@example.com", closed=BOTH)


@pytest.fixture
def look(db, make):
    """Loads all anew for somebody of a role, or for a user."""

    def look(role=None, *, user=None):
        actor = actor_of(user or make.user(role=role))
        make.save()
        db.expire_all()
        field_rules.read_as(db, actor)

    return look


def test_operators_and_admins_see_all_fields_and_others_their_own(make):
    assert [closed_to(Actor(None, "", role)) for role in Role] == [BOTH, BOTH, frozenset(), frozenset()]
    assert closed_to(WORKER) == frozenset()


def test_what_a_viewer_loads_is_masked_and_names_stay(db, make, look):
    ana = make.user(email="ana@example.com", name="Ana Ruiz")
    nameless = make.user(email="bo@example.com", name=None)
    session = make.session(user=ana, survey={"colour": "green", "vercelHookOverride": "https://h.example/x", "n": [1]})
    deploy = make.deploy(session=session, actor="op@example.com acting as ana@example.com")
    look(Role.VIEWER)

    assert (db.get(User, ana.id).email, str(db.get(User, ana.id))) == ("a•••@•••", "Ana Ruiz")
    assert str(db.get(User, nameless.id)) == "b•••@•••"
    assert db.get(OnboardingSession, session.id).survey == {
        "colour": "•••",
        "vercelHookOverride": "https://h.example/x",
        "n": "•••",
    }
    assert db.get(Deploy, deploy.id).actor == "o•••@••• acting as a•••@•••"


def test_own_fields_are_whole_to_whoever_it_is(db, make, look):
    ana = make.user(email="ana@example.com", role=Role.MEMBER)
    session, deploy = make.session(user=ana, survey={"colour": "green"}), make.deploy(actor="ana@example.com")
    look(user=ana)

    assert db.get(User, ana.id).email == "ana@example.com"
    assert db.get(OnboardingSession, session.id).survey == {"colour": "green"}
    assert db.get(Deploy, deploy.id).actor == "ana@example.com"


def test_an_operator_loads_all_as_it_is(db, make, look):
    session = make.session(user=make.user(email="ana@example.com"), survey={"colour": "green"})
    look(Role.OPERATOR)

    assert db.get(OnboardingSession, session.id).survey == {"colour": "green"}
    assert db.get(User, session.user_id).email == "ana@example.com"


def test_what_is_loaded_later_or_again_is_masked_too_and_nothing_is_written_back(db, make, look):
    ana = make.user(email="ana@example.com", name="Ana")
    look(Role.VIEWER)
    loaded = db.scalar(select(User).where(User.id == ana.id).options(load_only(User.name)))

    assert loaded.email == "a•••@•••"
    loaded.name = "Ana Ruiz"
    db.commit()
    assert loaded.email == "a•••@•••"
    assert db.scalar(select(User.email).where(User.id == ana.id)) == "ana@example.com"


def test_history_loses_addresses_and_answers_unless_it_is_ones_own_act(db, make, look):
    eve = make.user(email="eve@example.com", role=Role.VIEWER)
    told = {"email": "ana@example.com", "survey": {"colour": "green"}, "list": ["to bo@example.com now", 5]}
    about = {"tag": "user:edit", "subject_kind": "user", "before": told, "after": told}
    of_others, own = AuditEvent(actor="op@example.com", **about), AuditEvent(actor=eve.email, actor_id=eve.id, **about)
    db.add_all((of_others, own))
    db.flush()
    look(user=eve)

    event = db.get(AuditEvent, of_others.id)
    assert event.actor == "o•••@•••"
    assert event.before == {"email": "a•••@•••", "survey": {"colour": "•••"}, "list": ["to b•••@••• now", 5]}
    assert event.after == event.before
    assert db.get(AuditEvent, own.id).before == told


def test_a_session_that_reads_for_nobody_masks_nothing(db, make):
    ana = make.user(email="ana@example.com")
    make.save()
    db.expire_all()
    field_rules.read_as(db, None)

    assert db.get(User, ana.id).email == "ana@example.com"


@given(st.lists(st.sampled_from(["ana@example.com", "a%40b", "acting as", "@", "x@", "/?q=ana%40b.c", "é@ü"])))
def test_no_address_is_left_in_a_text_and_masking_twice_is_masking_once(words):
    text = field_rules.masked_name(" ".join(words), EVE)

    assert "ana" not in text
    assert "example" not in text
    assert field_rules.masked_name(text, EVE) == text


def test_each_column_that_names_people_by_their_address_or_holds_answers_has_a_rule():
    columns = {column for table in Base.metadata.sorted_tables for column in table.columns}
    named = {one for one in columns if one.name.endswith(("_by", "email")) or one.name in NAMING}
    without = {(one.table.name, one.name) for one in named if not isinstance(one.type, ARRAY) if rule_of(one) is None}

    assert without == {("waiting_sessions", "actor")}  # which the worker alone reads


def test_columns_are_closed_under_any_name_and_others_are_open():
    assert is_closed(User.email, BOTH)
    assert is_closed(User.__table__.c.email, BOTH)
    assert is_closed(User.__table__.alias().c.email, BOTH)
    assert is_closed(OnboardingSession.survey, frozenset({Permission.SEE_SURVEYS}))
    assert not is_closed(OnboardingSession.survey, frozenset({Permission.SEE_EMAILS}))
    assert not any(is_closed(column, BOTH) for column in (User.name, OnboardingSession.purpose, None))
    assert not is_closed(User.email, frozenset())
