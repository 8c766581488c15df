"""As whom the web asks the database: each of its transactions takes the role of who asks, before anything else.

What asks on a terminal, and what migrates, asks as it is connected: as who owns the tables.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import g, has_request_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, event

from services import database_roles, field_rules
from services.database import DbSession
from services.database_roles import NOBODY, Standing
from services.permissions import Actor, Permission


def watch(database: SQLAlchemy) -> None:
    """Have the transactions of all its sessions begin so."""
    event.listen(database.session, "after_begin", begin)


def begin(db: DbSession, transaction: Any, connection: Connection) -> None:
    """Take the role of who asks, unless the transaction is part of one that has."""
    standing = None if transaction.nested else database_roles.standing_in(db) or _of_request()
    if standing is not None:
        database_roles.take(db, connection, standing)
    if has_request_context():
        field_rules.read_first_as(db, g.get("recognised"))


def _of_request() -> Standing | None:
    """Nobody's until it is known who asks: to find that out, a request needs no more."""
    return cast(Standing, g.get("standing", NOBODY)) if has_request_context() else None


def be_as_connected() -> None:
    """Have this request ask as the console connects: to tell what the database lacks, its roles among it."""
    g.standing, g.recognised = None, None


def recognise(db: DbSession, actor: Actor) -> None:
    """From now on this request is the actor's, with all sessions that it begins."""
    g.recognised = actor
    field_rules.read_as(db, actor)
    standing = database_roles.standing_of(actor)
    if g.get("standing", NOBODY) == standing:
        return
    g.standing = standing
    if database_roles.standing_in(db) is None:
        database_roles.stand(db, standing)
        database_roles.stand(db, None)


def closed_fields() -> frozenset[Permission]:
    """The kinds of fields that are closed to who asks; none where it is not known who does, or nobody asks."""
    actor = g.get("recognised") if has_request_context() else None
    return frozenset() if actor is None else field_rules.closed_to(actor)


@contextmanager
def on_behalf_of(db: DbSession, actor: Actor) -> Iterator[None]:
    """Have this session be the actor's meanwhile, whoever asks."""
    before, onlooker = database_roles.standing_in(db), field_rules.onlooker_of(db)
    try:
        if has_request_context():
            database_roles.become(db, actor)
            field_rules.read_as(db, actor)
        yield
    finally:
        database_roles.stand(db, before)
        field_rules.read_for(db, onlooker)
