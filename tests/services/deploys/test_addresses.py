"""Which addresses a hook may have: each refused range at both ends, and its neighbours."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.deploys import addresses

RANGES = [
    # first and last of the range, the neighbour before and after if that one is public
    ("0.0.0.0", "0.255.255.255", None, "1.0.0.0"),  # noqa: S104 - nothing binds to it
    ("10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"),
    ("100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0"),
    ("127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0"),
    ("169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0"),
    ("172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"),
    ("192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0"),
    ("192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"),
    ("192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0"),
    ("192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0"),
    ("198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0"),
    ("198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0"),
    ("203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0"),
    ("224.0.0.0", "239.255.255.255", "223.255.255.255", None),
    ("240.0.0.0", "255.255.255.254", None, None),
    ("255.255.255.255", "255.255.255.255", None, None),
    ("::", "::1", None, None),
    ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "64:ff9b:0:ffff:ffff:ffff:ffff:ffff", "64:ff9b:2::"),
    ("100::", "100::ffff:ffff:ffff:ffff", "ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "100:0:0:2::"),
    ("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"),
    ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"),
    ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::"),
    ("5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "5f01::"),
    ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe00::"),
    ("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", None),
    ("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", None, None),
    ("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", None, None),
]
REFUSED = sorted({address for first, last, _, _ in RANGES for address in (first, last)})
ALLOWED = sorted({address for _, _, before, after in RANGES for address in (before, after) if address})


def refusal(text):
    return addresses.refusal(ip_address(text))


@pytest.mark.parametrize("address", REFUSED)
def test_both_ends_of_each_range_are_refused(address):
    assert refusal(address)


@pytest.mark.parametrize("address", ALLOWED)
def test_the_neighbours_of_each_range_are_allowed(address):
    assert refusal(address) is None


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "8.8.8.8", "76.76.21.21", "2606:4700:4700::1111", "2a00:1450:4001:800::200e", "64:ff9b::808:808"],
)
def test_the_public_internet_is_allowed(address):
    assert refusal(address) is None


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("169.254.169.254", "link-local"),
        ("fd00:ec2::254", "unique-local"),
        ("fe80::1%eth0", "link-local"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::127.0.0.1", "loopback"),
        ("::ffff:0:127.0.0.1", "loopback"),
        ("64:ff9b::a9fe:a9fe", "link-local"),
        ("2002:a00:1::", "private"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "for protocols"),  # Teredo
        ("192.0.0.9", "for protocols"),  # which `ipaddress` calls global
        ("2001:20::1", "for protocols"),
        ("255.255.255.255", "broadcast"),
    ],
)
def test_a_refusal_says_of_what_kind_the_address_is(address, kind):
    assert refusal(address) == kind


IPV4 = st.one_of(st.ip_addresses(v=4), st.sampled_from([a for a in REFUSED + ALLOWED if "." in a]).map(IPv4Address))
IPV6 = st.one_of(st.ip_addresses(v=6), st.sampled_from([a for a in REFUSED + ALLOWED if ":" in a]).map(IPv6Address))
FORMS = {
    "mapped": "::ffff:{0}",
    "translated": "::ffff:0:{0}",
    "NAT64": "64:ff9b::{0}",
    "6to4": "2002:{1:x}:{2:x}:dead:beef::1",
}


@pytest.mark.parametrize("form", FORMS)
@given(inside=IPV4)
@example(inside=IPv4Address("127.0.0.1"))
@example(inside=IPv4Address("8.8.8.8"))
def test_an_address_that_carries_another_is_judged_by_that_one(form, inside):
    text = FORMS[form].format(inside, int(inside) >> 16, int(inside) & 0xFFFF)

    assert refusal(text) == addresses.refusal(inside)


@given(st.one_of(IPV4, IPV6))
def test_what_the_standard_library_calls_not_global_is_never_allowed(address):
    carried = addresses.carried_by(address) or address

    if not carried.is_global:
        assert addresses.refusal(address)


@given(st.one_of(IPV4, IPV6))
def test_the_table_alone_decides_so_that_every_python_gives_the_same_answer(address):
    """What `ipaddress` of any version refuses beyond the table would make the answer depend on the version."""
    if addresses.refusal(address) == "not public":
        pytest.fail(f"{address} is refused by this Python's own table only.")
