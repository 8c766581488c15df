"""Logins of the database: web and worker sign in as somebody who owns nothing, and may only become their roles.

By themselves they read and write nothing, so that a statement that somebody smuggled in gets no further by `RESET ROLE`
than the roles that its process takes anyway: it drops no policy, and rewrites no history.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.exc import ProgrammingError

from services.database import DbSession
from services.database_roles import DatabaseRole
from services.errors import ConflictError, NotFoundError


class Process(StrEnum):
    """Who signs in."""

    WEB = "web"
    WORKER = "worker"


ROLES = {
    Process.WEB: frozenset(
        {DatabaseRole.NOBODY, DatabaseRole.OWN, DatabaseRole.ALL, DatabaseRole.ADMIN, DatabaseRole.LISTENER}
    ),
    Process.WORKER: frozenset(
        {
            DatabaseRole.WORKER,
            DatabaseRole.UPKEEP,
            DatabaseRole.NOBODY,
            DatabaseRole.OWN,
            DatabaseRole.ALL,
            DatabaseRole.ADMIN,
        }
    ),
}
"""The roles that each process takes; a worker takes those of people for their bulk jobs and exports."""
SET_APART = 160_000
"""The version of PostgreSQL since which a grant says whether who is granted a role has it, or may become it."""
_NEVER = (
    ("rolsuper", "is a superuser"),
    ("rolbypassrls", "bypasses row-level security"),
    ("rolreplication", "may replicate the whole server"),
    ("rolcreaterole", "may create roles"),
    ("rolcreatedb", "may create databases"),
    ("owns", "owns tables or other things"),
)
"""What no grant mends: the login is somebody else's, or is for something else."""
_WHAT_IT_IS = text("""
    SELECT r.*,
        EXISTS (
            SELECT FROM pg_shdepend d
            WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid AND d.deptype = 'o'
            AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
        ) AS owns,
        ARRAY(
            SELECT g.rolname::text FROM pg_roles g
            WHERE g.oid <> r.oid AND g.rolname <> ALL(:roles) AND pg_has_role(r.oid, g.oid, 'MEMBER') ORDER BY 1
        ) AS strange,
        ARRAY(SELECT name FROM unnest(CAST(:roles AS text[])) name WHERE to_regrole(name) IS NULL ORDER BY 1) AS unmade,
        ARRAY(
            SELECT g.rolname::text FROM pg_roles g
            WHERE g.rolname = ANY(:roles) AND NOT pg_has_role(r.oid, g.oid, :become) ORDER BY 1
        ) AS lacking,
        ARRAY(
            SELECT g.rolname::text FROM pg_roles g
            WHERE g.rolname = ANY(:roles) AND pg_has_role(r.oid, g.oid, 'USAGE') ORDER BY 1
        ) AS inherited,
        ARRAY(
            SELECT g.rolname::text FROM pg_roles g
            WHERE g.rolname = ANY(:roles) AND pg_has_role(r.oid, g.oid, 'MEMBER WITH ADMIN OPTION') ORDER BY 1
        ) AS handed_on,
        ARRAY(
            SELECT c.relname::text FROM pg_class c
            WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid AND e.deptype = 'e')
            AND (
                has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
                OR has_table_privilege(r.oid, c.oid, 'DELETE, TRUNCATE, TRIGGER')
            ) ORDER BY 1
        ) AS open,
        current_schema() AS schema,
        current_database() AS database,
        has_database_privilege(r.oid, current_database(), 'CONNECT') AS connects,
        has_database_privilege(r.oid, current_database(), 'CREATE') AS makes_schemas,
        has_schema_privilege(r.oid, current_schema(), 'USAGE') AS looks_in,
        has_schema_privilege(r.oid, current_schema(), 'CREATE') AS makes_tables
    FROM pg_roles r WHERE r.rolname = :login
""")


def find_faults(db: DbSession, login: str, process: Process) -> list[str]:
    """What keeps the login from being one of `process`, the worst first; empty where nothing does.

    Each is what follows its name, such as "is a superuser". Anybody may ask.

    Raises:
        NotFoundError: there is no such login.
    """
    return list(_faults(_look(db, login, process)))


def find_own_faults(db: DbSession, process: Process) -> tuple[str, list[str]]:
    """The login that this very connection is, and its faults."""
    login: str = db.scalars(text("SELECT session_user")).one()
    return login, find_faults(db, login, process)


def are_roles_made(db: DbSession) -> bool:
    """Whether the migrations that make the roles have run."""
    return db.scalar(text("SELECT to_regrole(:role)"), {"role": DatabaseRole.NOBODY.value}) is not None


def make(db: DbSession, login: str) -> None:
    """Make a login that has no password, if there is none of this name."""
    if db.scalar(text("SELECT to_regrole(:login)"), {"login": login}) is None:
        db.execute(text(f"CREATE ROLE {_quoted(db, login)} LOGIN NOINHERIT"))


def grant(db: DbSession, login: str, process: Process) -> bool:
    """Let an existing login become what `process` becomes, and nothing else.

    In a schema in which everybody may create things, as in those of PostgreSQL 14, only its owner may afterwards.

    Returns:
        Whether anything had to be done.

    Raises:
        NotFoundError: there is no such login.
        ConflictError: it can't be one of `process`, or who asks may not make it one; the message says why.
    """
    now = _look(db, login, process)
    if not list(_faults(now)):
        return False
    if never := [words for name, words in _NEVER if now[name]]:
        raise ConflictError(f"{login} can't be {process}'s login: it {never[0]}.")
    if now["unmade"]:
        raise ConflictError(f"There is no role {now['unmade'][0]} yet; run `flask db upgrade` first.")
    statements = list(_statements(db, login, process, now))
    try:
        with db.begin_nested():
            for statement in statements:
                db.execute(text(statement))
    except ProgrammingError as error:
        why = str(error.orig).partition("\n")[0]
        raise ConflictError(
            f"You may not do it ({why}); have an administrator of the server run: {' '.join(statements)}"
        ) from error
    if left := find_faults(db, login, process):
        raise ConflictError(f"{login} can't be {process}'s login: it {left[0]}.")
    return True


def _look(db: DbSession, login: str, process: Process) -> RowMapping:
    become = "SET" if _version(db) >= SET_APART else "MEMBER"
    asked: dict[str, Any] = {"login": login, "roles": sorted(ROLES[process]), "become": become}
    found = db.execute(_WHAT_IT_IS, asked).mappings().one_or_none()
    if found is None:
        raise NotFoundError(f"There is no login {login}; make one: CREATE ROLE {login} LOGIN NOINHERIT PASSWORD '…';")
    return found


def _faults(now: RowMapping) -> Iterator[str]:
    yield from (words for name, words in _NEVER if now[name])
    lists = (
        ("strange", "is a member of {}"),
        ("open", "reads or writes by itself: {}"),
        ("handed_on", "may hand on {}"),
        ("inherited", "has the rights of {} without becoming it"),
        ("unmade", "can't become {}, which there is not yet"),
        ("lacking", "can't become {}"),
    )
    yield from (words.format(", ".join(now[name])) for name, words in lists if now[name])
    if now["makes_schemas"]:
        yield "may create schemas in the database"
    if now["makes_tables"]:
        yield f"may create tables and functions in the schema {now['schema']}"
    if not (now["rolcanlogin"] and now["connects"] and now["looks_in"]):
        yield "can't sign in to the database, or can't look into its schema"


def _statements(db: DbSession, login: str, process: Process, now: RowMapping) -> Iterator[str]:
    """What makes it so, each as an administrator would write it."""
    name, schema, database = (_quoted(db, plain) for plain in (login, now["schema"], now["database"]))
    roles = ", ".join(sorted(ROLES[process]))
    if strange := sorted(set(now["strange"]) & {role.value for role in DatabaseRole}):
        yield f"REVOKE {', '.join(strange)} FROM {name};"
    if _version(db) >= SET_APART:
        yield f"GRANT {roles} TO {name} WITH INHERIT FALSE, SET TRUE, ADMIN FALSE;"
    else:
        if now["rolinherit"]:
            yield f"ALTER ROLE {name} NOINHERIT;"
        yield f"GRANT {roles} TO {name};"
    yield f"GRANT CONNECT ON DATABASE {database} TO {name};"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {name};"
    if now["makes_tables"]:
        yield f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {name};"


def _quoted(db: DbSession, name: str) -> str:
    quoted: str = db.scalars(text("SELECT quote_ident(:name)"), {"name": name}).one()
    return quoted


def _version(db: DbSession) -> int:
    version: int = db.scalars(text("SELECT current_setting('server_version_num')::int")).one()
    return version
