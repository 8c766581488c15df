"""Role by action by whose record, over HTTP: every cell of the tables beside this file.

What a person may not see is 404, what the person's role does not permit is 403, and never a silent redirect. Each page
of who is signed in has a way to sign out.
"""

from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from models import Role
from tests.access.cells import COLUMNS, Action, outcome
from tests.access.conftest import World
from tests.access.tables import ACTIONS, EXPECTED, THEMES
from tests.admin_views.pages import Page

SIGN_OUT = '<form method="post" action="/logout">'


def asked(world: World, action: Action, column: str | Role) -> str:
    """What comes of an action for whoever asks in a column."""
    with world.cell():
        ids = world.ids(column)
        if action.opens:
            ids["seen"] = Page(world.browser(Role.ADMIN).get(action.opens.format(**ids))).field("seen")
        with action.send(world.browser(column), ids) as answer:
            sent = answer.data  # to its end, as a browser reads a download
        assert answer.status_code < 500, sent
        assert column == "visitor" or not is_page(answer) or SIGN_OUT in answer.text, "no way to sign out"
        return outcome(answer)


def is_page(answer: TestResponse) -> bool:
    """Whether it is a whole page of the console, which is not open to all."""
    return (answer.status_code, answer.mimetype) == (200, "text/html") and answer.text.lower().startswith("<!doctype")


def columns(world: World, action: Action) -> Iterator[str | Role]:
    """Whose record it is makes no difference to what is about none."""
    return (one for one in COLUMNS if one != "other" or action.names_one_of(world.personal))


@pytest.mark.parametrize("name", EXPECTED)
def test_each_role_may_do_what_the_table_says(world, name):
    action, expected = ACTIONS[name], EXPECTED[name]

    answered = {column: asked(world, action, column) for column in columns(world, action)}

    assert {"other": answered["own"]} | answered == expected


def test_each_table_has_every_action():
    assert set(EXPECTED) == set(ACTIONS)
    assert len(ACTIONS) == sum(len(theme.ACTIONS) for theme in THEMES), "two actions have one name"
