"""`make demo`: everything on this machine, started in order, watched, and stopped together."""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import logins
from app import create_app
from config import ROOT, Settings
from demo import data, people, ports
from demo.errors import DemoError
from demo.lock import only_one
from demo.processes import Children
from demo.ready import answers
from demo.settings import SESSIONS, URLS, DemoSettings
from embedded_database import ensure_database_url, start
from extensions import database
from services import seed
from services.database_logins import Process

RECEIVER_HOST = "127.0.0.1"
RECEIVER_PORTS = range(8011, 8111)
READY_LIMIT_S = 60.0
_TICK_S = 0.2


class Interruptions:
    """How often somebody asked to stop: once is a wish, twice is a hurry."""

    def __init__(self) -> None:
        self.count = 0

    def listen(self) -> None:
        """Count signals from now on, instead of being ended by them."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, number: int, frame: object) -> None:
        self.count += 1


def run(settings: DemoSettings, interruptions: Interruptions) -> None:
    """Start the demo, say where it is, and keep it until somebody asks to stop.

    Raises:
        DemoError: something is in the way, or one of the processes ended.
        ConfigError: a setting can't be used, or the database can't be started.
        InvalidInputError: the password is too easily guessed.
    """
    os.chdir(ROOT)
    ports.require_free(settings.console.host, settings.console.port)
    with only_one(settings.console.data_dir), database_server(settings) as console:
        if interruptions.count:
            return
        with prepare(console, settings) as listener, children_of(console, interruptions) as children:
            if interruptions.count:
                return
            start_all(children, console, listener)
            wait_until_ready(children, settings, interruptions)
            if not interruptions.count:
                say(welcome(settings))
            watch(children, interruptions)


@contextmanager
def database_server(settings: DemoSettings) -> Iterator[Settings]:
    """The console's settings with a database that runs: the one that is named, or the demo's own while this lasts."""
    if settings.is_external:
        yield settings.console
        return
    say("Starting PostgreSQL …")
    server = start(settings.console.data_dir / "postgres")
    try:
        url = ensure_database_url(settings.console)
        own = {f"{process}_database_url": logins.url_in_own(url, process) for process in Process}
        yield replace(settings.console, database_url=url, **own)
    finally:
        server.cleanup()


def prepare(console: Settings, settings: DemoSettings) -> socket.socket:
    """Bring tables and data to where processes may start; returns what the receiver must listen on."""
    app = create_app(console)
    advice = "" if settings.is_external else "`make demo-reset` begins anew."
    with app.app_context(), data.explained(advice):
        is_new = data.is_new()
        data.bring_up_to_date()
        if not settings.is_external:
            logins.make_own(console.database_url or "")
        known_base = data.find_receiver_base()
        listener = listen_for_receiver(known_base)
        base = base_of(listener)
        if is_new:
            say(f"Loading {SESSIONS:,} onboarding sessions …")
            data.load(settings.password, base)
        else:
            data.keep_password(settings.password)
            if known_base is not None and base != known_base:
                data.move_hooks(known_base, base)
        database.engine.dispose()
    return listener


def listen_for_receiver(known_base: str | None) -> socket.socket:
    """Listen where the receiver was the last time, so that the hooks in the data stay as they are, or elsewhere."""
    known_port = () if known_base is None else (int(known_base.rpartition(":")[2]),)
    return ports.listen_on_first_free(RECEIVER_HOST, (*known_port, *RECEIVER_PORTS))


def base_of(listener: socket.socket) -> str:
    """What the URLs of the receiver's hooks begin with."""
    host, port = listener.getsockname()
    return f"http://{host}:{port}"


@contextmanager
def children_of(console: Settings, interruptions: Interruptions) -> Iterator[Children]:
    """Processes that end with this block, however it ends."""
    children = Children(console.data_dir)
    try:
        yield children
    finally:
        say("Stopping …")
        children.stop(in_a_hurry=lambda: interruptions.count > 1)


def start_all(children: Children, console: Settings, listener: socket.socket) -> None:
    """Start the receiver, the worker and web, each of which is told of no other login than its own."""
    urls = {process.value: logins.url_of(console, process) for process in Process}
    environment = os.environ | {
        **dict.fromkeys(URLS, ""),
        "SECRET_KEY": console.secret_key,
        "HOOK_KEYS": ",".join(console.hook_keys),
        # Whatever the shell names, a demo calls no real hook.
        "VERCEL_DEPLOY_HOOK_URL": seed.default_hook(base_of(listener)),
        "EGRESS_ALLOW": allowing(listener, os.environ.get("EGRESS_ALLOW", "")),
        "PYTHONUNBUFFERED": "1",
    }
    say("Starting web, worker and deploy-hook receiver …")
    for name, arguments, inherited in (
        ("receiver", ["-m", "demo.receiver", str(listener.fileno())], [listener.fileno()]),
        ("web", ["-m", "gunicorn"], []),
        ("worker", ["worker.py"], []),
    ):
        command, own = [sys.executable, *arguments], environment | {"DATABASE_URL": urls.get(name, "")}
        children.start(name, command, environment=own, cwd=ROOT, inherited=inherited)


def allowing(listener: socket.socket, others: str) -> str:
    """What the worker may call though it is not public: the receiver, on its port alone, and what the shell names."""
    receiver = base_of(listener).partition("://")[2]
    return ",".join(filter(None, (others, receiver)))


def wait_until_ready(children: Children, settings: DemoSettings, interruptions: Interruptions) -> None:
    """Return once web answers, or somebody asks to stop.

    Raises:
        DemoError: a process ended, or web does not answer in time.
    """
    deadline = time.monotonic() + READY_LIMIT_S
    while not interruptions.count and not answers(f"{settings.address}/login"):
        require_all(children)
        if time.monotonic() > deadline:
            raise DemoError(f"Web does not answer; see {settings.console.data_dir / 'web.log'}.")
        time.sleep(_TICK_S)


def watch(children: Children, interruptions: Interruptions) -> None:
    """Return when somebody asks to stop.

    Raises:
        DemoError: a process ended.
    """
    while not interruptions.count:
        require_all(children)
        time.sleep(_TICK_S)


def require_all(children: Children) -> None:
    """Raise if a process ended.

    Raises:
        DemoError: says which, with its last words.
    """
    if ended := children.find_ended():
        raise DemoError(
            f"The {ended.name} process ended ({ended.process.returncode}): {ended.last_words()} — see {ended.log}."
        )


def welcome(settings: DemoSettings) -> str:
    """Where the console is, and who may sign in."""
    accounts = "\n".join(f"    {people.address(role):22}{what}" for role, (_, what) in people.PEOPLE.items())
    return f"""
The console is at {settings.address}/console/

{accounts}

    Password for all four: {settings.password}

Ctrl-C stops it, `make demo` goes on with the same data, `make demo-reset` begins anew.
Logs are in {settings.console.data_dir}.
"""


def say(text: str) -> None:
    print(text, flush=True)
