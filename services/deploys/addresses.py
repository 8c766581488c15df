"""Which addresses a deploy hook may have: those of the public Internet, and no others."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

IPAddress = IPv4Address | IPv6Address

REFUSED = {
    ip_network(network): kind
    for network, kind in {
        "0.0.0.0/8": "this network",
        "10.0.0.0/8": "private",
        "100.64.0.0/10": "shared by a provider's customers",
        "127.0.0.0/8": "loopback",
        "169.254.0.0/16": "link-local",
        "172.16.0.0/12": "private",
        "192.0.0.0/24": "for protocols",
        "192.0.2.0/24": "documentation",
        "192.88.99.0/24": "6to4 relays",
        "192.168.0.0/16": "private",
        "198.18.0.0/15": "benchmarking",
        "198.51.100.0/24": "documentation",
        "203.0.113.0/24": "documentation",
        "224.0.0.0/4": "multicast",
        "255.255.255.255/32": "broadcast",
        "240.0.0.0/4": "reserved",
        "::/128": "unspecified",
        "::1/128": "loopback",
        "64:ff9b:1::/48": "NAT64 of a local network",
        "100::/64": "discarded",
        "2001::/23": "for protocols",
        "2001:db8::/32": "documentation",
        "3fff::/20": "documentation",
        "5f00::/16": "segment routing",
        "fc00::/7": "unique-local",
        "fe80::/10": "link-local",
        "fec0::/10": "site-local",
        "ff00::/8": "multicast",
    }.items()
}
"""IANA's special-purpose registries, with what is obsolete and still routed somewhere. The first match counts.

`64:ff9b:1::/48` is refused whole: where in it the IPv4 address stands is each network's own choice (RFC 8215).
"""

CARRIERS = {
    IPv6Network("::/96"): 0,  # IPv4-compatible, obsolete
    IPv6Network("::ffff:0:0/96"): 0,  # IPv4-mapped
    IPv6Network("::ffff:0:0:0/96"): 0,  # IPv4-translated
    IPv6Network("64:ff9b::/96"): 0,  # NAT64
    IPv6Network("2002::/16"): 80,  # 6to4
}
"""IPv6 networks whose addresses carry an IPv4 address, and how many bits stand to the right of it."""


def parse(text: str) -> IPAddress | None:
    """The address that is written so, with or without a scope (`fe80::1%eth0`); None if it is none."""
    try:
        return ip_address(text)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def refusal(address: IPAddress) -> str | None:
    """Why a hook may not have this address; None if it may.

    An IPv6 address that carries an IPv4 address is judged by that one. What the table does not name is left to the
    `ipaddress` module, whose own tables differ between versions of Python.
    """
    for network, kind in REFUSED.items():
        if address in network:
            return kind
    if (carried := carried_by(address)) is not None:
        return refusal(carried)
    return None if address.is_global else "not public"


def carried_by(address: IPAddress) -> IPv4Address | None:
    """The IPv4 address inside an IPv6 address, if there is one."""
    for network, shift in CARRIERS.items():
        if address in network:
            return IPv4Address(int(address) >> shift & 0xFFFFFFFF)
    return None


def unmapped(address: IPAddress) -> IPAddress:
    """The IPv4 address that an IPv4-mapped one is another spelling of; else the address itself."""
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
