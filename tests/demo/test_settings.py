"""What the environment says to the demo, and what stands in its way."""

import socket

import pytest

from config import ConfigError
from demo import ports
from demo.errors import DemoError
from demo.launcher import base_of, listen_for_receiver, welcome
from demo.lock import only_one
from demo.settings import DEFAULT_PASSWORD, DemoSettings
from models import Role


def read(tmp_path, **environ: str) -> DemoSettings:
    return DemoSettings.from_environment({"CONSOLE_DATA_DIR": str(tmp_path), **environ})


@pytest.fixture
def taken():
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_port_and_password_are_honoured(tmp_path):
    settings = read(tmp_path, PORT="8123", CONSOLE_DEMO_PASSWORD="my own password")

    assert settings.address == "http://127.0.0.1:8123"
    assert settings.password == "my own password"


def test_the_welcome_says_where_it_is_and_how_each_role_signs_in(tmp_path):
    text = welcome(read(tmp_path))

    assert "http://127.0.0.1:8000/console/" in text
    assert DEFAULT_PASSWORD in text
    for role in Role:
        assert f"{role}@example.com" in text


def test_a_short_password_is_refused_by_name(tmp_path):
    with pytest.raises(ConfigError, match="CONSOLE_DEMO_PASSWORD must have at least 8 characters"):
        read(tmp_path, CONSOLE_DEMO_PASSWORD="short")


def test_a_named_database_is_used_and_needs_no_key_in_the_demo(tmp_path):
    settings = read(tmp_path, DATABASE_URL="postgresql://u@localhost/d")

    assert settings.is_external
    assert settings.console.database_url == "postgresql+psycopg://u@localhost/d"
    assert len(settings.console.secret_key) >= 32


def test_logins_that_are_named_are_used_with_the_database_that_is(tmp_path):
    own = {"WEB_DATABASE_URL": "postgresql://web@localhost/d"}

    assert read(tmp_path, **own).console.web_database_url is None
    named = read(tmp_path, DATABASE_URL="postgresql://u@localhost/d", **own).console
    assert named.web_database_url == "postgresql+psycopg://web@localhost/d"
    assert named.worker_database_url is None


def test_a_database_that_is_named_is_never_deleted():
    with pytest.raises(ConfigError, match="not the demo's to delete"):
        DemoSettings.data_dir({"DATABASE_URL": "postgresql://u@localhost/d"})


def test_the_folder_is_known_even_where_what_is_in_it_is_damaged(tmp_path):
    (tmp_path / "secret_key").touch()

    assert DemoSettings.data_dir({"CONSOLE_DATA_DIR": str(tmp_path)}) == tmp_path


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104
        ("::", "[::1]"),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_a_browser_is_sent_to_an_address_that_it_can_reach(tmp_path, host, shown):
    assert read(tmp_path, HOST=host).address == f"http://{shown}:8000"


def test_a_taken_port_is_refused_with_a_way_out(taken):
    with pytest.raises(DemoError, match=f"Port {taken} of 127.0.0.1 is taken; .* PORT={taken + 1} make demo"):
        ports.require_free("127.0.0.1", taken)


def test_a_port_is_free_again_right_after_a_server_stopped():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            accepted, _ = server.accept()
            accepted.close()  # first, so that this side waits out the connection
            client.recv(1)

    assert ports.is_free("127.0.0.1", port)


def test_the_receiver_stays_where_it_was_and_moves_only_if_it_must(taken):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with listen_for_receiver(f"http://127.0.0.1:{port}") as listener:
        assert base_of(listener) == f"http://127.0.0.1:{port}"
    with listen_for_receiver(f"http://127.0.0.1:{taken}") as listener:
        assert base_of(listener) != f"http://127.0.0.1:{taken}"


def test_a_second_demo_of_the_same_folder_is_refused_and_told_who_has_it(tmp_path):
    with only_one(tmp_path), pytest.raises(DemoError, match=r"already \(process \d+\)"), only_one(tmp_path):
        pass

    with only_one(tmp_path):
        pass


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(DemoError, match="can't be used"), only_one(tmp_path / "file"):
        pass
