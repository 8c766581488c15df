"""The logins of web and worker on the tests' server, by which applications and processes under test connect."""

import psycopg
from psycopg import sql
from sqlalchemy import make_url

import logins
from config import sqlalchemy_url
from logins import OWN
from services.database_logins import Process
from tests import databases


def make(url: str) -> None:
    """Make both what they have to be, for this database and its copies, with the password that the URL has."""
    with psycopg.connect(databases.server_url("postgres"), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('console tests'))")  # several runs may share the server
        logins.make_own(sqlalchemy_url(url))
        if password := make_url(url).password:
            for login in OWN.values():
                connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(login), password))


def of(url: str, process: Process) -> str:
    """The same database by the process's login."""
    return make_url(sqlalchemy_url(url)).set(username=OWN[process]).render_as_string(hide_password=False)
