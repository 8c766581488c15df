"""`make demo-reset` deletes what the demo made, and nothing else."""

import pytest

from demo.errors import DemoError
from demo.lock import only_one
from demo.reset import reset
from embedded_database import start
from tests.test_embedded_database import is_alive


def test_the_demos_files_go_and_others_stay(tmp_path):
    for name in ("secret_key", "hook_keys", "web.log", "worker.log", "receiver.log", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").touch()

    reset(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_an_empty_folder_goes_too(tmp_path):
    folder = tmp_path / "demo"
    (folder / "postgres").mkdir(parents=True)

    reset(folder)

    assert not folder.exists()


def test_a_folder_that_is_not_there_is_nothing_to_complain_of(tmp_path):
    reset(tmp_path / "none")

    assert not (tmp_path / "none").exists()


def test_a_demo_that_runs_is_not_pulled_from_under(tmp_path):
    (tmp_path / "secret_key").touch()

    with only_one(tmp_path), pytest.raises(DemoError, match="already"):
        reset(tmp_path)

    assert (tmp_path / "secret_key").exists()


def test_a_server_that_was_left_behind_is_ended(tmp_path):
    server = start(tmp_path / "postgres")
    pid = server.get_pid()

    reset(tmp_path)

    assert not is_alive(pid)
    assert not tmp_path.exists()


def test_a_link_is_deleted_and_what_it_names_is_not(tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "postgres").symlink_to(precious)

    reset(tmp_path / "demo")

    assert precious.exists()
