"""Hooks whose name does not resolve as it should, or not twice to the same, each with its expected verdict."""

import asyncio
import itertools
import socket
import threading
import time

import pytest

from models import ErrorKind
from services.deploys import connection
from services.deploys.egress import EgressPolicy
from services.deploys.post import Poster
from services.deploys.verdict import Verdict, judge
from tests import hook_server
from tests.conftest import NOW
from tests.posting import LOOPBACK_OPEN, delivery_to, send

NAME = "hooks.example.com"


@pytest.fixture
def hook():
    with hook_server.running() as server:
        yield server


@pytest.fixture
def release():
    """Ends the look-ups that hang, so that their threads end with the test."""
    event = threading.Event()
    yield event
    event.set()


def named(hook, name=NAME):
    return f"http://{name}:{port_of(hook)}/hook/0123456789abcdef"


def port_of(hook):
    return int(hook.url.split(":")[2].split("/")[0])


class Names:
    """A name server that gives one answer after another, and remembers what it was asked."""

    def __init__(self, *answers):
        self.answers = itertools.chain(answers, itertools.repeat(answers[-1]))
        self.asked = []

    def __call__(self, host):
        self.asked.append(host)
        return next(self.answers)


def test_a_name_that_changes_after_it_was_vetted_is_not_asked_again():
    """127.0.0.2 stands for a public address and is open; 127.0.0.1, to which the name then turns, is not."""
    policy = EgressPolicy.of(allow=[("127.0.0.2", None)])
    names = Names(["127.0.0.2"], ["127.0.0.1"])
    with hook_server.running("127.0.0.2") as public, hook_server.running("127.0.0.1", port_of(public)) as private:
        first = send(named(public), egress=policy, look_up=names)

        assert first.status_code == 201
        assert names.asked == [NAME]
        assert (public.connections, private.connections) == (1, 0)
        assert public.received[0].headers["host"] == f"{NAME}:{port_of(public)}"

        second = send(named(public), egress=policy, look_up=names)

        assert (second.error_kind, judge(second)) == (ErrorKind.EGRESS_REFUSED, Verdict.FINAL)
        assert second.error_message == (
            f"The egress guard refused port {port_of(public)}, which HOOK_PORTS does not name."
        )
        assert (public.connections, private.connections) == (1, 0)


@pytest.mark.parametrize("found", [["93.184.215.14", "127.0.0.1"], ["127.0.0.1", "93.184.215.14"], ["::1"]])
def test_a_name_with_a_private_address_is_refused_wherever_that_stands(hook, found):
    outcome = send(named(hook), egress=EgressPolicy.of(ports=[port_of(hook)]), look_up=lambda host: found)

    assert (outcome.error_kind, judge(outcome)) == (ErrorKind.EGRESS_REFUSED, Verdict.FINAL)
    assert outcome.error_message in {
        "The egress guard refused 127.0.0.1 (loopback).",
        "The egress guard refused ::1 (loopback).",
    }
    assert hook.connections == 0


def failing(error):
    def look_up(host):
        raise error

    return look_up


LOOK_UPS = {
    "is not known": failing(socket.gaierror(socket.EAI_NONAME, "Name or service not known")),
    "can't be asked for now": failing(socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")),
    "makes the system fail": failing(OSError("out of memory")),
    "is too long to be asked for": failing(UnicodeError("label too long")),
    "meets a fault": failing(RuntimeError("a fault")),
    "has no address": lambda host: [],
}


@pytest.mark.parametrize("name", LOOK_UPS)
def test_a_name_that(name):
    outcome = send(f"http://{NAME}/hook/0123456789abcdef", look_up=LOOK_UPS[name])

    assert (outcome.error_kind, judge(outcome)) == (ErrorKind.RESOLVE, Verdict.RETRY)
    assert "0123456789abcdef" not in outcome.error_message


def test_a_name_that_resolves_to_nonsense_is_refused():
    outcome = send(f"http://{NAME}/", look_up=lambda host: ["nonsense"])

    assert outcome.error_kind is ErrorKind.EGRESS_REFUSED


def test_a_name_server_that_is_silent_costs_the_connect_limit_and_delays_nobody_else(hook, release):
    asked = []

    def look_up(host):
        asked.append(host)
        if host != NAME:
            release.wait(10)
        return ["127.0.0.1"]

    async def post_all():
        poster = Poster(LOOPBACK_OPEN, look_up=look_up, connect_limit_s=1)
        silent = [named(hook, f"silent-{number % 5}.example.com") for number in range(40)]
        posts = [poster.post(delivery_to(url), now=NOW) for url in [*silent, named(hook)]]
        started = time.monotonic()
        *slow, good = [asyncio.create_task(post) for post in posts]
        await good
        return good.result(), time.monotonic() - started, await asyncio.gather(*slow)

    good, took_s, slow = asyncio.run(post_all())

    assert good.status_code == 201
    assert took_s < 1
    assert {(outcome.error_kind, outcome.error_message) for outcome in slow} == {
        (ErrorKind.TIMEOUT, "The host name was not resolved within 1 s.")
    }
    assert len(asked) == 6  # one thread a name, however many ask for it


def test_an_international_name_is_asked_for_and_called_in_ascii(hook):
    names = Names(["127.0.0.1"])

    assert send(named(hook, "bücher.example"), look_up=names).status_code == 201
    assert names.asked == ["xn--bcher-kva.example"]
    assert hook.received[0].headers["host"].startswith("xn--bcher-kva.example")


def test_an_address_that_refuses_is_followed_by_the_next(hook):
    assert send(named(hook), look_up=lambda host: ["127.0.0.3", "127.0.0.1"]).status_code == 201
    assert send(named(hook), look_up=lambda host: ["127.0.0.3", "127.0.0.4"]).error_kind is ErrorKind.CONNECT


@pytest.fixture
def deaf():
    """A port that takes no more connections: its queue is full, and the kernel drops who comes."""
    with socket.create_server(("127.0.0.5", 0), backlog=0) as server:
        waiting = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(server.getsockname())
            waiting.append(client)
        time.sleep(0.1)
        yield server.getsockname()[1]
        for client in waiting:
            client.close()


def test_an_address_that_is_silent_leaves_its_share_of_the_time_to_the_next(deaf):
    with hook_server.running("127.0.0.1", deaf) as hook:
        outcome = send(named(hook), look_up=lambda host: ["127.0.0.5", "127.0.0.1"], connect_limit_s=1)

    assert outcome.status_code == 201
    assert 400 < outcome.duration_ms < 3_000


def test_when_connecting_takes_too_long_it_is_said_that_it_was_connecting(deaf):
    outcome = send(f"http://127.0.0.5:{deaf}/", connect_limit_s=0.5)

    assert (outcome.error_kind, judge(outcome)) == (ErrorKind.TIMEOUT, Verdict.RETRY)
    assert outcome.error_message == "No connection within 0.5 s."


def test_of_a_host_with_many_addresses_a_few_are_tried_and_all_are_vetted(hook):
    found = [f"127.0.1.{number}" for number in range(50)]

    assert send(named(hook), look_up=lambda host: found).error_kind is ErrorKind.CONNECT
    assert send(named(hook), look_up=lambda host: [*found, "10.0.0.1"]).error_kind is ErrorKind.EGRESS_REFUSED
    assert len(found) > connection.ADDRESSES_TRIED
