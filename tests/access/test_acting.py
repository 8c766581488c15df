"""Who acts as a member opens what the member opens, and nothing of the admin's; the member's account stays closed."""

from models import Role
from people.acting_guard import PERSONAL
from tests.access.cells import outcome
from tests.access.tables import ACTIONS, EXPECTED

OWN_WAY_IN = ("/login", "/verify", "/reset", "/first-admin")
"""Pages by which the admin, and nobody else, is signed in."""
OF_ADMINS = "/console/acting/"
"""Where the admin stops, and allows changes."""
FORETELLS_A_CHANGE = "preview retrying all"
"""Closed to who only reads, as the change is."""


def test_each_page_answers_an_acting_admin_as_it_answers_the_member(world):
    member, expected, answered = world.people["own"], {}, {}
    with world.cell():
        admin = world.browser(Role.ADMIN)
        admin.post("/console/acting/start", {"person": str(member.id), "reason": "A ticket of theirs"})
        for name, action in ACTIONS.items():
            if action.method != "GET" or action.path.startswith((*OWN_WAY_IN, OF_ADMINS)):
                continue
            expected[name] = "403" if action.path.startswith(PERSONAL) else EXPECTED[name]["own"]
            with action.send(admin, world.ids("own")) as answer:
                answered[name] = outcome(answer)

    assert answered == expected | {FORETELLS_A_CHANGE: "403"}
    assert len(answered) > 90
