"""`flask console secrets …`: change the keys that hooks and second factors are encrypted with."""

from collections.abc import Callable

import click
from flask import current_app
from flask.cli import AppGroup

from commands.terminal import TERMINAL
from config import Settings
from extensions import db_session, transaction
from services import audit, vault
from services.deploys import rekeying
from services.deploys.rekeying import Step
from services.second_factors import resealing
from services.second_factors.resealing import Count
from services.vault import SealedError

secrets = AppGroup("secrets", help="Change the keys that hooks and second factors are encrypted with.")


@secrets.command("rotate")
@click.option("--every", is_flag=True, help="Look at every hook, as it is done where SECRET_KEY_FALLBACKS is set.")
def rotate(every: bool) -> None:
    """Encrypt anew what an older key encrypts: hooks (HOOK_KEYS), keys of authenticator apps (SECRET_KEY_FALLBACKS).

    After a change of SECRET_KEY, hooks are found by another digest, so that each is looked at. It says which keys may
    go.

    It may be broken off and begun again at any time, while web and workers run.
    """
    keys, every = _secret_keys(), every or len(_secret_keys()) > 1
    try:
        deploys = _all(rekeying.seal_deploys, every)
        trashed = _all(rekeying.seal_trash, every)
    except SealedError as error:
        raise click.ClickException(f"A hook can't be read: {error}") from error
    with transaction(TERMINAL) as db:
        apps = resealing.seal_apps(db, *keys)
        after = {"deploys": deploys, "trashed": trashed, "apps": apps}
        audit.record(db, TERMINAL, "secrets:rotate", None, after=after)
    click.echo(f"{deploys:,} hooks were encrypted anew, and {trashed:,} in the trash.")
    click.echo(f"{apps:,} keys of authenticator apps were encrypted anew.")
    _tell_keys()


@secrets.command("status")
def show_status() -> None:
    """Print which key encrypts how many hooks and authenticator apps; keys are named by the start of their SHA-256."""
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
    _tell_apps(resealing.count(db, *_secret_keys()))


def _tell_apps(apps: Count) -> None:
    """How it stands with SECRET_KEY, which is never named by anything of it."""
    click.echo(f"SECRET_KEY{apps.present:>12,} apps   the present value")
    if len(_secret_keys()) > 1:
        words = "run `rotate`" if apps.earlier else "nothing needs it once its cookies and links have run out"
        click.echo(f"earlier   {apps.earlier:>12,} apps   SECRET_KEY_FALLBACKS; {words}")
    if apps.lost:
        click.echo(f"lost      {apps.lost:>12,} apps   neither opens these: reset the second factor of these people")


def _secret_keys() -> tuple[str, ...]:
    """The present one first."""
    settings: Settings = current_app.extensions["console_settings"]
    return settings.secret_key, *settings.older_secret_keys


def _words(place: int, count: int) -> str:
    if place == 0:
        return "the newest key"
    return "an older key; run `rotate`" if count else "an older key that nothing needs: take it out of HOOK_KEYS"
