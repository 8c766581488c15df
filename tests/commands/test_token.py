"""`flask console token`: a credential for programs."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import ApiToken, Role, TokenScope
from tests.api.program import Program
from tests.trail import events


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


def test_the_token_is_as_the_options_say_and_the_trail_has_it(app, db, make):
    person = make.user(role=Role.OPERATOR)
    options = ["--name", "Nightly", "--scope", "remediate", "--days", "365"]

    result = app.test_cli_runner().invoke(args=["console", "token", person.email, *options])

    token = db.scalars(select(ApiToken)).one()
    assert (token.user_id, token.name, token.scope) == (person.id, "Nightly", TokenScope.REMEDIATE)
    assert token.expires_at - token.created_at == timedelta(days=365)
    assert token.token_hash not in result.output
    [event] = events(db)
    assert (event.actor, event.tag, event.subject_id) == ("cli", "api_token:create", token.id)
    assert result.output.strip() not in str(event.after)


def test_without_options_the_token_reads_for_thirty_days(app, db, make):
    app.test_cli_runner().invoke(args=["console", "token", make.user(role=Role.OPERATOR).email])

    token = db.scalars(select(ApiToken)).one()
    assert (token.scope, token.expires_at - token.created_at) == (TokenScope.READ, timedelta(days=30))


@pytest.mark.parametrize(
    "options", [["--scope", "everything"], ["--days", "366"], ["--scope", "admin"], ["--name", ""]]
)
def test_a_token_that_cannot_be_is_refused_in_one_line(app, db, make, options):
    result = app.test_cli_runner().invoke(args=["console", "token", make.user(role=Role.VIEWER).email, *options])

    assert result.exit_code in (1, 2)
    assert "Error: " in result.output
    assert db.scalars(select(ApiToken)).all() == []
