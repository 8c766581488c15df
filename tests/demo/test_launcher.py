"""The launcher as a terminal sees it: real processes, a real database, and nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from sqlalchemy import make_url

from config import ROOT
from embedded_database import start
from logins import OWN
from services.database_logins import Process
from tests.workers import eventually


class Demo:
    """A folder of its own, and the launcher run in it as often as a test likes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._output = folder.parent / "output.txt"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> None:
        self.end()
        environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "HOST")}
        environment |= {"PORT": str(self.port), "CONSOLE_DATA_DIR": str(self.folder)}
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "demo", *arguments], cwd=ROOT, env=environment, stdout=output, stderr=output
            )

    def start_and_wait(self) -> None:
        self.start()
        eventually(lambda: self.has_ended() or "Ctrl-C" in self.output, within_s=90)
        assert not self.has_ended(), self.output

    def run(self, *arguments: str) -> list[str]:
        """The lines that it printed; it has to fail by itself."""
        self.start(*arguments)
        assert self.wait() == 1
        return self.output.splitlines()

    @property
    def output(self) -> str:
        return self._output.read_text()

    @property
    def processes(self) -> dict[str, psutil.Process]:
        """What the launcher started, by what it is."""
        assert self._process is not None
        found = {}
        for child in psutil.Process(self._process.pid).children():
            command = " ".join(child.cmdline())
            found.update({name: child for name in ("gunicorn", "worker.py", "demo.receiver") if name in command})
        return found

    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def wait(self) -> int:
        assert self._process is not None
        return self._process.wait(timeout=60)

    def end(self) -> None:
        if not self.has_ended():
            self.signal(signal.SIGTERM)
            self.wait()

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.address + path, trust_env=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = Demo(tmp_path_factory.mktemp("launcher") / "demo")
    yield demo
    demo.end()


def nothing_is_left(demo: Demo, processes: list[psutil.Process]) -> bool:
    """Whether all processes are gone, and the database's server with them."""
    return (
        not any(process.is_running() for process in processes)
        and not (demo.folder / "postgres" / "postmaster.pid").exists()
    )


def urls_of(processes: dict[str, psutil.Process]) -> dict[str, str]:
    """The only database that each is told of."""
    told = {name: process.environ() for name, process in processes.items()}
    assert not any(each["WEB_DATABASE_URL"] or each["WORKER_DATABASE_URL"] for each in told.values())
    return {name: each["DATABASE_URL"] for name, each in told.items()}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_starts_stays_on_loopback_and_stops_with_all_that_it_started(demo, number):
    """The second time round it goes on with the same data, since the folder is the same."""
    is_first = not (demo.folder / "postgres").exists()
    demo.start_and_wait()
    processes = demo.processes

    assert set(processes) == {"gunicorn", "worker.py", "demo.receiver"}
    named = {name: make_url(url).username for name, url in urls_of(processes).items() if url}
    assert named == {"gunicorn": OWN[Process.WEB], "worker.py": OWN[Process.WORKER]}
    assert demo.get("/readyz").status_code == 200
    assert demo.get("/login").status_code == 200
    assert ("Loading" in demo.output) == is_first
    for process in processes.values():
        for each in (process, *process.children()):
            assert {connection.laddr.ip for connection in each.net_connections() if connection.status == "LISTEN"} <= {
                "127.0.0.1"
            }

    demo.signal(number)

    assert demo.wait() == 0
    assert nothing_is_left(demo, list(processes.values()))


def test_when_one_process_ends_it_says_which_and_stops_the_others(demo):
    demo.start_and_wait()
    processes = demo.processes
    processes["worker.py"].send_signal(signal.SIGKILL)

    assert demo.wait() == 1
    assert demo.output.splitlines()[-1].startswith("The worker process ended (-9): ")
    assert nothing_is_left(demo, list(processes.values()))


def test_a_taken_port_is_one_line(demo):
    with socket.create_server(("127.0.0.1", demo.port)):
        lines = demo.run()

    assert lines == [
        f"Port {demo.port} of 127.0.0.1 is taken; "
        f"stop what listens there, or choose another: PORT={demo.port + 1} make demo"
    ]


def test_a_broken_folder_is_one_line(demo):
    start(demo.folder / "postgres").cleanup()
    version = demo.folder / "postgres" / "PG_VERSION"
    kept = version.read_text()
    version.write_text("garbage")

    lines = demo.run()

    version.write_text(kept)
    assert len(lines) == 2
    assert lines[0] == "Starting PostgreSQL …"
    assert lines[1].startswith(f"PostgreSQL can't start from {demo.folder / 'postgres'}: ")


def test_a_database_that_starts_but_is_empty_inside_is_one_line(demo):
    start(demo.folder / "postgres").cleanup()
    data = demo.folder / "postgres" / "base"
    data.rename(demo.folder / "base")

    lines = demo.run()

    if data.exists():
        for path in data.iterdir():
            path.rmdir()
        data.rmdir()
    (demo.folder / "base").rename(data)
    assert len(lines) == 2
    assert lines[1].startswith("The database can't be used: ")
    assert lines[1].endswith("`make demo-reset` begins anew.")


def test_a_wrong_call_says_how_it_is_called(demo):
    demo.start("unknown")

    assert demo.wait() == 2
    assert demo.output == "Usage: python -m demo [reset]\n"


def test_reset_deletes_the_data(demo):
    demo.start("reset")

    assert demo.wait() == 0
    assert not demo.folder.exists()
