"""Hosts of hooks, named as `deploys.host` names them: by the database's own expression, so that they never differ."""

import re
from collections.abc import Collection

from sqlalchemy import Text, column, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY

from models.deploy import HOST_SQL
from services.database import DbSession
from services.deploys import hooks
from services.errors import InvalidInputError

HOST_LIMIT = 300
"""Characters of a host with its port; a name in the DNS has at most 253."""
_HOST = re.compile(r"[\w.:\[\]-]+")
"""What the names and addresses of hosts are made of, those in other scripts too."""


def of_urls(db: DbSession, urls: Collection[str]) -> dict[str, str]:
    """The host of each URL; an empty one where it names none."""
    if not urls:
        return {}
    unnested = func.unnest(literal(list(urls), ARRAY(Text()))).table_valued(column("hook_url", Text()), name="given")
    given = unnested.render_derived()
    named = select(given.c.hook_url, literal_column(HOST_SQL).label("host"))
    return {row.hook_url: row.host for row in db.execute(named)}


def parse(db: DbSession, text: str | None) -> str:
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
    return of_urls(db, [url])[url]
