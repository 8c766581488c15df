"""`flask console …` as a terminal sees it: what it does, and one line for what can't be done."""

from collections.abc import Iterator

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from app import create_app
from extensions import database
from models import AuditEvent, DeliveryPause, DeployStatus, OnboardingSession, Role, User
from people import accounts
from services import users
from tests import databases
from tests.conftest import settings_for


@pytest.fixture
def console(app: Flask, connection):
    """Runs a command: `console("seed", "--sessions", "10")`."""
    runner = app.test_cli_runner()

    def run(*arguments: str, input: str | None = None) -> Result:
        return runner.invoke(args=["console", *arguments], input=input)

    return run


def test_an_admin_is_made_with_the_password_from_standard_input(app, console, db):
    result = console("create-admin", "Ada@Example.com", "--name", "Ada", "--password-stdin", input="a good password\n")
    user = users.find_by_email(db, "ada@example.com")

    assert result.exit_code == 0, result.output
    assert (user.role, user.name, user.active) == (Role.ADMIN, "Ada", True)
    with app.app_context():
        assert accounts.is_password("a good password", user.password)
    event = db.scalars(select(AuditEvent).where(AuditEvent.tag == "user:create")).one()
    assert (event.actor, event.origin, event.subject_id) == ("cli", "cli", user.id)
    assert "good password" not in str(event.after)


def test_the_password_is_asked_for_twice_and_not_shown(console, db):
    result = console("create-admin", "ada@example.com", input="a good password\na good password\n")

    assert result.exit_code == 0, result.output
    assert "a good password" not in result.output
    assert users.find_by_email(db, "ada@example.com") is not None


def test_two_passwords_that_differ_make_nobody(console, db):
    result = console("create-admin", "ada@example.com", input="a good password\nanother one\n")

    assert result.exit_code == 1
    assert users.find_by_email(db, "ada@example.com") is None


def test_somebody_who_is_there_already_becomes_admin(console, db, make):
    user = make.user(role=Role.MEMBER)

    console("create-admin", user.email.upper(), "--password-stdin", input="a good password\n")
    db.expire_all()

    assert users.find_by_email(db, user.email).role is Role.ADMIN
    assert db.scalar(select(func.count()).select_from(User)) == 1


@pytest.mark.parametrize("role", Role)
def test_an_account_of_any_role_signs_in_with_its_password(app, console, db, role):
    options = ("--role", role.value, "--name", "Ana", "--password-stdin")
    result = console("create-account", "Ana@Example.com", *options, input="a good password\n")
    user = users.find_by_email(db, "ana@example.com")

    assert (result.exit_code, result.output) == (0, f"Ana@example.com may sign in as {role}.\n")
    assert (user.role, user.name, user.active) == (role, "Ana", True)
    with app.app_context():
        assert accounts.is_password("a good password", user.password)


def test_an_existing_person_gets_a_new_password_and_keeps_the_rest(app, console, db, make):
    user = make.user(role=Role.VIEWER, name="Vera", password="argon2-old")
    uniquifier = user.fs_uniquifier

    new = "a whole new password"
    result = console("create-account", user.email, "--role", "viewer", input=f"{new}\n{new}\n")
    db.expire_all()

    assert result.exit_code == 0, result.output
    assert (user.role, user.name, user.fs_uniquifier != uniquifier) == (Role.VIEWER, "Vera", True)
    with app.app_context():
        assert accounts.is_password(new, user.password)
    event = db.scalars(select(AuditEvent)).one()
    assert (event.actor, event.tag, event.after) == ("cli", "user:edit", {"password": "•••"})


@pytest.mark.parametrize("arguments", [(), ("--role", "emperor"), ("--role", "")])
def test_an_account_needs_a_role_that_there_is(console, db, arguments):
    result = console("create-account", "ana@example.com", *arguments, "--password-stdin", input="a good password\n")

    assert result.exit_code == 2
    assert "'--role'" in result.output
    assert all(role in result.output for role in Role)
    assert db.scalar(select(func.count()).select_from(User)) == 0


@pytest.mark.parametrize("name", ["x" * 201, "a\udc80b"])
def test_a_name_that_cannot_be_stored_is_refused_in_one_line(console, db, name):
    result = console("create-admin", "ana@example.com", "--name", name, "--password-stdin", input="a good password\n")

    assert result.exit_code == 1
    assert result.output.startswith("Error: This h")
    assert result.output.count("\n") == 1
    assert db.scalar(select(func.count()).select_from(User)) == 0


@pytest.mark.parametrize("password", ["", "short"])
def test_a_weak_password_is_refused_in_one_line(console, db, password):
    result = console("create-admin", "ada@example.com", "--password-stdin", input=f"{password}\n")

    assert result.exit_code == 1
    assert result.output == "Error: Use at least 15 characters: a few words that belong to nobody’s saying do well.\n"
    assert users.find_by_email(db, "ada@example.com") is None


@pytest.mark.parametrize("address", ["nobody", "a@", "a b@example.com", "", "a@example.com\x00"])
def test_what_is_no_address_is_refused(console, db, address):
    result = console("create-admin", address, "--password-stdin", input="a good password\n")

    assert result.exit_code == 2
    assert db.scalar(select(func.count()).select_from(User)) == 0


def test_seed_adds_sessions_and_reports_each_table(console, db):
    result = console("seed", "--sessions", "40", "--seed", "3")

    assert result.exit_code == 0, result.output
    assert db.scalar(select(func.count()).select_from(OnboardingSession)) == 40
    assert "onboarding_sessions            40 rows" in result.output


@pytest.mark.parametrize("sessions", ["0", "-5", "10000001", "many", "1.5"])
def test_seed_refuses_a_number_out_of_range(console, db, sessions):
    result = console("seed", "--sessions", sessions)

    assert result.exit_code == 2
    assert "Invalid value for '--sessions'" in result.output


def test_seed_needs_to_know_how_many(console):
    assert "Missing option '--sessions'" in console("seed").output


def test_seed_refuses_hooks_that_are_no_address_and_adds_nothing(console, db):
    result = console("seed", "--sessions", "5", "--hooks-at", "somewhere")

    assert result.exit_code == 1
    assert result.output.startswith("Error: A hook URL begins with")
    assert db.scalar(select(func.count()).select_from(OnboardingSession)) == 0


def test_a_database_that_is_away_is_told_of_in_one_line():
    app = create_app(settings_for("postgresql://nobody@127.0.0.1:1/none"))

    result = app.test_cli_runner().invoke(args=["console", "seed", "--sessions", "5"])

    assert result.exit_code == 1
    assert result.output.startswith("Error: The database can't be used: ")
    assert result.output.count("\n") == 1


def test_a_database_without_tables_is_told_of_in_one_line(empty_app):
    result = empty_app.test_cli_runner().invoke(args=["console", "seed", "--sessions", "5"])

    assert result.exit_code == 1
    assert "run `flask db upgrade` first" in result.output
    assert result.output.count("\n") == 1


@pytest.fixture
def empty_app() -> Iterator[Flask]:
    url = databases.create_database("empty_cli")
    app = create_app(settings_for(url))
    yield app
    with app.app_context():
        database.engine.dispose()
    databases.drop_database("empty_cli")


def test_deliveries_are_paused_seen_and_resumed(console, db, make):
    make.deploy(status=DeployStatus.QUEUED)
    host = ("--host", "Hooks.Example.com")

    paused = console("deliveries", "pause", *host, "--reason", "Moving")
    status = console("deliveries", "status")
    resumed = console("deliveries", "resume", *host)

    assert (paused.exit_code, paused.output) == (0, "Deliveries to hooks.example.com are paused.\n")
    first, heads, line = status.output.splitlines()
    assert first.startswith("Deliveries to hooks.example.com are paused by cli since ")
    assert first.endswith(" UTC: Moving")
    assert heads.split() == ["due", "later", "under", "way", "circuit", "host"]
    assert line.split()[3:] == ["closed", "hooks.example.com"]
    assert (resumed.exit_code, resumed.output) == (0, "Deliveries to Hooks.Example.com go on.\n")
    assert console("deliveries", "status").output.startswith("Nothing is paused.\n")
    assert {event.actor for event in db.scalars(select(AuditEvent))} == {"cli"}


def test_a_pause_of_all_needs_a_reason_and_is_made_once(console):
    assert "Missing option '--reason'" in console("deliveries", "pause").output
    assert console("deliveries", "pause", "--reason", "Moving").output == "Deliveries are paused.\n"

    again = console("deliveries", "pause", "--reason", "Moving")

    assert (again.exit_code, again.output) == (1, "Error: Deliveries are paused already.\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("pause", "--host", "a/b", "--reason", "x"),
        ("pause", "--host", "", "--reason", "x"),
        ("pause", "--reason", ""),
        ("pause", "--reason", "a\x00b"),
        ("pause", "--reason", "a\udc80b"),
        ("resume", "--host", "a\udc80b"),
        ("resume",),
    ],
)
def test_what_cannot_be_switched_is_told_in_one_line(console, db, arguments):
    result = console("deliveries", *arguments)

    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert result.output.count("\n") == 1
    assert db.scalars(select(DeliveryPause)).all() == []
