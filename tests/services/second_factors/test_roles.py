"""Which roles must have a second factor."""

import pytest

from models import Role
from services.errors import ForbiddenError
from services.second_factors import roles
from services.second_factors.roles import RoleStanding
from tests.conftest import NOW, actor_of
from tests.trail import events


@pytest.fixture
def admin(make):
    return make.user(role=Role.ADMIN)


def test_admins_require_a_second_factor_of_roles(db, make, admin):
    make.user(role=Role.OPERATOR, second_factor_since=NOW)
    make.user(role=Role.OPERATOR)
    make.user(role=Role.OPERATOR, active=False)

    assert roles.require_of(db, [Role.ADMIN, Role.OPERATOR], actor=actor_of(admin))

    standings = roles.standings(db, actor=actor_of(admin))
    assert standings[Role.OPERATOR] == RoleStanding(is_required=True, people=2, without=1)
    assert standings[Role.VIEWER] == RoleStanding(is_required=False, people=0, without=0)


def test_it_is_written_down_what_was_changed(db, admin):
    roles.require_of(db, [Role.OPERATOR, Role.MEMBER], actor=actor_of(admin))
    roles.require_of(db, [Role.OPERATOR], actor=actor_of(admin))

    assert not roles.require_of(db, [Role.OPERATOR], actor=actor_of(admin))
    first, second = events(db)
    assert (first.tag, first.before, first.after) == (
        "sign_in_rules:set",
        {"second_factor": []},
        {"second_factor": ["member", "operator"]},
    )
    assert second.after == {"second_factor": ["operator"]}


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.OPERATOR])
def test_others_neither_see_nor_set_it(db, make, role):
    actor = actor_of(make.user(role=role))

    with pytest.raises(ForbiddenError):
        roles.standings(db, actor=actor)
    with pytest.raises(ForbiddenError):
        roles.require_of(db, [], actor=actor)
