"""The egress policy: to which addresses and ports a worker may POST."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Self

from services.deploys import addresses
from services.deploys.addresses import IPAddress

DEFAULT_PORTS = (80, 443)


@dataclass(frozen=True)
class Opening:
    """A host or network that may be called although the guard would refuse it, on one port or on any."""

    host: str | IPv4Network | IPv6Network
    """A name (`hooks.internal`), all names under one (`*.internal`), or a network."""
    port: int | None = None

    @classmethod
    def of(cls, host: str, port: int | None = None) -> Self:
        """The opening that a setting writes so."""
        try:
            return cls(ip_network(host), port)
        except ValueError:
            return cls(host.lower().removesuffix("."), port)

    def covers(self, name: str, port: int, address: IPAddress) -> bool:
        """Whether this opens an address that a name resolved to."""
        if self.port not in (None, port):
            return False
        if not isinstance(self.host, str):
            return address in self.host or addresses.unmapped(address) in self.host
        if self.host.startswith("*."):
            return name.endswith(self.host[1:])
        return name == self.host


@dataclass(frozen=True)
class EgressPolicy:
    """What a worker may call: the public Internet on a few ports, and what was opened."""

    ports: frozenset[int] = frozenset(DEFAULT_PORTS)
    openings: tuple[Opening, ...] = ()

    @classmethod
    def of(cls, ports: Iterable[int] = DEFAULT_PORTS, allow: Iterable[tuple[str, int | None]] = ()) -> Self:
        """The policy of the settings `HOOK_PORTS` and `EGRESS_ALLOW`, as `config.Settings` holds them."""
        return cls(frozenset(ports), tuple(Opening.of(host, port) for host, port in allow))

    def refusal(self, name: str, port: int, found: Sequence[str]) -> str | None:
        """Why a host may not be called; None if it may.

        One refused address refuses the host: a name that points inside and outside is a mistake or an attack, and
        which of its addresses is called must not be left to chance.

        Args:
            name: the host as the URL has it, in lower case, without a trailing dot.
            found: every address that it resolved to.
        """
        return next(filter(None, (self._refusal_of(name, port, address) for address in found)), None)

    def _refusal_of(self, name: str, port: int, found: str) -> str | None:
        address = addresses.parse(found)
        if address is None:
            return "The egress guard refused the host: it resolved to something that is no address."
        if any(opening.covers(name, port, address) for opening in self.openings):
            return None
        if port not in self.ports:
            return f"The egress guard refused port {port}, which HOOK_PORTS does not name."
        if kind := addresses.refusal(address):
            return f"The egress guard refused {address} ({kind})."
        return None
