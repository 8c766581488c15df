"""`flask console …`: what an operator does from a terminal."""

import click
from flask import Flask
from flask.cli import AppGroup

import accounts
from services.errors import NotFoundError

console = AppGroup("console", help="Operate the console from a terminal.")


def init_app(app: Flask) -> None:
    app.cli.add_command(console)


@console.command("token")
@click.argument("email")
def token(email: str) -> None:
    """Print a bearer token for /api, which may do what the person with this address may."""
    try:
        click.echo(accounts.make_token(email))
    except NotFoundError as error:
        raise click.ClickException(error.message) from error
