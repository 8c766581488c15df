"""`flask console database …`: whom web and worker connect to the database as."""

import click
from flask.cli import AppGroup

from commands.terminal import TERMINAL
from extensions import transaction
from services import audit, database_logins
from services.database_logins import Process

database = AppGroup("database", help="Prepare the logins by which web and worker connect to the database.")


@database.command("grant")
@click.argument("login")
@click.option(
    "--for",
    "process",
    required=True,
    type=click.Choice([process.value for process in Process]),
    help="Who connects by it.",
)
def grant(login: str, process: str) -> None:
    """Have LOGIN, which is there already, become what web or worker becomes, and be nothing else.

    Run it as the owner of the tables; again after an upgrade that adds roles.
    """
    with transaction(TERMINAL) as db:
        if database_logins.grant(db, login, Process(process)):
            audit.record(db, TERMINAL, "database:grant", None, after={"login": login, "process": process})
    click.echo(f"{login} is {process}'s login: by itself it reads and writes nothing.")
