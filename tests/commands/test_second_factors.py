"""`flask console second-factor …`."""

import pytest
from sqlalchemy import select

from models import AuditEvent, Role, SecondFactorRole, User
from tests.services.second_factors.test_apps import set_up


@pytest.fixture
def console(app, connection):
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(args=["console", "second-factor", *arguments])


def test_a_lost_second_factor_is_reset_and_that_is_written_down(console, db, make):
    person = make.user(role=Role.ADMIN)
    set_up(db, person)
    make.save()

    result = console("reset", person.email.upper())

    assert (result.exit_code, result.output) == (0, f"{person.email} has no second factor any more.\n")
    assert db.scalar(select(User.second_factor_since).where(User.id == person.id)) is None
    event = db.scalars(select(AuditEvent).where(AuditEvent.tag == "user:reset_second_factors")).one()
    assert (event.actor, event.origin, event.subject_id) == ("cli", "cli", person.id)


def test_the_last_admin_gets_in_again_though_the_role_must_have_one(console, db, make, sign_in):
    admin = make.user(role=Role.ADMIN)
    set_up(db, admin)
    db.add(SecondFactorRole(role=Role.ADMIN))
    make.save()

    console("reset", admin.email)

    db.refresh(admin)
    browser = sign_in(user=admin)
    assert browser.get("/console/").location == "/console/account/second-factors/"
    assert browser.get("/console/account/second-factors/").status_code == 200


@pytest.mark.parametrize("whose", ["nobody@example.com", "none"])
def test_what_can_not_be_reset_is_said_in_one_line(console, make, whose):
    person = make.user()
    make.save()

    result = console("reset", person.email if whose == "none" else whose)

    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert result.output.count("\n") == 1
