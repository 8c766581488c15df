"""Hosts of hooks, as people and programs name them, read as `deploys.host` has them."""

import re

from services.deploys import hooks
from services.errors import InvalidInputError

HOST_LIMIT = 300
"""Characters of a host with its port; a name in the DNS has at most 253."""
_HOST = re.compile(r"[\w.:\[\]-]+")
"""What the names and addresses of hosts are made of, those in other scripts too."""


def parse(text: str | None) -> str:
    """The host that a person or a program names, as deploys have it: lower case, no last dot, no usual port.

    Raises:
        InvalidInputError: it is no host that a hook could have.
    """
    named = (text or "").strip()
    if len(named) > HOST_LIMIT or not _HOST.fullmatch(named):
        raise InvalidInputError("Name a host without a path, such as hooks.example.com.", field="host")
    try:
        url = hooks.parse(f"https://{named}/")
    except InvalidInputError:
        raise InvalidInputError("This is not the name of a host.", field="host") from None
    return hooks.host_of(url)
