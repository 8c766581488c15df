"""The egress policy: what is opened, and that nothing else is."""

import socket
from ipaddress import IPv4Address, ip_address, ip_network

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models import ErrorKind
from services.deploys import addresses
from services.deploys.egress import EgressPolicy
from services.deploys.resolver import system_look_up
from tests.posting import send

CLOSED = EgressPolicy()


def opened(*allow, ports=(80, 443)):
    return EgressPolicy.of(ports, [item if isinstance(item, tuple) else (item, None) for item in allow])


def test_the_public_internet_is_open_on_the_ports_of_the_setting_only():
    assert CLOSED.refusal("example.com", 443, ["93.184.215.14"]) is None
    assert CLOSED.refusal("example.com", 8080, ["93.184.215.14"]) == (
        "The egress guard refused port 8080, which HOOK_PORTS does not name."
    )
    assert opened(ports=(8080,)).refusal("example.com", 8080, ["93.184.215.14"]) is None


def test_one_refused_address_refuses_the_host_wherever_it_stands():
    for found in (["93.184.215.14", "10.0.0.7"], ["10.0.0.7", "93.184.215.14"]):
        assert CLOSED.refusal("example.com", 443, found) == "The egress guard refused 10.0.0.7 (private)."


def test_what_is_no_address_is_refused():
    assert "no address" in CLOSED.refusal("example.com", 443, ["nonsense"])


@pytest.mark.parametrize(
    ("allow", "name", "port", "address", "is_open"),
    [
        ("hooks.internal", "hooks.internal", 8080, "10.0.0.7", True),
        ("Hooks.Internal.", "hooks.internal", 8080, "10.0.0.7", True),
        ("hooks.internal", "other.internal", 443, "10.0.0.7", False),
        ("hooks.internal", "x.hooks.internal", 443, "10.0.0.7", False),
        ("hooks.internal", "evilhooks.internal", 443, "10.0.0.7", False),
        ("*.internal", "a.b.internal", 8080, "10.0.0.7", True),
        ("*.internal", "internal", 443, "10.0.0.7", False),
        ("*.internal", "evilinternal", 443, "10.0.0.7", False),
        (("hooks.internal", 8080), "hooks.internal", 8080, "10.0.0.7", True),
        (("hooks.internal", 8080), "hooks.internal", 443, "10.0.0.7", False),
        ("10.0.0.0/24", "anything", 9000, "10.0.0.255", True),
        ("10.0.0.0/24", "anything", 443, "10.0.1.0", False),
        ("10.0.0.0/24", "anything", 443, "::ffff:10.0.0.7", True),
        ("10.0.0.0/24", "anything", 443, "64:ff9b::a00:7", False),
        (("127.0.0.1", 8011), "127.0.0.1", 8011, "127.0.0.1", True),
        (("127.0.0.1", 8011), "127.0.0.1", 8012, "127.0.0.1", False),
        (("127.0.0.1", 8011), "127.0.0.1", 8011, "127.0.0.2", False),
        ("127.0.0.1", "localhost", 80, "127.0.0.1", True),
        ("fd00::/8", "anything", 443, "fd12::1", True),
        ("::1", "localhost", 443, "127.0.0.1", False),
    ],
)
def test_an_opening_opens_what_it_says(allow, name, port, address, is_open):
    assert (opened(allow).refusal(name, port, [address]) is None) is is_open


NETWORKS = st.tuples(st.ip_addresses(), st.integers(8, 32)).map(lambda n: ip_network(f"{n[0]}/{n[1]}", strict=False))


@given(NETWORKS, st.ip_addresses())
def test_an_opened_network_opens_itself_and_nothing_else(network, address):
    policy = opened(str(network))

    assert policy.refusal("h", 443, [str(network[0])]) is None
    assert policy.refusal("h", 443, [str(network[-1])]) is None
    assume(address not in network and addresses.unmapped(address) not in network)
    assert policy.refusal("h", 443, [str(address)]) == CLOSED.refusal("h", 443, [str(address)])


def spellings(address):
    """Ways to write an IPv4 address that a C library reads."""
    a, b, c, d = address.packed
    number = int(address)
    return [
        str(address),
        str(number),
        hex(number),
        f"{number:#o}".replace("0o", "0"),
        f"{a}.{number & 0xFFFFFF}",
        f"{a}.{b}.{number & 0xFFFF}",
        f"{a:#x}.{b:#x}.{c:#x}.{d:#x}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{address}.",
        f"[::ffff:{address}]",
        f"[64:ff9b::{address}]",
        f"[0:0:0:0:0:FFFF:{a:02x}{b:02x}:{c:02x}{d:02x}]",
    ]


REFUSED = st.sampled_from(["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "0.0.0.1", "224.0.0.1"])


@given(st.one_of(REFUSED.map(IPv4Address), st.ip_addresses(v=4).filter(addresses.refusal)))
def test_no_spelling_of_a_refused_address_gets_through(address):
    for spelling in spellings(address):
        bare = spelling.strip("[]").removesuffix(".")
        found = [bare] if addresses.parse(bare) else system_look_up(bare)

        assert CLOSED.refusal(bare, 443, found), spelling


@pytest.mark.parametrize(
    "spelling", [*spellings(IPv4Address("127.0.0.1")), "127.1", "localhost", "LocalHost.", "[::1]"]
)
def test_a_post_to_this_machine_is_refused_however_it_is_written(spelling):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        outcome = send(f"http://{spelling}:{port}/hook", egress=EgressPolicy.of(ports=[port]))
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()

    if outcome.error_kind is not ErrorKind.INVALID_URL:  # a leading zero is no URL to begin with
        assert outcome.error_kind is ErrorKind.EGRESS_REFUSED
        assert outcome.error_message.startswith("The egress guard refused ")


def test_the_address_of_a_refusal_is_what_the_name_resolved_to():
    outcome = send("http://hooks.example.com/0123456789", egress=CLOSED, look_up=lambda host: ["10.9.8.7"])

    assert outcome.error_message == "The egress guard refused 10.9.8.7 (private)."
    assert ip_address("10.9.8.7").is_private
