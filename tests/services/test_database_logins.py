"""Logins of the database: made what they have to be, or refused with what is wrong with them."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from services import database_logins
from services.database_logins import ROLES, Process
from services.database_roles import DatabaseRole
from services.errors import ConflictError, NotFoundError


@pytest.fixture
def login(db):
    """A login as an operator makes it; it goes with the test's transaction."""
    name = f"a login {uuid4().hex[:8]}"
    db.execute(text(f'CREATE ROLE "{name}" LOGIN NOINHERIT'))
    return name


def given(db, statement, login):
    db.execute(text(statement.format(login=f'"{login}"')))


@pytest.mark.parametrize("process", Process)
def test_a_plain_login_becomes_what_its_process_becomes_and_nothing_else(db, login, process):
    assert database_logins.find_faults(db, login, process) != []

    assert database_logins.grant(db, login, process)

    assert database_logins.find_faults(db, login, process) == []
    assert not database_logins.grant(db, login, process)
    other = Process.WEB if process is Process.WORKER else Process.WORKER
    assert database_logins.find_faults(db, login, other) != []


def test_a_login_that_was_the_other_process_s_is_so_no_longer(db, login):
    database_logins.grant(db, login, Process.WORKER)

    database_logins.grant(db, login, Process.WEB)

    assert database_logins.find_faults(db, login, Process.WEB) == []
    member = text("SELECT pg_has_role(:login, 'console_worker', 'MEMBER')")
    assert not db.scalar(member, {"login": login})


def test_the_rights_of_a_role_that_a_login_inherits_are_taken_from_it(db, login):
    given(db, "ALTER ROLE {login} INHERIT", login)
    given(db, "GRANT console_all TO {login}", login)
    assert "has the rights of console_all without becoming it" in database_logins.find_faults(db, login, Process.WEB)

    database_logins.grant(db, login, Process.WEB)

    assert database_logins.find_faults(db, login, Process.WEB) == []


def test_where_everybody_may_create_tables_they_may_no_longer(db, login):
    """As in a schema that PostgreSQL 14 made, from where they would stand in for others."""
    given(db, "GRANT CREATE ON SCHEMA public TO PUBLIC", login)

    database_logins.grant(db, login, Process.WEB)

    assert not db.scalar(text("SELECT has_schema_privilege(:login, 'public', 'CREATE')"), {"login": login})


REFUSED = {
    "ALTER ROLE {login} SUPERUSER": "is a superuser",
    "ALTER ROLE {login} BYPASSRLS": "bypasses row-level security",
    "ALTER ROLE {login} REPLICATION": "may replicate the whole server",
    "ALTER ROLE {login} CREATEROLE": "may create roles",
    "ALTER ROLE {login} CREATEDB": "may create databases",
    "ALTER TABLE rooms OWNER TO {login}": "owns tables or other things",
    "GRANT pg_read_all_data TO {login}": "is a member of pg_read_all_data",
    "GRANT SELECT (email) ON users TO {login}": "reads or writes by itself: users",
    "GRANT DELETE ON rooms TO PUBLIC": "reads or writes by itself: rooms",
    "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO {login}', current_database()); END $$": (
        "may create schemas in the database"
    ),
    "ALTER ROLE {login} NOLOGIN": "can't sign in to the database, or can't look into its schema",
}


@pytest.mark.parametrize("statement", REFUSED)
def test_what_no_grant_mends_is_refused_in_words(db, login, statement):
    given(db, statement, login)

    assert REFUSED[statement] in database_logins.find_faults(db, login, Process.WEB)
    with pytest.raises(ConflictError) as refusal, db.begin_nested():
        database_logins.grant(db, login, Process.WEB)
    assert refusal.value.message == f"{login} can't be web's login: it {REFUSED[statement]}."


def test_a_login_that_is_not_there_is_asked_for(db):
    with pytest.raises(NotFoundError, match="There is no login console_away; make one: CREATE ROLE console_away LOGIN"):
        database_logins.grant(db, "console_away", Process.WEB)


def test_whoever_may_not_grant_is_told_what_an_administrator_is_to_run(db, login):
    owner = f"owner_{uuid4().hex[:8]}"
    db.execute(text(f"CREATE ROLE {owner} NOLOGIN"))
    db.execute(text(f"SET LOCAL ROLE {owner}"))

    with pytest.raises(
        ConflictError, match="have an administrator of the server run: GRANT console_admin, "
    ) as refusal:
        database_logins.grant(db, login, Process.WEB)

    assert f'TO "{login}"' in refusal.value.message
    assert db.scalar(text("SELECT current_user")) == owner  # the transaction goes on


def test_an_owner_who_made_the_roles_and_the_login_needs_no_superuser(db):
    """As on a server that somebody else manages: whoever has CREATEROLE."""
    owner, login = f"owner_{uuid4().hex[:8]}", f"login_{uuid4().hex[:8]}"
    version = db.scalar(text("SELECT current_setting('server_version_num')::int"))
    db.execute(text(f"CREATE ROLE {owner} NOLOGIN CREATEROLE"))
    admin = " WITH ADMIN OPTION" if version >= database_logins.SET_APART else ""
    db.execute(text(f"GRANT {', '.join(DatabaseRole)} TO {owner}{admin}"))
    db.execute(text("GRANT USAGE ON SCHEMA public TO PUBLIC"))
    db.execute(text(f"SET LOCAL ROLE {owner}"))
    db.execute(text(f"CREATE ROLE {login} LOGIN NOINHERIT"))

    assert database_logins.grant(db, login, Process.WORKER)

    assert database_logins.find_faults(db, login, Process.WORKER) == []


def test_between_them_the_processes_take_every_role_there_is():
    assert frozenset.union(*ROLES.values()) == set(DatabaseRole)
    assert ROLES[Process.WEB].isdisjoint({DatabaseRole.WORKER, DatabaseRole.UPKEEP})
