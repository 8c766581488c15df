import pytest
from sqlalchemy import select

from models import Deploy, OnboardingSession, Role, User
from services import field_rules
from services.exports import fields
from services.field_rules import RULES
from tests.conftest import actor_of

EMAILS = ["ana@example.com", "é@ü.example", "no address", "", "ana@a@b", " x@y", "'=1+1'@x", "%_\\@x", "👍@x"]
NAMES = [
    *EMAILS,
    "worker",
    "op@example.com acting as ana@example.com",
    "eve@example.com",
    "a\tb@c\nd@e",
    "/?search=ana%40example.com&x=1 end",
    "a@ @b @@ a@@b x%40y%40z",
    r"\1@\2",
]
SURVEYS = [
    {},
    {"colour": "green", "b": None, "a": [1, {"x": "y"}], "vercelHookOverride": "https://h.example/x", "template": "t"},
    {"": "empty", "é\"'\\": "x", "a\nb": True},
    ["a list"],
    "a text",
    5,
]


@pytest.fixture
def eve(db, make):
    """A viewer, for whom the test's ORM session reads."""
    eve = make.user(email="eve@example.com", role=Role.VIEWER)
    field_rules.read_as(db, actor_of(eve))
    return eve


def values(db, model, name, ids):
    """The field of each record as PostgreSQL masks it, and as Python does."""
    db.flush()
    db.expire_all()
    onlooker = field_rules.onlooker_of(db)
    written = dict(db.execute(select(model.id, fields.selected(model, name, onlooker)).where(model.id.in_(ids))).all())
    loaded = {record.id: getattr(record, name) for record in db.scalars(select(model).where(model.id.in_(ids)))}
    return [written[one] for one in ids], [loaded[one] for one in ids]


def test_postgresql_masks_addresses_of_people_as_python_does(db, make, eve):
    ids = [make.user(email=f"{email}", fs_uniquifier=None).id for email in EMAILS]

    written, loaded = values(db, User, "email", [*ids, eve.id])

    assert written == loaded
    assert loaded[0] == "a•••@•••"
    assert loaded[-1] == "eve@example.com"


def test_postgresql_masks_who_did_something_as_python_does(db, make, eve):
    session = make.session()
    ids = [make.deploy(session=session, actor=name).id for name in NAMES]

    written, loaded = values(db, Deploy, "actor", ids)

    assert written == loaded
    assert loaded[NAMES.index("eve@example.com")] == "eve@example.com"


def test_postgresql_masks_surveys_as_python_does(db, make, eve):
    ids = [make.session(survey=survey).id for survey in SURVEYS]
    own = make.session(user=eve, survey=SURVEYS[1]).id

    written, loaded = values(db, OnboardingSession, "survey", [*ids, own])

    assert written == loaded
    assert loaded[-1] == SURVEYS[1]


def test_who_sees_all_selects_the_column_itself(db):
    assert fields.selected(User, "email", None) is User.email


def test_what_only_python_masks_is_left_to_it():
    closed = frozenset(rule.needs for rules in RULES.values() for rule in rules.values())
    by_hand = {
        (model.__name__, name)
        for model, rules in RULES.items()
        for name in rules
        if not fields.is_writable(getattr(model, name), closed)
    }

    assert by_hand == {("AuditEvent", "before"), ("AuditEvent", "after")}
