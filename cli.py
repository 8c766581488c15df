"""`flask console …`: what an operator does from a terminal."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click
from email_validator import EmailNotValidError, validate_email
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from commands import database, recoveries, reset_links, second_factors, secrets
from commands.terminal import TERMINAL
from extensions import db_session, transaction
from models import Role, TokenScope
from people import api_tokens, passwords
from services import api_tokens as tokens
from services import seed, users
from services.deploys import hosts, switches
from services.errors import ServiceError


class ConsoleGroup(AppGroup):
    """Commands that say in one line what went wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ServiceError as error:
            raise click.ClickException(error.message) from error
        except OperationalError as error:
            raise click.ClickException(f"The database can't be used: {_first_line(error)}") from error
        except ProgrammingError as error:
            raise click.ClickException(
                f"The database lacks what this needs ({_first_line(error)}); run `flask db upgrade` first."
            ) from error


console = ConsoleGroup("console", help="Operate the console from a terminal.")
console.add_command(recoveries.deploys)
console.add_command(secrets.secrets)
console.add_command(database.database)
console.add_command(reset_links.reset_link)
console.add_command(second_factors.second_factor)


def init_app(app: Flask) -> None:
    app.cli.add_command(console)


@console.command("token")
@click.argument("email")
@click.option("--name", default="From a terminal", show_default=True, help="What the token is called in lists.")
@click.option(
    "--scope",
    default=TokenScope.READ.value,
    show_default=True,
    type=click.Choice([scope.value for scope in TokenScope]),
    help="How far it reaches at most; never further than the person's role.",
)
@click.option(
    "--days",
    default="30",
    show_default=True,
    type=click.Choice([str(days) for days in tokens.LIFETIMES_DAYS]),
    help="How long it lasts.",
)
def token(email: str, name: str, scope: str, days: str) -> None:
    """Make and print a token for /api, which opens it as the person with this address; it is shown this once."""
    click.echo(api_tokens.make_token(email, name=name, scope=scope, days=int(days), actor=TERMINAL))


def _account_options(command: Callable[..., None]) -> Callable[..., None]:
    """What the commands that give people a sign-in have in common."""
    for option in (
        click.argument("email"),
        click.option("--name", help="The person's name; somebody who is there already keeps theirs without it."),
        click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input."),
    ):
        command = option(command)
    return command


@console.command("create-account")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="What they may do.")
@_account_options
def create_account(email: str, role: str, name: str | None, password_stdin: bool) -> None:
    """Let the person with this address sign in, with a password that is asked for.

    For somebody who is there already it sets the role and a new password.
    """
    _let_in(email, Role(role), name, password_stdin)


@console.command("create-admin")
@_account_options
def create_admin(email: str, name: str | None, password_stdin: bool) -> None:
    """Short for `create-account EMAIL --role admin`."""
    _let_in(email, Role.ADMIN, name, password_stdin)


def _let_in(email: str, role: Role, name: str | None, password_stdin: bool) -> None:
    try:
        address = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise click.BadParameter(str(error), param_hint="EMAIL") from error
    password_hash = passwords.hash_new(_read_password(password_stdin), known=[address, name])
    with transaction(TERMINAL) as db:
        users.create_account(db, email=address, name=name, role=role, password_hash=password_hash, actor=TERMINAL)
    click.echo(f"{address} may sign in as {role}.")


@console.command("seed")
@click.option("--sessions", required=True, type=click.IntRange(1, seed.SESSIONS_LIMIT), help="How many to add.")
@click.option("--seed", "number", default=1, type=click.IntRange(0, seed.SEED_LIMIT), help="What chance starts from.")
@click.option("--hooks-at", default="http://127.0.0.1:8011", help="Where the demo's receiver listens.")
def seed_command(sessions: int, number: int, hooks_at: str) -> None:
    """Add made-up onboarding sessions of the last 30 days, with all that belongs to them."""
    with transaction(TERMINAL) as db:
        seed.load(db, sessions=sessions, seed=number, now=datetime.now(UTC), hook_base=hooks_at, report=_report)


def _report(table: str, rows: int) -> None:
    click.echo(f"{table:20} {rows:>12,} rows")


@console.group("deliveries", cls=ConsoleGroup, help="Pause and resume deliveries, and see where deploys wait.")
def deliveries() -> None:
    """The commands below belong to it."""


_host_option = click.option("--host", help="One host, as its hooks have it; without it, all.")


@deliveries.command("pause")
@_host_option
@click.option("--reason", required=True, help="Why, for all who see the console.")
def pause_deliveries(host: str | None, reason: str) -> None:
    """Have deploys wait; what is under way ends as it would."""
    with transaction(TERMINAL) as db:
        pause = switches.pause(db, host=host, reason=reason, actor=TERMINAL, now=datetime.now(UTC))
        click.echo(f"Deliveries{_to(pause.host)} are paused.")


@deliveries.command("resume")
@_host_option
def resume_deliveries(host: str | None) -> None:
    """Let deploys go on; other switches stay as they are."""
    with transaction(TERMINAL) as db:
        switches.resume(db, host=host, actor=TERMINAL, now=datetime.now(UTC))
    click.echo(f"Deliveries{_to(host)} go on.")


@deliveries.command("status")
def show_deliveries() -> None:
    """Print what is paused, and how many deploys wait for each host."""
    db, limits = db_session(), current_app.extensions["console_limits"]
    pauses = switches.pauses(db)
    for pause in pauses:
        since = pause.paused_at.astimezone(UTC)
        click.echo(
            f"Deliveries{_to(pause.host)} are paused by {pause.paused_by} since {since:%F %T} UTC: {pause.reason}"
        )
    if not pauses:
        click.echo("Nothing is paused.")
    overview = hosts.overview(db, limits=limits, now=datetime.now(UTC))
    if overview.hosts:
        click.echo(_HOST_LINE.format("due", "later", "under way", "circuit", "host"))
    for state in overview.hosts:
        counts = map(_so_many, (state.due, state.later, state.under_way))
        click.echo(_HOST_LINE.format(*counts, state.circuit.replace("_", "-"), state.host or "(none)"))
    if overview.next_start is not None:
        click.echo("More hosts are on the console.")


_HOST_LINE = "{:>10} {:>10} {:>10}  {:9}  {}"


def _so_many(count: int) -> str:
    return f"{count:,}{'+' if count >= hosts.COUNTED else ''}"


def _to(host: str | None) -> str:
    return f" to {host.strip()}" if host else ""


def _read_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _first_line(error: OperationalError | ProgrammingError) -> str:
    return str(error.orig).partition("\n")[0]
