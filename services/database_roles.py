"""Roles of the database: a transaction takes the one that its person has, and reaches no more than that opens.

Policies of the tables say whose rows each role reaches. They hold where a query forgets to ask for a scope, and where a
statement is not the one that was written.
"""

from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from sqlalchemy import Connection, text

from services.database import DbSession
from services.permissions import Actor, Permission, Scope


class DatabaseRole(StrEnum):
    """Named for what they see; none owns anything."""

    NOBODY = "console_nobody"
    """Who is not known: what it takes to sign in."""
    OWN = "console_own"
    """People who see their own records."""
    ALL = "console_all"
    """People who see all records, and of files, views and bulk jobs their own."""
    ADMIN = "console_admin"
    """People who see everybody's bulk jobs too, and the trash."""
    WORKER = "console_worker"
    """Deliveries, recoveries, and what is done to claim bulk jobs and exports."""
    UPKEEP = "console_upkeep"
    """What is folded, forgotten and deleted in time; it sees no records."""
    LISTENER = "console_listener"
    """What web processes listen to."""


class Standing(NamedTuple):
    """As whom a transaction is."""

    role: DatabaseRole
    person: UUID | None
    """Whose rows are its own."""
    answerable: UUID | None
    """In whose name it may write history: the person's, or that of who acts as the person."""
    name: str


WORKING = Standing(DatabaseRole.WORKER, None, None, "worker")
"""The worker's, where it is nobody's job."""
KEEPING_UP = Standing(DatabaseRole.UPKEEP, None, None, "worker")
"""Upkeep's."""
NOBODY = Standing(DatabaseRole.NOBODY, None, None, "anonymous")
_STANDING = "standing"
"""Where the ORM session keeps as whom its transactions are."""
_TAKEN = "standing taken"
"""Where it keeps which transaction took which."""
_NAMED = "actor named"
"""Where it keeps whom a transaction named to the triggers, unless somebody else was named since."""
_TAKE = (
    "SELECT set_config('role', %s, true), set_config('console.person', %s, true),"
    " set_config('console.answerable', %s, true), set_config('console.actor', %s, true)"
)
"""All of it ends with the transaction, however that ends, so that the next one on the connection begins without."""
_BE_NOBODY = text(
    "SELECT set_config('role', rolname, true) FROM pg_roles"
    " WHERE rolname = :role AND pg_has_role(oid, 'MEMBER') AND NOT has_table_privilege(:table, 'SELECT')"
)


def role_of(actor: Actor) -> DatabaseRole:
    """The role for what the actor may see."""
    match actor.scope(Permission.SEE_RECORDS), actor.scope(Permission.SEE_BULK_JOBS):
        case Scope.ALL, Scope.ALL:
            return DatabaseRole.ADMIN
        case Scope.ALL, _:
            return DatabaseRole.ALL
        case Scope.OWN, _:
            return DatabaseRole.OWN
    return DatabaseRole.NOBODY


def standing_of(actor: Actor) -> Standing:
    """As whom the actor's transactions are."""
    return Standing(role_of(actor), actor.id, actor.answerable_id, actor.name)


def become(db: DbSession, actor: Actor) -> None:
    """Have this session's transaction, and those that follow, be the actor's."""
    stand(db, standing_of(actor))


def stand(db: DbSession, standing: Standing | None) -> None:
    """Have this session's transaction, and those that follow, reach what `standing` opens.

    Args:
        standing: None leaves the transaction as it is, and those that follow as they would be by themselves.
    """
    db.info[_STANDING] = standing
    if standing is None or not db.in_transaction() or not db.is_active or _is_taken(db, standing):
        return
    connection = db.connection()  # may begin it only now, which takes it
    if not _is_taken(db, standing):
        take(db, connection, standing)


def act_for(db: DbSession, actor: Actor) -> None:
    """Become the actor where the session has a standing at all; one that is the owner's stays so."""
    if standing_in(db) is not None:
        become(db, actor)


def standing_in(db: DbSession) -> Standing | None:
    """As whom the session's transactions are; None where nobody said."""
    standing: Standing | None = db.info.get(_STANDING)
    return standing


def take(db: DbSession, connection: Connection, standing: Standing) -> None:
    """Take it now, for what is left of the transaction."""
    connection.exec_driver_sql(_TAKE, _values(standing))
    transaction = db.get_transaction()
    db.info[_TAKEN], db.info[_NAMED] = (transaction, standing), (transaction, standing.name)


def name(db: DbSession, actor: Actor) -> None:
    """Name the actor to the database's triggers for this transaction, where it has not been done."""
    if db.info.get(_NAMED) != (db.get_transaction() or db, actor.name):
        db.execute(text("SELECT set_config('console.actor', :actor, true)"), {"actor": actor.name})
        db.info[_NAMED] = None  # a savepoint may take it back


def _is_taken(db: DbSession, standing: Standing) -> bool:
    return bool(db.info.get(_TAKEN) == (db.get_transaction(), standing))


def be_nobody_to_read(db: DbSession, table: str) -> None:
    """Take nobody's role for what is left of a transaction that has none, where who connected can't read the table."""
    db.execute(_BE_NOBODY, {"role": NOBODY.role.value, "table": table})


def take_on(driver: psycopg.Connection[Any], standing: Standing) -> None:
    """The same for the transaction that is under way on psycopg's own connection, or begins with this."""
    driver.execute(_TAKE, _values(standing))


def _values(standing: Standing) -> tuple[str, ...]:
    return (str(standing.role), str(standing.person or ""), str(standing.answerable or ""), standing.name)


def option(role: DatabaseRole) -> str:
    """What has a connection be this role's from its beginning, as libpq's `options`."""
    return f"-c role={role}"
