"""`flask console reset-link`: a link for who lost a password."""

import pytest

from models import Role
from tests.client import Browser


@pytest.fixture
def reset_link(app, connection):
    def reset_link(email):
        return app.test_cli_runner().invoke(args=["console", "reset-link", email])

    return reset_link


def test_a_link_is_printed_that_lets_the_person_choose_a_password(app, reset_link, make):
    user = make.user(role=Role.VIEWER, email="vera@example.com")

    printed = reset_link("Vera@Example.com").output.strip()

    assert printed.startswith("http://127.0.0.1:8000/reset/")
    assert user.email in Browser(app).get(printed.removeprefix("http://127.0.0.1:8000")).text


def test_nobody_gets_no_link(reset_link):
    result = reset_link("nobody@example.com")

    assert (result.exit_code, result.output) == (1, "Error: Nobody has the address nobody@example.com.\n")
