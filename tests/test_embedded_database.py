"""The PostgreSQL that the console brings along: it starts, is joined, recovers, and says what is wrong with it."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from flask_migrate import upgrade
from sqlalchemy import text

import logins
from app import create_app
from config import ROOT, ConfigError, Settings
from embedded_database import ensure_database_url, start
from extensions import database
from services.database_logins import Process
from tests.vaults import HOOK_KEY, SECRET


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a stopped server; tests that break it mend it again."""
    folder = Path(tmp_path_factory.mktemp("embedded")) / "postgres"
    start(folder).cleanup()
    return folder


@pytest.fixture
def mended(folder: Path) -> Iterator[Path]:
    version = (folder / "PG_VERSION").read_text()
    yield folder
    (folder / "PG_VERSION").write_text(version)


def run(code: str, folder: Path) -> subprocess.Popen[str]:
    """Another process that imports the embedded database, with the folder as `folder`."""
    preamble = f"from pathlib import Path\nfrom embedded_database import start\nfolder = Path({str(folder)!r})\n"
    return subprocess.Popen(
        [sys.executable, "-c", preamble + textwrap.dedent(code)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def server_pid(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text().partition("\n")[0])


def is_alive(pid: int | None) -> bool:
    """Whether the process runs; one that ended and that nobody has asked after yet does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_database_that_is_named_is_taken_and_none_is_started(tmp_path):
    settings = Settings(database_url="postgresql+psycopg://u@h/d", data_dir=tmp_path)

    assert ensure_database_url(settings) == "postgresql+psycopg://u@h/d"
    assert list(tmp_path.iterdir()) == []


def test_it_listens_on_no_network(folder):
    server = start(folder)
    try:
        with psycopg.connect(server.get_uri()) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    finally:
        server.cleanup()


def test_it_stops_with_the_last_process_that_asked_for_it(folder):
    other = run("print(start(folder).get_uri(), flush=True); input()", folder)
    assert other.stdout.readline().startswith("postgresql://")
    server = start(folder)
    pid = server.get_pid()

    server.cleanup()
    assert is_alive(pid)

    other.communicate("\n")
    assert other.returncode == 0
    assert not is_alive(pid)


def test_a_process_that_was_killed_does_not_keep_it_running(folder):
    other = run("print(start(folder).get_uri(), flush=True); input()", folder)
    other.stdout.readline()
    other.kill()
    other.communicate()
    server = start(folder)
    pid = server.get_pid()

    server.cleanup()

    assert not is_alive(pid)


def test_it_recovers_after_being_killed(folder):
    server = start(folder)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        connection.execute("CHECKPOINT")
    killed = psutil.Process(server.get_pid())
    processes = [killed, *killed.children()]
    for process in processes:
        process.send_signal(signal.SIGKILL)
    psutil.wait_procs(processes, timeout=10)
    server.cleanup()

    server = start(folder)
    try:
        with psycopg.connect(server.get_uri()) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    finally:
        server.cleanup()


def test_another_process_that_got_the_servers_number_is_not_taken_for_it(folder):
    (folder / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}\n{int(time.time())}\n5432\n\n\n\nready\n")

    server = start(folder)
    try:
        assert server.get_pid() == server_pid(folder) != os.getpid()
    finally:
        server.cleanup()


@pytest.mark.parametrize("name", ["with a space", "it's ümlaut", "long-" * 30])
def test_a_folder_may_be_named_as_people_name_folders(tmp_path, name):
    server = start(tmp_path / name / "postgres")
    try:
        with psycopg.connect(server.get_uri()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.cleanup()


@pytest.mark.parametrize("handles", ["[1, 99999999", '"text"', "null", '{"a": 1}'])
def test_a_damaged_list_of_processes_is_begun_anew(folder, handles):
    (folder / ".handle_pids.json").write_text(handles)
    server = start(folder)
    pid = server.get_pid()

    server.cleanup()

    assert not is_alive(pid)


@pytest.mark.parametrize(
    ("version", "reason"), [("garbage", "not a valid data directory"), ("9", "database files are incompatible")]
)
def test_a_damaged_folder_is_told_of_in_one_line(mended, version, reason):
    (mended / "PG_VERSION").write_text(version)
    other = run(
        """
        from config import ConfigError
        try:
            start(folder)
        except ConfigError as error:
            print(error)
        """,
        mended,
    )

    output, errors = other.communicate()

    assert reason in output
    assert output.endswith("`make demo-reset` begins anew.\n")
    assert output.count("\n") == 1
    assert errors == ""


@pytest.mark.parametrize("is_marked", [True, False])
def test_a_first_start_that_was_killed_is_begun_anew(tmp_path, is_marked):
    folder = tmp_path / "postgres"
    (folder / "base" / "1").mkdir(parents=True)
    (folder / "global").mkdir()
    (folder / "postgresql.conf").touch()
    if is_marked:
        (folder / "PG_VERSION").write_text("18\n")

    server = start(folder)

    with psycopg.connect(server.get_uri()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.cleanup()


def test_a_folder_that_is_a_file_is_told_of(tmp_path):
    (tmp_path / "postgres").touch()

    with pytest.raises(ConfigError, match="File exists"):
        start(tmp_path / "postgres")


def test_web_has_a_login_that_owns_nothing_before_there_are_tables_and_goes_on_once_there_are(folder):
    settings = Settings(data_dir=folder.parent, secret_key=SECRET, hook_keys=(HOOK_KEY,))
    owner = create_app(settings)
    web = create_app(settings, database_url=logins.url_of(settings, Process.WEB))
    try:
        assert "no tables yet" in web.test_client().get("/readyz").json["detail"]
        with owner.app_context():
            upgrade()
            database.engine.dispose()
        assert web.test_client().get("/readyz").json == {"status": "ready"}
        with web.app_context():
            assert database.session.scalar(text("SELECT session_user")) == logins.OWN[Process.WEB]
            database.session.remove()
            database.engine.dispose()
    finally:
        start(folder).cleanup()
