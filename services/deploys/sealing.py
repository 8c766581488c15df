"""A deploy's hook as it is stored: sealed, and what may be known of it without a key."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from models import Deploy
from services import vault
from services.database import DbSession
from services.deploys import hooks
from services.vault import Vault


class HookColumns(NamedTuple):
    """The columns of `deploys` that tell of its hook, under their names."""

    hook_sealed: str
    hook_key: str
    hook_digest: str
    hook_masked: str
    host: str


def columns_of(keeper: Vault, url: str) -> HookColumns:
    """What is stored of a hook's URL."""
    sealed = keeper.seal(url)
    return HookColumns(sealed.token, sealed.key_id, keeper.digest(url), hooks.mask(url), hooks.host_of(url))


def fields_of(db: DbSession, url: str) -> Mapping[str, Any]:
    """As `columns_of`, with the vault of the session: keyword arguments of `Deploy`."""
    return columns_of(vault.of(db), url)._asdict()


def url_of(db: DbSession, deploy: Deploy) -> str:
    """The URL itself, to be called or revealed and for nothing else.

    Raises:
        SealedError: no key of this process opens it.
    """
    return vault.of(db).open(deploy.hook_sealed)
