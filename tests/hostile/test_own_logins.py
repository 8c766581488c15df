"""Whoever smuggles statements of their own to web or worker: as its login, and as each role that it may become."""

from contextlib import contextmanager, suppress

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import func, select, text

from config import libpq_url
from logins import OWN
from models import OnboardingSession, Role
from services import audit, chain
from services.database_logins import ROLES, Process
from services.database_roles import DatabaseRole, option
from tests import database_logins
from tests.conftest import NOW, actor_of
from tests.records import Records

HISTORY = ("audit_events", "audit_links", "audit_seals", "audit_purges", "audit_heads", "status_changes")
RECORDS = ("onboarding_sessions", "projects", "rooms", "deploys", "deploy_attempts", "session_texts", "status_changes")
WAYS_BACK = (
    "RESET ROLE",
    "SET ROLE NONE",
    "SET SESSION AUTHORIZATION DEFAULT",
    "RESET SESSION AUTHORIZATION",
    "RESET ALL",
    "DISCARD ALL",
)
GUARDS = (
    "SELECT tgrelid::regclass::text, tgname, tgenabled, tgfoid::regprocedure::text, prosrc FROM pg_trigger t"
    " JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT tgisinternal ORDER BY 1, 2",
    "SELECT * FROM pg_policies ORDER BY tablename, policyname",
    "SELECT relname, relowner, relacl::text, relrowsecurity FROM pg_class WHERE relkind = 'r' ORDER BY 1",
)
CALLS = ("console_failed_sign_ins('::1', 1)", "console_analyze_bulk_items()", "console_analyze_recovery_items()")
"""Functions that run as the owner of the tables, besides what is no more than a trigger."""
VIEWED = {
    "audit_events": "pg_temp.mine() AS origin, 'user:fail_sign_in' AS tag, now() AS at",
    "bulk_items": "pg_temp.mine() AS a",
    "recovery_items": "pg_temp.mine() AS a",
}
OURS = "pronamespace = 'public'::regnamespace"
ATTACKS = (
    *(f"DELETE FROM {table}" for table in HISTORY),  # noqa: S608
    *(f"TRUNCATE {table} CASCADE" for table in HISTORY),
    "UPDATE audit_events SET actor = 'somebody else'",
    "UPDATE audit_links SET digest = ''",
    "UPDATE audit_seals SET digest = ''",
    "UPDATE audit_purges SET events = 0",
    "UPDATE status_changes SET actor = 'somebody else'",
    "MERGE INTO audit_events e USING (SELECT 1) o ON true WHEN MATCHED THEN DELETE",
    "INSERT INTO audit_events SELECT * FROM audit_events ON CONFLICT (id) DO UPDATE SET actor = 'somebody else'",
    "ALTER TABLE audit_events DISABLE TRIGGER ALL",
    "ALTER TABLE audit_events DISABLE TRIGGER audit_events_append_only",
    "ALTER TABLE audit_events ENABLE REPLICA TRIGGER audit_events_append_only",
    "DROP TRIGGER audit_events_append_only ON audit_events",
    "CREATE TRIGGER mine BEFORE INSERT ON audit_events EXECUTE FUNCTION console_refuse_change()",
    "CREATE RULE mine AS ON INSERT TO audit_events DO INSTEAD NOTHING",
    "DROP POLICY own ON audit_events",
    "CREATE POLICY mine ON audit_events USING (true)",
    "ALTER TABLE audit_events DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE audit_events OWNER TO CURRENT_USER",
    "ALTER TABLE audit_events RENAME TO gone",
    "ALTER FUNCTION console_refuse_change() RENAME TO gone",
    "CREATE OR REPLACE FUNCTION console_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "DROP TABLE audit_events CASCADE",
    "DROP SCHEMA public CASCADE",
    "SET session_replication_role = replica",
    "CREATE TABLE mine (id int)",
    "CREATE FUNCTION lower(uuid) RETURNS text LANGUAGE sql AS 'SELECT NULL'",
    "CREATE SCHEMA mine",
    "CREATE EXTENSION dblink",
    "CREATE ROLE mine LOGIN",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    "ALTER SYSTEM SET fsync = off",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT ALL ON TABLES TO PUBLIC",
    "GRANT {owner} TO CURRENT_USER",
    "REASSIGN OWNED BY {owner} TO CURRENT_USER",
    "COPY (SELECT 1) TO PROGRAM 'cat > /dev/null'",
    "COPY (SELECT 1) TO '/tmp/mine'",
    "COPY pg_temp.mine FROM '/etc/passwd'",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT rolpassword FROM pg_authid",
    "SELECT passwd FROM pg_shadow",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{owner}'",
)
"""Each is refused; or fails earlier, for want of something."""
WITHOUT_EFFECT = ("GRANT ALL ON audit_events TO PUBLIC", "REVOKE ALL ON audit_events FROM PUBLIC, console_worker")
"""What PostgreSQL warns of, and does not do."""


@pytest.fixture
def full(fresh_db):
    """Records and a sealed history; whose records they are."""
    make = Records(fresh_db, NOW)
    member, other = make.user(role=Role.MEMBER), make.user(role=Role.MEMBER)
    for owner in (member, other):
        session, project = make.session(user=owner), make.project(owner=owner, status="prompt_ready")
        make.attempt(deploy=make.deploy(session=session))
        make.room(project=project)
        project.status = "code_generated"
        audit.record(fresh_db, actor_of(owner), "session:start", session.id)
    make.save()
    with fresh_db.begin():
        chain.seal(fresh_db, now=NOW)
    return member.id


@contextmanager
def login(url, process, role=None, person=None):
    """A connection of the process's login, as it is in service, which has become a role, or is itself again."""
    begun = f"-c lock_timeout=5s {option(DatabaseRole.WORKER) if process is Process.WORKER else ''}"
    with psycopg.connect(libpq_url(database_logins.of(url, process)), autocommit=True, options=begun) as connection:
        become(connection, role, person)
        yield connection


def become(connection, role, person=None):
    connection.execute("SET ROLE NONE")
    if role is not None:
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
    connection.execute("SELECT set_config('console.person', %s, false)", [str(person or "")])


def was_done(connection, statement):
    """Whether PostgreSQL did it."""
    with suppress(psycopg.Error):
        connection.execute(statement)
        return True
    return False


def told(db):
    """History and what guards it, as the owner reads it."""
    rows = [db.execute(text(f"SELECT to_jsonb(t) FROM {table} t ORDER BY 1")).all() for table in HISTORY]  # noqa: S608
    guards = [db.execute(text(query)).all() for query in GUARDS]
    db.rollback()
    return rows, guards


def tables(db):
    query = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
    return db.scalars(text(query)).all()


@pytest.mark.parametrize("process", Process)
def test_as_no_role_in_reach_anybody_changes_history_or_what_guards_it(fresh_db, fresh_database_url, full, process):
    before, owner = told(fresh_db), fresh_db.scalar(text("SELECT current_user"))
    fresh_db.rollback()

    with login(fresh_database_url, process) as connection:
        for role in (None, *sorted(ROLES[process])):
            for attack in (*ATTACKS, *WITHOUT_EFFECT):
                become(connection, role)
                assert not was_done(connection, attack.format(owner=owner)) or attack in WITHOUT_EFFECT, (role, attack)

    assert told(fresh_db) == before
    assert all(rows for table, rows in zip(HISTORY, before[0], strict=True) if table != "audit_purges")


@pytest.mark.parametrize("process", Process)
def test_whoever_goes_back_to_the_login_reads_and_writes_nothing(fresh_db, fresh_database_url, full, process):
    with login(fresh_database_url, process) as connection:
        for role in sorted(ROLES[process]):
            for way in WAYS_BACK:
                become(connection, role)
                connection.execute(way)
                connection.execute("SET ROLE NONE")  # a worker's connection begins as its role, and goes back to that
                assert connection.execute("SELECT current_user").fetchone() == (OWN[process],)
        for table in tables(fresh_db):
            for statement in ("TABLE {}", "DELETE FROM {}", "INSERT INTO {} DEFAULT VALUES"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement.format(table))


@pytest.mark.parametrize("process", Process)
def test_a_login_becomes_its_roles_and_nobody_else(fresh_db, fresh_database_url, process):
    everybody = set(fresh_db.scalars(text("SELECT rolname FROM pg_roles")))
    with login(fresh_database_url, process) as connection:
        roles = {role for role in everybody if was_done(connection, f'SET ROLE "{role}"')}
        people = {role for role in everybody if was_done(connection, f'SET SESSION AUTHORIZATION "{role}"')}

    assert roles == {*ROLES[process], OWN[process]}
    assert people == {OWN[process]}


def reached(connection, query):
    """What is found; nothing where it may not be asked."""
    with suppress(psycopg.errors.InsufficientPrivilege):
        return set(connection.execute(query).fetchall())
    return set()


@pytest.mark.parametrize("row_security", ["on", "off"])
def test_roles_of_a_scope_read_nothing_foreign_whatever_is_asked(fresh_db, fresh_database_url, full, row_security):
    own = {(found,) for found in fresh_db.scalars(select(OnboardingSession.id).filter_by(user_id=full))}
    everyones = fresh_db.scalar(select(func.count()).select_from(OnboardingSession))
    with login(fresh_database_url, Process.WEB) as connection:
        connection.execute(f"SET row_security = {row_security}")
        for role, person in ((None, full), ("console_nobody", full), ("console_listener", full), ("console_own", None)):
            become(connection, role, person)
            assert [table for table in RECORDS if reached(connection, f"TABLE {table}")] == [], role
        become(connection, DatabaseRole.OWN, full)
        found = reached(connection, "SELECT id FROM onboarding_sessions")
    with login(fresh_database_url, Process.WORKER, DatabaseRole.UPKEEP) as connection:
        assert [table for table in RECORDS if reached(connection, f"TABLE {table}")] == []

    assert everyones > len(own) > 0
    assert found == (own if row_security == "on" else set())


def test_a_temporary_table_answers_for_none_of_what_guards_history(fresh_db, fresh_database_url, full):
    """Its name comes first; the triggers that ask what retention removes must not ask it."""
    before = told(fresh_db)
    with login(fresh_database_url, Process.WORKER, DatabaseRole.UPKEEP) as connection:
        connection.execute("CREATE TEMPORARY TABLE audit_purges (xid xid8, last_position bigint)")
        connection.execute(
            "CREATE TEMPORARY TABLE audit_links AS SELECT id AS event_id, 1::bigint AS position FROM audit_events"
        )
        connection.autocommit = False
        connection.execute("INSERT INTO pg_temp.audit_purges VALUES (pg_current_xact_id(), 1000000)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            connection.execute("DELETE FROM audit_events")

    assert told(fresh_db) == before


def test_what_runs_with_its_owners_rights_runs_nothing_of_others(fresh_db, fresh_database_url, full):
    """A temporary view of the name that it reads, which calls a function of whoever made it."""
    owners = text(f"SELECT proname FROM pg_proc WHERE prosecdef AND {OURS} AND prorettype <> 'trigger'::regtype")  # noqa: S608
    assert {call.partition("(")[0] for call in CALLS} == set(fresh_db.scalars(owners))
    with login(fresh_database_url, Process.WEB, DatabaseRole.OWN) as connection:
        connection.execute("CREATE TEMPORARY TABLE seen (name text)")
        connection.execute("GRANT ALL ON seen TO PUBLIC")
        connection.execute(
            "CREATE FUNCTION pg_temp.mine() RETURNS text LANGUAGE plpgsql AS"
            " $$ BEGIN INSERT INTO pg_temp.seen VALUES (current_user); RETURN current_user; END $$"
        )
        for name, columns in VIEWED.items():
            connection.execute(f"CREATE TEMPORARY VIEW {name} AS SELECT {columns}")
        for call in CALLS:
            connection.execute(f"SELECT {call}")
        assert connection.execute("TABLE seen").fetchall() == []
        assert connection.execute("SELECT count(*) FROM pg_temp.audit_events").fetchone() == (1,)
        assert connection.execute("SELECT DISTINCT name FROM seen").fetchall() == [("console_own",)]


def test_no_connection_has_a_way_to_a_function_that_runs_as_its_owner_and_looks_in_temporary_tables_first(fresh_db):
    looks = "coalesce(array_to_string(proconfig, ' '), '') ~ 'search_path=.*pg_temp$'"
    unsafe = text(f"SELECT proname FROM pg_proc WHERE prosecdef AND {OURS} AND NOT {looks}")  # noqa: S608
    assert fresh_db.scalars(unsafe).all() == []
