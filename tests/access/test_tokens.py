"""Scope of a token by operation: an admin's, whom nothing but the scope holds back."""

import pytest

from models import Role, TokenScope
from tests.access.cells import SAFE
from tests.access.tables import ACTIONS
from tests.tokens import token_of

OPERATIONS = {name: action for name, action in ACTIONS.items() if name.startswith("api: ")}
ADMINS_ONLY = {"api: deploy to another hook"}


def narrowest(name):
    """The scope from which on a token may call it."""
    if name in ADMINS_ONLY:
        return TokenScope.ADMIN
    return TokenScope.READ if OPERATIONS[name].method in SAFE else TokenScope.REMEDIATE


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_token_does_what_its_scope_says_and_no_more(app, world, name):
    scopes = list(TokenScope)
    refused = set()
    for scope in scopes:
        with world.cell():
            token = token_of(app, world.people[Role.ADMIN].email, scope=scope)
            answer = OPERATIONS[name].send(
                world.browser("visitor"), world.ids("other"), headers={"Authorization": f"Bearer {token}"}
            )
            assert answer.status_code not in (401, 404, 500)
            if answer.status_code == 403:
                refused.add(scope)

    assert refused == set(scopes[: scopes.index(narrowest(name))])
