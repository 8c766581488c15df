"""`flask console …`: what an operator does from a terminal."""

from flask import Flask
from flask.cli import AppGroup

console = AppGroup("console", help="Operate the console from a terminal.")


def init_app(app: Flask) -> None:
    app.cli.add_command(console)
