"""`flask console deploys …`: recover many deploys from a terminal, follow the recovery, and control it."""

from collections.abc import Callable
from datetime import UTC, datetime
from time import sleep
from typing import Any
from uuid import UUID

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from commands.terminal import TERMINAL
from extensions import db_session, transaction
from models import ErrorKind, Recovery, RecoveryStatus
from services import users
from services.deploys import recovery
from services.deploys.recovery import Preview, Progress
from services.deploys.recovery.selection import words
from services.deploys.recovery.titles import titles
from services.ids import parse_id
from services.permissions import Actor

LOOK_S = 0.5
"""How often the progress bar looks."""
NOT_ALL_WELL, HALTED, ABORTED, INTERRUPTED = 3, 4, 5, 130
"""Exit codes beside 0 (finished, none failed), 1 (refused) and 2 (a wrong option)."""

_STOPPED = (RecoveryStatus.HALTED, RecoveryStatus.ABORTED)

deploys = AppGroup("deploys", help="Recover deploys that were given up.")


def _criteria(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say which deploys."""
    times = "a time in UTC, or how long ago: 90m, 1h, 2d"
    for option in (
        click.option("--group", help="A failure group, by its id or fingerprint."),
        click.option("--host", help="The hooks' host."),
        click.option("--failed-since", help=f"The newest attempt was made since then: {times}."),
        click.option("--failed-until", help="The newest attempt was made until then."),
        click.option("--status-code", help="What the newest attempt was answered."),
        click.option("--error-kind", help=f"Why it got no answer: {', '.join(ErrorKind)}."),
        click.option("--deploy", "deploy_ids", multiple=True, help="A deploy, by its id; may be given many times."),
        click.option("--recovery", help="Only what failed in this earlier recovery."),
        click.option("--all", is_flag=True, help="Every dead-lettered deploy."),
    ):
        command = option(command)
    return command


@deploys.command("recover")
@_criteria
@click.option("--halt-share", default=f"{recovery.HALT_SHARE:.0%}", help="The share of failures that halts it.")
@click.option("--dry-run", is_flag=True, help="Only print what would happen.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.option("--detach", is_flag=True, help="Don't follow it to its end.")
@click.option("--as", "email", help="Act as the person with this address.")
@click.pass_context
def recover(
    context: click.Context,
    deploy_ids: tuple[str, ...],
    halt_share: str,
    dry_run: bool,
    yes: bool,
    detach: bool,
    email: str | None,
    **criteria: Any,
) -> None:
    """Replay many dead-lettered deploys, in waves that halt by themselves.

    Exits with 0 when all went well, 3 when some failed, 4 when it halted, 5 when it was aborted, and 130 when it was
    left to itself with Ctrl-C; with 1 and one line where nothing could be started.
    """
    actor = _actor(email)
    fields = {name: "1" if value is True else value or "" for name, value in criteria.items()}
    share = recovery.parse_share(halt_share)
    preview = _preview(actor, fields | {"deploys": ",".join(deploy_ids)})
    _print_preview(preview)
    if dry_run:
        return
    if preview.total and not yes:
        click.confirm(f"Recover {_deploys(preview.total)}?", abort=True)
    recovery_id, total = _start(actor, preview, share)
    click.echo(f"Recovery {recovery_id} has begun with one of {_deploys(total)}.")
    if not detach:
        context.exit(_follow(recovery_id))


@deploys.group("recoveries", invoke_without_command=True)
@click.pass_context
@with_appcontext
def recoveries(context: click.Context) -> None:
    """List the newest recoveries; or pause, resume or abort one."""
    if context.invoked_subcommand:
        return
    rows = recovery.recent(db_session(), actor=TERMINAL)
    for row in rows:
        came_to = ", ".join(f"{count:,} {status}" for status, count in (row.tally or {}).items())
        started = f"{row.created_at.astimezone(UTC):%F %T} UTC"
        click.echo(
            f"{row.id}  {row.status:8}  {started}  {_deploys(row.total)} ({_words(row.selection)})"
            f"{f': {came_to}' if came_to else f', wave {row.wave}'}"
        )
    if not rows:
        click.echo("There is no recovery yet.")


def _control(command: Callable[..., None]) -> Callable[..., None]:
    """What the commands that control a recovery have in common."""
    for option in (
        click.argument("recovery_id", metavar="ID"),
        click.option("--reason", help="Why, for the audit trail."),
        click.option("--as", "email", help="Act as the person with this address."),
    ):
        command = option(command)
    return command


@recoveries.command("pause")
@_control
def pause(recovery_id: str, reason: str | None, email: str | None) -> None:
    """Stop a running recovery until it is resumed."""
    _act(recovery.pause, recovery_id, email, reason=reason)


@recoveries.command("resume")
@_control
@click.option("--anyway", is_flag=True, help="Go on though it halted by itself.")
def resume(recovery_id: str, reason: str | None, email: str | None, anyway: bool) -> None:
    """Go on with a paused recovery."""
    _act(recovery.resume, recovery_id, email, reason=reason, anyway=anyway)


@recoveries.command("abort")
@_control
def abort(recovery_id: str, reason: str | None, email: str | None) -> None:
    """End a recovery for good; what was not sent stays dead-lettered."""
    _act(recovery.abort, recovery_id, email, reason=reason)


@recoveries.command("follow")
@click.argument("recovery_id", metavar="ID")
@click.pass_context
def follow(context: click.Context, recovery_id: str) -> None:
    """Show a recovery's progress to its end; exits as `recover` does."""
    context.exit(_follow(parse_id(recovery_id)))


def _actor(email: str | None) -> Actor:
    if email is None:
        return TERMINAL
    user = users.find_by_email(db_session(), email) if "\x00" not in email else None
    if user is None or not user.active:
        raise click.BadParameter("Nobody with this address may sign in.", param_hint="--as")
    return Actor(id=user.id, name=user.email, role=user.role, origin="cli")


def _act(act: Callable[..., Recovery], recovery_id: str, email: str | None, **more: Any) -> None:
    actor = _actor(email)
    with transaction(actor) as db:
        status = act(db, parse_id(recovery_id), actor=actor, now=datetime.now(UTC), **more).status
    click.echo(f"The recovery is {status}.")


def _preview(actor: Actor, fields: dict[str, str]) -> Preview:
    db, now = db_session(), datetime.now(UTC)
    selection = recovery.parse(db, fields, now=now)
    limits = current_app.extensions["console_limits"]
    preview = recovery.preview(db, actor=actor, selection=selection, limits=limits, now=now)
    db.rollback()
    return preview


def _start(actor: Actor, preview: Preview, share: float) -> tuple[UUID, int]:
    with transaction(actor) as db:
        started = recovery.start(
            db,
            actor=actor,
            selection=preview.selection,
            as_of=preview.as_of,
            halt_share=share,
            limits=current_app.extensions["console_limits"],
            now=datetime.now(UTC),
        )
        return started.id, started.total


def _print_preview(preview: Preview) -> None:
    click.echo(f"{_deploys(preview.total)} would be replayed: {_words(preview.selection.as_json())}.")
    if preview.oldest and preview.newest:
        click.echo(f"  failed from {preview.oldest:%F %T} to {preview.newest:%F %T} UTC")
        click.echo(f"  in waves of {', then '.join(f'{size:,}' for size in preview.waves)}")
        click.echo(f"  in about {preview.seconds:,} s at today's limits")
    for group in preview.groups:
        click.echo(f"  {group.deploys:>9,}  {_printable(group.title)}")
    if preview.group_count > len(preview.groups):
        click.echo(f"             and {preview.group_count - len(preview.groups):,} more failure groups")
    for host in preview.hosts:
        held = " (paused)" if host.paused else " (its circuit is open)" if host.open_until else ""
        click.echo(f"  {host.deploys:>9,}  to {_printable(host.host) or 'no host'}{held}")
    if preview.host_count > len(preview.hosts):
        click.echo(f"             and {preview.host_count - len(preview.hosts):,} more hosts")
    for deploy in preview.sample:
        click.echo(f"  such as {deploy.id}  {deploy.failed_at:%F %T} UTC  {_printable(deploy.hook)}")
    for why, count in preview.skipped.items():
        click.echo(f"  {count:>9,}  left out: {why.words}")


def _follow(recovery_id: UUID) -> int:
    """Show a bar until the recovery stops; the exit code that says how."""
    try:
        progress = _watch(recovery_id)
    except KeyboardInterrupt:
        click.echo(f"\nThe recovery goes on. `flask console deploys recoveries pause {recovery_id}` pauses it,")
        click.echo(f"`… abort {recovery_id}` ends it, and `… follow {recovery_id}` shows its progress again.")
        return INTERRUPTED
    counts = ", ".join(f"{count:,} {status}" for status, count in progress.all.counts.items() if count)
    click.echo(f"It is {progress.recovery.status}: {counts}.")
    if progress.recovery.status_reason:
        click.echo(_printable(progress.recovery.status_reason))
    return _exit_code(progress)


def _watch(recovery_id: UUID) -> Progress:
    progress, told = _look(recovery_id), ""
    with click.progressbar(length=progress.recovery.total, label="Recovering", show_pos=True) as bar:
        while True:
            bar.label = f"Recovering, wave {progress.recovery.wave}"
            bar.update(progress.all.ended - bar.pos)
            if progress.recovery.ended_at or progress.recovery.status in _STOPPED:
                return progress
            waits = "; ".join(progress.held_up) or str(progress.recovery.status)
            if waits not in (told, RecoveryStatus.RUNNING):
                click.echo(f"\nIt waits: {_printable(waits)}")
                told = waits
            sleep(LOOK_S)
            progress = _look(recovery_id)


def _look(recovery_id: UUID) -> Progress:
    """How far it is, without holding a transaction open in between."""
    db = db_session()
    progress = recovery.get_progress(db, recovery_id, actor=TERMINAL)
    db.expunge_all()
    db.rollback()
    return progress


def _exit_code(progress: Progress) -> int:
    match progress.recovery.status:
        case RecoveryStatus.HALTED:
            return HALTED
        case RecoveryStatus.ABORTED:
            return ABORTED
        case _:
            return NOT_ALL_WELL if progress.all.of("failed") else 0


def _words(selection: dict[str, Any]) -> str:
    """A selection as the pages tell it, its failure group by what that is called."""
    named = {selection["group"]} if "group" in selection else set()
    return _printable(words(selection, titles(db_session(), named)))


def _deploys(count: int) -> str:
    return "1 deploy" if count == 1 else f"{count:,} deploys"


def _printable(text: str) -> str:
    """Other people's text without what a terminal would obey."""
    return "".join(character if character.isprintable() else "�" for character in text)
