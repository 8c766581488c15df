"""As whom web and worker connect, and what is said where that is somebody who may do too much."""

import pytest
from sqlalchemy import make_url

import logins
from config import Settings, sqlalchemy_url
from logins import OWN
from services.database_logins import Process
from tests import database_logins, databases

OWNER = "postgresql+psycopg://owner@h/d"


@pytest.mark.parametrize("process", Process)
def test_a_process_connects_by_the_url_that_is_its_own_and_else_by_the_one_there_is(process):
    own = {f"{process}_database_url": "postgresql+psycopg://own@h/d"}

    assert logins.url_of(Settings(database_url=OWNER), process) == OWNER
    assert logins.url_of(Settings(database_url=OWNER, **own), process) == "postgresql+psycopg://own@h/d"


def warned(caplog, url, process):
    caplog.clear()
    logins.warn(sqlalchemy_url(url), process)
    return [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize("process", Process)
def test_a_process_that_connects_as_the_owner_says_so_in_one_line_with_what_helps(caplog, database_url, process):
    [line] = warned(caplog, database_url, process)

    assert line.startswith(
        f"{process.capitalize()} connects to the database as {make_url(database_url).username}, which "
    )
    assert f"`flask console database grant LOGIN --for {process}`" in line
    assert warned(caplog, database_logins.of(database_url, process), process) == []


def test_a_login_that_is_the_other_process_s_is_told_of(caplog, database_url):
    [line] = warned(caplog, database_logins.of(database_url, Process.WORKER), Process.WEB)

    assert f"as {OWN[Process.WORKER]}, which is a member of console_upkeep, console_worker" in line


def test_a_database_that_is_away_is_nothing_to_warn_of(caplog):
    assert warned(caplog, databases.server_url("away"), Process.WEB) == []


@pytest.mark.parametrize("mode", ["require", "disable"])
def test_a_way_to_the_database_on_which_somebody_may_be_in_between_is_told_of(caplog, mode):
    [line] = warned(caplog, f"postgresql:///d?service=far&sslmode={mode}", Process.WEB)

    assert line.startswith(f"Web reaches the database at the service far with sslmode={mode}: somebody in between may")
    assert warned(caplog, "postgresql:///d?service=far&sslmode=verify-full", Process.WEB) == []
