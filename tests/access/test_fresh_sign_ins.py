"""What lets somebody in, or opens a secret, asks who signed in a while ago to confirm that it is they."""

import pytest

from models import Role
from tests.access.cells import outcome
from tests.access.tables import ACTIONS

ASKED = (
    "set one's first password",
    "form of an app",
    "set an app up",
    "remove an app",
    "form of a passkey",
    "ask for a passkey",
    "add a passkey",
    "remove a passkey",
    "renew recovery codes",
    "form of an api token",
    "make an api token",
    "link an identity",
    "unlink an identity",
    "end a sign-in",
    "end all other sign-ins",
    "sign out everywhere",
    "set sign-in rules",
    "reset a second factor",
    "make another a reset link",
    "reveal a deploy's hook",
    "reveal a session's hook",
)


@pytest.mark.parametrize("name", ASKED)
def test_what_lets_in_or_opens_a_secret_asks_who_signed_in_a_while_ago_to_confirm(world, name):
    with world.cell():
        admin = world.browser(Role.ADMIN)
        with admin.client.session_transaction() as session:
            session["fs_paa"] -= 3600

        assert outcome(ACTIONS[name].send(admin, world.ids("own"))) == "verify"
