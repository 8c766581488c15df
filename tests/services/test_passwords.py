"""Passwords: who may change whose, and what ends with them."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from models import AuditEvent, Role
from services import passwords, sign_ins
from services.errors import ConflictError, ForbiddenError, NotFoundError
from tests.conftest import actor_of
from tests.records import NOBODY


def events(db):
    return [(event.tag, event.actor_id) for event in db.scalars(select(AuditEvent).order_by(AuditEvent.at))]


def is_signed_in(db, user):
    return bool(sign_ins.live_of(db, user.id, actor=actor_of(user), now=datetime.now(UTC)))


def test_a_changed_password_ends_all_sign_ins_and_is_recorded_without_its_hash(db, make):
    user = make.user(password="old hash")
    make.sign_in(user)

    passwords.change(db, "new hash", actor=actor_of(user))

    assert (user.password, is_signed_in(db, user)) == ("new hash", False)
    event = db.scalars(select(AuditEvent)).one()
    assert (event.tag, event.subject_id) == ("user:change_password", user.id)
    assert "hash" not in str(event.before) + str(event.after)


def test_a_link_sets_the_password_once(db, make):
    user = make.user(password="old hash")
    make.sign_in(user)
    uniquifier = user.fs_uniquifier

    passwords.reset(db, user.id, "new hash", uniquifier=uniquifier, origin="192.0.2.1")
    with pytest.raises(ConflictError, match="has been used"):
        passwords.reset(db, user.id, "newer hash", uniquifier=uniquifier, origin="192.0.2.1")

    assert (user.password, is_signed_in(db, user)) == ("new hash", False)
    assert events(db) == [("user:reset_password", user.id)]


def test_a_link_sets_no_password_of_who_may_not_sign_in_any_more(db, make):
    user = make.user(active=False)

    with pytest.raises(ConflictError):
        passwords.reset(db, user.id, "hash", uniquifier=user.fs_uniquifier, origin=None)


def test_an_admin_lets_a_link_be_made_for_somebody_who_never_had_a_password(db, make):
    admin, user = make.user(role=Role.ADMIN), make.user(fs_uniquifier=None)

    passwords.allow_reset(db, user.id, actor=actor_of(admin))

    assert user.fs_uniquifier
    assert events(db) == [("user:make_reset_link", admin.id)]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.OPERATOR])
def test_nobody_but_admins_makes_links(db, make, role):
    with pytest.raises(ForbiddenError):
        passwords.allow_reset(db, make.user().id, actor=actor_of(make.user(role=role)))


@pytest.mark.parametrize("values", [{"role": None}, {"active": False}])
def test_no_link_is_made_for_who_may_not_sign_in(db, make, values):
    with pytest.raises(ConflictError):
        passwords.allow_reset(db, make.user(**values).id, actor=actor_of(make.user(role=Role.ADMIN)))


def test_no_link_is_made_for_nobody(db, make):
    with pytest.raises(NotFoundError):
        passwords.allow_reset(db, NOBODY, actor=actor_of(make.user(role=Role.ADMIN)))


def test_who_asks_for_a_link_is_found_by_any_spelling_of_the_address_and_recorded(db, make):
    user = make.user(email="Ana@example.com")

    assert passwords.ask_reset(db, " ana@EXAMPLE.com", origin=None) is user
    assert events(db) == [("user:ask_reset_link", user.id)]


@pytest.mark.parametrize("values", [{"active": False}, {"role": None}, {"fs_uniquifier": None}, {"email": "b@x.com"}])
def test_nobody_is_found_who_may_not_sign_in_but_the_asking_is_recorded(db, make, values):
    make.user(**{"email": "ana@example.com"} | values)

    assert passwords.ask_reset(db, "ana@example.com", origin=None) is None
    assert events(db) == [("user:ask_reset_link", None)]
