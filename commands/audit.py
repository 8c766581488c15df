"""`flask console audit …`: whether the history is what was sealed."""

from typing import TextIO

import click
from flask import Flask
from flask.cli import with_appcontext
from sqlalchemy import text

from cli import console
from extensions import db_session
from services import chain
from services.chain import Report

NOT_WHOLE = 1
"""The exit code where something does not fit."""
_ONE_MOMENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def init_app(app: Flask) -> None:
    """Put them among the console's commands."""
    console.add_command(audit)


@click.group("audit")
def audit() -> None:
    """Look after the audit trail."""


@audit.command("verify")
@click.option(
    "--expect", metavar="DIGEST", help="A seal's digest that was kept elsewhere; the chain must hold it still."
)
@click.option(
    "--log",
    type=click.File(errors="replace"),
    help="The workers’ log, or - for standard input; the chain must hold all seals that it tells of.",
)
@click.pass_context
@with_appcontext
def verify(context: click.Context, expect: str | None, log: TextIO | None) -> None:
    """Compute the chain anew from the events, and name the first event that does not fit.

    Prints the newest seal's digest: keep it where whoever rules the database does not; workers log it as well. Exits
    with 1 where an event or a seal was altered, deleted or inserted.
    """
    db = db_session()
    db.execute(_ONE_MOMENT)
    report = chain.verify(db, expect=expect, logged=None if log is None else chain.read_log(log))
    _print(report)
    db.rollback()
    context.exit(NOT_WHOLE if report.fault else 0)


def _print(report: Report) -> None:
    click.echo(f"{_events(report.sealed)} sealed, in {report.seals:,} seal{'s'[: report.seals != 1]}.")
    if report.purge is not None:
        times = f"{report.removed_before:%F %T} UTC", f"{report.purge.purged_at:%F %T} UTC"
        click.echo("{} from before {} removed by retention, last on {}.".format(_events(report.removed), *times))
    if report.loaded:
        click.echo(f"{report.loaded:,} of the seals {_have(report.loaded)} past events that were loaded.")
    since = f", the oldest of {report.unsealed_since:%F %T} UTC" if report.unsealed_since else ""
    click.echo(f"{_events(report.unsealed)} not sealed yet{since}.")
    if report.newest is not None:
        click.echo(f"Newest seal: {report.newest.seq}, {report.newest.sealed_at:%F %T} UTC")
        click.echo(f"Its digest:  {report.newest.digest.hex()}")
    if report.logged:
        click.echo(f"The chain holds {report.logged:,} of the log’s seals.")
    click.echo(_printable(report.fault) if report.fault else "The chain is intact.")


def _events(count: int) -> str:
    return "1 event" if count == 1 else f"{count:,} events"


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _printable(words: str) -> str:
    """Other people's text without what a terminal would obey."""
    return "".join(character if character.isprintable() else "�" for character in words)
