"""The demo's people and data, and the databases that it leaves alone."""

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app import create_app
from demo import data, people
from demo.errors import DemoError
from demo.settings import SESSIONS
from extensions import database, transaction
from models import AuditEvent, OnboardingSession, Role, User
from people import accounts
from services import users
from tests import databases
from tests.conftest import NOW, settings_for
from tests.vaults import urls_of

PASSWORD = "a demo password"
BASE = "http://127.0.0.1:8011"


@pytest.fixture
def in_app(app: Flask, connection):
    with app.app_context():
        yield


def test_one_person_a_role_signs_in_with_the_password(in_app, db):
    data.load(PASSWORD, BASE)

    for role in Role:
        user = users.find_by_email(db, f"{role}@example.com")
        assert (user.role, user.active) == (role, True)
        assert accounts.is_password(PASSWORD, user.password)


def test_the_data_is_believable_in_size_and_the_member_owns_some_of_it(in_app, db):
    data.load(PASSWORD, BASE)
    member = users.find_by_email(db, "member@example.com")

    assert db.scalar(select(func.count()).select_from(OnboardingSession)) == SESSIONS
    own = select(func.count()).where(OnboardingSession.user_id == member.id)
    assert db.scalar(own) > 10
    assert db.scalar(own.where(OnboardingSession.status == "failed")) > 0


def test_an_empty_database_is_new_and_a_loaded_one_is_not(in_app):
    assert data.is_new()

    data.load(PASSWORD, BASE)

    assert not data.is_new()


def test_a_database_with_other_peoples_data_is_left_alone(in_app, make):
    make.user(role=Role.ADMIN)

    with pytest.raises(DemoError, match="data that is not the demo's"):
        data.is_new()


def test_a_database_without_tables_is_new():
    url = databases.create_database("demo_without_tables")
    app = create_app(settings_for(url))
    with app.app_context():
        assert data.is_new()
        database.engine.dispose()
    databases.drop_database("demo_without_tables")


def test_another_password_is_taken_over_and_the_same_one_changes_nothing(in_app, db):
    data.load(PASSWORD, BASE)
    before = dict(db.execute(select(User.email, User.fs_uniquifier).where(User.role.is_not(None))).all())

    data.keep_password(PASSWORD)
    db.expire_all()
    assert dict(db.execute(select(User.email, User.fs_uniquifier).where(User.role.is_not(None))).all()) == before

    data.keep_password("quite another one")
    db.expire_all()
    operator = users.find_by_email(db, people.address(Role.OPERATOR))
    assert accounts.is_password("quite another one", operator.password)
    assert operator.fs_uniquifier != before[operator.email]


def test_taking_over_a_password_changes_nothing_else_of_a_person_and_says_so_in_the_trail(in_app, db):
    with transaction(people.DEMO) as session:
        people.add_all(session, PASSWORD, now=NOW)
    otto = users.find_by_email(db, people.address(Role.OPERATOR))
    otto.name, otto.role = "Renamed", Role.VIEWER
    db.commit()

    data.keep_password("quite another one")
    db.expire_all()

    assert (otto.name, otto.role) == ("Renamed", Role.VIEWER)
    event = db.scalars(select(AuditEvent).where(AuditEvent.subject_id == otto.id, AuditEvent.tag == "user:edit")).one()
    assert (event.actor, event.before, event.after) == ("demo", {"password": "•••"}, {"password": "•••"})


def test_the_receiver_is_found_again_and_hooks_follow_it(in_app, db):
    assert data.find_receiver_base() is None
    data.load(PASSWORD, BASE)
    assert data.find_receiver_base() == BASE

    data.move_hooks(BASE, "http://127.0.0.1:8099")

    assert data.find_receiver_base() == "http://127.0.0.1:8099"
    assert not any(":8011/" in url for url in urls_of(db))


def test_what_is_wrong_with_the_database_is_said_in_one_line(in_app, db):
    with pytest.raises(DemoError) as refusal, data.explained("`make demo-reset` begins anew."):
        db.execute(text("SELECT * FROM nowhere"))

    assert str(refusal.value) == (
        'The database can\'t be used: relation "nowhere" does not exist. `make demo-reset` begins anew.'
    )


def test_a_revision_of_another_checkout_is_said_in_one_line(fresh_database_url):
    app = create_app(settings_for(fresh_database_url))
    with app.app_context():
        with transaction(people.DEMO) as db:
            db.execute(text("UPDATE alembic_version SET version_num = 'f000'"))
        with pytest.raises(DemoError, match="Can't locate revision"), data.explained(""):
            data.bring_up_to_date()
        database.engine.dispose()
