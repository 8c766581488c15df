"""`flask console second-factor …`: what an operator does for somebody who lost a second factor."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup, with_appcontext

from commands.terminal import TERMINAL
from extensions import transaction
from services import users
from services.errors import NotFoundError
from services.second_factors.reset import reset

second_factor = AppGroup("second-factor", help="Help people who lost their second factor.")


@second_factor.command("reset")
@click.argument("email")
@with_appcontext
def reset_command(email: str) -> None:
    """Remove the app, passkeys and recovery codes of the person with this address, and end their sign-ins.

    Their password alone lets them in then; where their role must have a second factor, they set up a new one first.
    """
    with transaction(TERMINAL) as db:
        person = users.find_by_email(db, email)
        if person is None:
            raise NotFoundError(f"Nobody has the address {email}.")
        reset(db, person.id, actor=TERMINAL, now=datetime.now(UTC))
    click.echo(f"{person.email} has no second factor any more.")
