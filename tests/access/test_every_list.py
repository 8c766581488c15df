"""What each list has besides its page: everybody else is refused it, whoever they are."""

import pytest

from models import Role
from tests.access.cells import SAFE
from tests.access.every_list import LISTS, ROWS
from tests.access.test_roles import asked

SIGNED_IN = ("own", Role.VIEWER, Role.OPERATOR, Role.ADMIN)
NOT_REFUSED = {"ok", "404", "409", "422", "412"}


@pytest.mark.parametrize("name", ROWS)
def test_who_may_is_let_in_and_nobody_else_is(app, world, name):
    action, who = ROWS[name]

    answered = {column: asked(world, action, column) for column in SIGNED_IN}

    assert {column for column, answer in answered.items() if answer in NOT_REFUSED} == who
    assert {answer for column, answer in answered.items() if column not in who} <= {"403"}
    assert asked(world, action, "visitor") == ("login" if action.method in SAFE else "401")


@pytest.mark.parametrize("path", ["details/", "history/"])
@pytest.mark.parametrize("line", [line for line in LISTS.strip("\n").splitlines()[1:] if "everybody" in line])
def test_a_member_does_not_find_what_is_anothers(world, line, path):
    endpoint, record, *_ = line.split()
    action, _ = ROWS[f"GET {endpoint}/{path}"]

    assert action.names_one_of({record})
    assert asked(world, action, "own") == "ok"
    assert asked(world, action, "other") == "404"


def test_every_list_is_named(app):
    lists = {rule.endpoint.partition(".")[0] for rule in app.url_map.iter_rules() if ".index_view" in rule.endpoint}

    assert lists == {line.split()[0] for line in LISTS.strip("\n").splitlines()[1:]}
