"""Second factors taken away from somebody who lost them."""

import pytest
from sqlalchemy import func, select

from models import AuthenticatorApp, Passkey, RecoveryCode, Role, User
from services.errors import ConflictError, ForbiddenError, NotFoundError
from services.second_factors.reset import reset
from tests.authenticator import Authenticator
from tests.conftest import NOW, actor_of
from tests.records import NOBODY
from tests.services.second_factors.test_apps import set_up
from tests.services.second_factors.test_passkeys import add
from tests.trail import events


@pytest.fixture
def ana(db, make):
    ana = make.user(role=Role.OPERATOR)
    set_up(db, ana)
    add(db, ana, Authenticator())
    return ana


def test_nothing_of_it_is_left_and_sign_ins_end(db, make, ana):
    cookie, admin = ana.fs_uniquifier, actor_of(make.user(role=Role.ADMIN))

    reset(db, ana.id, actor=admin, now=NOW)

    for table in (AuthenticatorApp, Passkey, RecoveryCode):
        assert db.scalar(select(func.count()).select_from(table)) == 0
    since, new_cookie = db.execute(select(User.second_factor_since, User.fs_uniquifier).where(User.id == ana.id)).one()
    assert since is None
    assert new_cookie != cookie
    event = events(db)[-1]
    assert (event.tag, event.actor, event.subject_id) == ("user:reset_second_factors", admin.name, ana.id)


def test_other_peoples_stay(db, make, ana):
    other = make.user()
    set_up(db, other)

    reset(db, ana.id, actor=actor_of(make.user(role=Role.ADMIN)), now=NOW)

    assert db.scalars(select(AuthenticatorApp.user_id)).all() == [other.id]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.OPERATOR])
def test_only_admins_may(db, make, ana, role):
    with pytest.raises(ForbiddenError):
        reset(db, ana.id, actor=actor_of(make.user(role=role)), now=NOW)


def test_there_must_be_something_to_reset(db, make):
    admin = make.user(role=Role.ADMIN)

    with pytest.raises(ConflictError):
        reset(db, admin.id, actor=actor_of(admin), now=NOW)
    with pytest.raises(NotFoundError):
        reset(db, NOBODY, actor=actor_of(admin), now=NOW)
