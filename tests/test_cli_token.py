"""`flask console token`: a credential for programs."""

import pytest

from models import Role
from tests.api.program import Program


def test_the_token_of_a_person_opens_the_api_as_that_person(app, make):
    person = make.user(role=Role.OPERATOR)

    result = app.test_cli_runner().invoke(args=["console", "token", person.email.upper()])

    assert result.exit_code == 0, result.output
    program = Program(app)
    program.headers["Authorization"] = f"Bearer {result.output.strip()}"
    assert program.get("/api/openapi.json").status_code == 200


@pytest.mark.parametrize("values", [{"active": False}, {"fs_uniquifier": None}])
def test_nobody_who_may_not_sign_in_gets_a_token(app, make, values):
    person = make.user(role=Role.OPERATOR, **values)

    result = app.test_cli_runner().invoke(args=["console", "token", person.email])

    assert result.exit_code == 1
    assert result.output == f"Error: Nobody who may sign in has the address {person.email}.\n"


def test_an_unknown_address_gets_one_clear_line(app, connection):
    result = app.test_cli_runner().invoke(args=["console", "token", "nobody@example.com"])

    assert (result.exit_code, result.output.count("\n")) == (1, 1)
