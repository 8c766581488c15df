"""`flask console deploys …`: recoveries from a terminal."""

from datetime import UTC, datetime
from time import sleep

import pytest
from sqlalchemy import func, select

from app import create_app
from commands.recoveries import ABORTED, HALTED, INTERRUPTED
from extensions import database
from models import AuditEvent, Deploy, DeployStatus, Recovery, RecoveryStatus, Role
from tests import hook_server
from tests.conftest import settings_for
from tests.hook_server import answer_with
from tests.records import NOBODY, Records
from tests.recoveries import GROUP, OTHER, given_up, group
from tests.vaults import point, url_of
from tests.workers import eventually, working


@pytest.fixture
def console(app, connection):
    """Runs a command: `console("recover", "--all", "--yes")`."""
    runner = app.test_cli_runner()

    def run(*arguments, input=None):
        return runner.invoke(args=["console", "deploys", *arguments], input=input)

    return run


def recoveries(db):
    return db.scalar(select(func.count()).select_from(Recovery))


def test_a_dry_run_prints_the_preview_and_starts_nothing(db, make, console):
    group(make)
    deploys = given_up(make, 1_200)

    result = console("recover", "--group", GROUP, "--failed-since", "2026-11-25", "--dry-run")

    assert result.exit_code == 0, result.output
    said = "1,200 deploys would be replayed: failure group “503 from hooks.example.com: busy”, failed since "
    assert result.output.startswith(said)
    assert "in waves of 1, then 60, then 1,139" in result.output
    assert "1,200  503 from hooks.example.com: busy" in result.output
    assert "1,200  to hooks.example.com" in result.output
    assert not any(url_of(deploy) in result.output for deploy in deploys)
    assert recoveries(db) == 0


def test_it_asks_before_it_starts(db, make, console):
    given_up(make, 3)

    no = console("recover", "--all", "--detach", input="n\n")
    assert (no.exit_code, recoveries(db)) == (1, 0)
    yes = console("recover", "--all", "--detach", input="y\n")

    assert yes.exit_code == 0, yes.output
    assert "Recover 3 deploys?" in yes.output
    [recovery] = db.scalars(select(Recovery))
    assert f"Recovery {recovery.id} has begun with one of 3 deploys." in yes.output
    assert recovery.actor == "cli"


def test_it_acts_as_the_person_who_is_named(db, make, console):
    given_up(make, 3)
    operator, viewer = make.user(role=Role.OPERATOR), make.user(role=Role.VIEWER)
    make.save()

    refused = console("recover", "--all", "--yes", "--detach", "--as", viewer.email)
    done = console("recover", "--all", "--yes", "--detach", "--as", operator.email)

    assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
    assert done.exit_code == 0, done.output
    event = db.scalars(select(AuditEvent).where(AuditEvent.tag == "recovery:start")).one()
    assert (event.actor, event.actor_id, event.origin) == (operator.email, operator.id, "cli")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--group", "nope"),
        ("--host", "a b"),
        ("--failed-since", "soon"),
        ("--status-code", "-1"),
        ("--status-code", "9" * 400),
        ("--error-kind", "boredom"),
        ("--deploy", "x"),
        ("--recovery", str(NOBODY)),
        ("--all", "--host", "a.example.com"),
        ("--all", "--halt-share", "0"),
        ("--group", "a\x00"),
    ],
)
def test_what_cannot_be_used_is_one_line(db, make, console, arguments):
    given_up(make, 1)

    result = console("recover", *arguments, "--yes")

    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert result.output.count("\n") == 1
    assert recoveries(db) == 0


def test_nothing_to_recover_is_an_error_unless_one_only_looks(console):
    assert console("recover", "--all", "--dry-run").exit_code == 0

    result = console("recover", "--all", "--yes")

    assert result.exit_code == 1
    assert "Nothing is left to recover" in result.output


def test_somebody_who_is_not_there_starts_nothing(db, make, console):
    given_up(make, 1)

    assert console("recover", "--all", "--yes", "--as", "nobody@example.com").exit_code == 2
    assert recoveries(db) == 0


def test_recoveries_are_listed_paused_resumed_and_aborted(db, make, console):
    assert console("recoveries").output == "There is no recovery yet.\n"
    given_up(make, 3)
    console("recover", "--all", "--yes", "--detach")
    recovery = db.scalars(select(Recovery)).one()

    assert console("recoveries", "pause", str(recovery.id), "--reason", "Lunch.").output == "The recovery is paused.\n"
    assert console("recoveries", "resume", str(recovery.id)).output == "The recovery is running.\n"
    assert f"{recovery.id}  running" in console("recoveries").output
    assert console("recoveries", "abort", str(recovery.id)).output == "The recovery is aborted.\n"
    assert "3 deploys (all dead-lettered deploys): 3 skipped" in console("recoveries").output
    assert console("recoveries", "follow", str(recovery.id)).exit_code == ABORTED
    again = console("recoveries", "abort", str(recovery.id))
    assert (again.exit_code, again.output.count("\n")) == (1, 1)


@pytest.mark.parametrize("recovery_id", ["x", "", "\x00", str(NOBODY)])
@pytest.mark.parametrize("verb", ["pause", "resume", "abort", "follow"])
def test_a_recovery_that_is_not_there_is_one_line(console, verb, recovery_id):
    result = console("recoveries", verb, recovery_id)

    assert (result.exit_code, result.output.count("\n")) == (1, 1)


def test_interrupting_leaves_it_running_and_says_how_to_end_it(db, make, console, monkeypatch):
    def interrupt(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr("commands.recoveries.sleep", interrupt)
    given_up(make, 3)

    result = console("recover", "--all", "--yes")

    [recovery] = db.scalars(select(Recovery))
    assert result.exit_code == INTERRUPTED
    assert f"flask console deploys recoveries pause {recovery.id}" in result.output
    assert recovery.status is RecoveryStatus.RUNNING


@pytest.fixture
def hook():
    with hook_server.running() as server:
        yield server


@pytest.fixture
def served(fresh_database_url, fresh_db, hook):
    """A command line that commits for real, and 30 deploys that gave up on a hook of this machine."""
    app = create_app(settings_for(fresh_database_url))
    make = Records(fresh_db, datetime.now(UTC))
    for deploy in given_up(make, 30):
        point(deploy, hook.url)
    make.save()
    yield lambda *arguments: app.test_cli_runner().invoke(args=["console", "deploys", *arguments])
    with app.app_context():
        database.session.remove()
        database.engine.dispose()


def test_a_recovery_is_followed_to_its_end_by_a_real_worker(fresh_db, fresh_database_url, hook, served):
    with working(fresh_database_url):
        result = served("recover", "--failed-since", "1d", "--yes")

    assert result.exit_code == 0, result.output
    assert "It is finished: 30 succeeded." in result.output
    assert len(hook.received) == 30
    assert len({request.headers["idempotency-key"] for request in hook.received}) == 30
    assert set(fresh_db.scalars(select(Deploy.status))) == {DeployStatus.SUCCEEDED}


def test_a_real_failure_that_is_met_again_halts_it_after_one_post(fresh_db, fresh_database_url, hook, served):
    hook.answer = answer_with("404 Not Found", b"no such hook")
    with working(fresh_database_url):
        first = served("recover", "--all", "--yes")
        eventually(lambda: recoveries(fresh_db) == 1)
        sleep(0.2)
        assert first.exit_code == HALTED, first.output
        assert len(hook.received) == 1
        fingerprint = fresh_db.scalar(select(Deploy.fingerprint).where(Deploy.fingerprint.not_in((GROUP, OTHER))))
        again = served("recover", "--group", fingerprint, "--yes")

    assert again.exit_code == HALTED, again.output
    assert "met the same failure again" in again.output
    assert len(hook.received) == 2
