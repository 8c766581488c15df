"""The vault of the tests: hooks are sealed as they are in service, with a key that only the tests know."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import object_session

from models import Deploy
from services import vault
from services.database import DbSession
from services.deploys import gone, hooks, sealing
from services.vault import Vault

SECRET = "a secret that only the tests know about"
HOOK_KEY = "YSBrZXkgdGhhdCBvbmx5IHRoZSB0ZXN0cyBrbm93IGE="
VAULT = Vault([HOOK_KEY], secret=SECRET)
ENGINE = vault.engine_options(VAULT)
"""What a test's own engine needs to seal and open hooks."""


def hooked(url: str) -> dict[str, str]:
    """The columns of a deploy to this hook."""
    return sealing.columns_of(VAULT, url)._asdict()


def url_of(deploy: Deploy) -> str:
    """The hook that a deploy of some ORM session calls."""
    db = object_session(deploy)
    assert db is not None
    return VAULT.open(deploy.hook_sealed)


def urls_of(db: DbSession) -> list[str]:
    """The hooks of all deploys."""
    return [VAULT.open(token) for token in db.scalars(select(Deploy.hook_sealed))]


def point(deploy: Deploy, url: str) -> None:
    """Have a deploy call another hook."""
    for name, value in hooked(url).items():
        setattr(deploy, name, value)


def mark_gone(db: DbSession, url: str, *, deploy_id: UUID, now: datetime) -> None:
    """Note that a hook answered 410 Gone."""
    gone.mark_many(db, [gone.Found(VAULT.digest(url), hooks.host_of(url), deploy_id)], now=now)
