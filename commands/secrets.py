"""`flask console secrets …`: change the keys that hooks are encrypted with."""

from collections.abc import Callable

import click
from flask.cli import AppGroup

from commands.terminal import TERMINAL
from extensions import db_session, transaction
from services import audit, vault
from services.deploys import rekeying
from services.deploys.rekeying import Step
from services.vault import SealedError

secrets = AppGroup("secrets", help="Change the keys that hooks are encrypted with.")


@secrets.command("rotate")
@click.option("--every", is_flag=True, help="Look at every hook: SECRET_KEY has changed, so they are found otherwise.")
def rotate(every: bool) -> None:
    """Encrypt hooks anew that an older key of HOOK_KEYS encrypts, and say which keys may go.

    It may be broken off and begun again at any time, while web and workers run.
    """
    try:
        deploys = _all(rekeying.seal_deploys, every)
        trashed = _all(rekeying.seal_trash, every)
    except SealedError as error:
        raise click.ClickException(f"A hook can't be read: {error}") from error
    with transaction(TERMINAL) as db:
        audit.record(db, TERMINAL, "secrets:rotate", None, after={"deploys": deploys, "trashed": trashed})
    click.echo(f"{deploys:,} hooks were encrypted anew, and {trashed:,} in the trash.")
    _tell_keys()


@secrets.command("status")
def show_status() -> None:
    """Print which key encrypts how many hooks; keys are named by the beginning of their SHA-256."""
    _tell_keys()


def _all(act: Callable[..., Step], every: bool) -> int:
    """Take batches, each in a transaction of its own, until none is left."""
    sealed, step = 0, None
    while step is None or step.last is not None:
        with transaction(TERMINAL) as db:
            step = act(db, after=step and step.last, every=every)
        sealed += step.sealed
    return sealed


def _tell_keys() -> None:
    db = db_session()
    counts, known = rekeying.keys_in_use(db), vault.of(db).key_ids
    for place, key in enumerate(known):
        count = counts.get(key, 0)
        click.echo(f"{key}  {count:>12,} hooks  {_words(place, count)}")
    for key, count in sorted((key, count) for key, count in counts.items() if key not in known):
        click.echo(f"{key}  {count:>12,} hooks  HOOK_KEYS lacks it, so these can't be called")


def _words(place: int, count: int) -> str:
    if place == 0:
        return "the newest key"
    return "an older key; run `rotate`" if count else "an older key that nothing needs: take it out of HOOK_KEYS"
