"""`flask console reset-link …`: what an operator does for somebody who lost a password."""

import click
from flask.cli import with_appcontext

from commands.terminal import TERMINAL
from extensions import transaction
from people import reset_links
from services import passwords, users
from services.errors import NotFoundError


@click.command("reset-link")
@click.argument("email")
@with_appcontext
def reset_link(email: str) -> None:
    """Print a link by which the person with this address chooses a new password, once and within the hour."""
    with transaction(TERMINAL) as db:
        person = users.find_by_email(db, email)
        if person is None:
            raise NotFoundError(f"Nobody has the address {email}.")
        link = reset_links.link_for(passwords.allow_reset(db, person.id, actor=TERMINAL))
    click.echo(link)
