"""How each secret column is shown, whatever record it is on: one table for lists, details, exports and their jobs."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from services.deploys.hooks import mask
from services.secrets import hidden, without_credentials, without_secrets, without_values


def mask_url(value: Any) -> Any:
    """A hook's URL as it may be shown."""
    return mask(value) if isinstance(value, str) else value


def mask_credentials(value: Any) -> Any:
    """An address without the credentials in it."""
    return without_credentials(value) if isinstance(value, str) else value


MASKS: Mapping[str, Callable[[Any], Any]] = {
    "hook_url": mask_url,
    "vercel_hook_url": mask_url,
    "hook_sealed": hidden,
    "hook_digest": hidden,
    "repo_url": mask_credentials,
    "env_config": without_values,
    "password": hidden,
    "fs_uniquifier": hidden,
    "token_hash": hidden,
}
"""How each secret column is shown, on whatever model it is; none can be searched, filtered or sorted by."""


@cache
def mask_of(name: str) -> Callable[[Any], Any] | None:
    """The mask of a column, possibly one reached through relations (`deploy.hook_url`); None where it needs none."""
    return MASKS.get(name.rpartition(".")[2])


def is_secret(name: str) -> bool:
    """Whether a column, possibly one reached through relations, holds a secret."""
    return mask_of(name) is not None


def masked(name: str, value: Any) -> Any:
    """The value of column `name` as it may be shown; JSON loses the secrets that it holds, too."""
    mask_value = mask_of(name)
    if mask_value is not None:
        return mask_value(value)
    return without_secrets(value) if isinstance(value, dict | list) else value
