"""Who asks, and for what, where proxies stand in between: believed of those that are configured, and of nobody else."""

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from flask import Flask

from config import Settings

Address = IPv4Address | IPv6Address
SAID = ("X_FORWARDED_FOR", "X_FORWARDED_PROTO", "X_FORWARDED_HOST")
"""What proxies say and the console listens to."""
UNHEARD = ("FORWARDED", "X_FORWARDED_PORT", "X_FORWARDED_PREFIX", "X_FORWARDED_SSL", "X_REAL_IP", "X_SCRIPT_NAME")
"""What nothing may come to listen to by chance."""


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["console_settings"]
    app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]


class TrustedProxies:
    """Has a request say what the nearest proxy says of it, if that proxy is one of ours; and takes the headers away.

    Counting hops (werkzeug's ProxyFix) would believe whoever reaches the port past the proxy. Here the connection's own
    address has to be in one of the networks, and of the addresses in `X-Forwarded-For`, which each proxy appends to,
    the last one that is not a proxy of ours is who asks.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]], networks: Iterable[str]) -> None:
        self._app = app
        self._networks = tuple(ip_network(network) for network in networks)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        said = {name: environ.pop(f"HTTP_{name}", "") for name in SAID}
        for name in UNHEARD:
            environ.pop(f"HTTP_{name}", None)
        peer = _address(environ.get("REMOTE_ADDR", ""))
        if self._networks and peer is not None and self._is_ours(peer):
            environ["REMOTE_ADDR"] = str(self._sender(peer, said["X_FORWARDED_FOR"]))
            _believe(environ, scheme=_last(said["X_FORWARDED_PROTO"]).lower(), host=_last(said["X_FORWARDED_HOST"]))
        return self._app(environ, start_response)

    def _sender(self, peer: Address, chain: str) -> Address:
        """Who asks: from the nearest on, the first that is none of ours, or the last that can be read."""
        sender = peer
        for hop in reversed(chain.split(",")):
            address = _address(hop.strip())
            if address is None:
                break
            sender = address
            if not self._is_ours(address):
                break
        return sender

    def _is_ours(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def _believe(environ: dict[str, Any], *, scheme: str, host: str) -> None:
    if scheme in ("http", "https"):
        environ["wsgi.url_scheme"] = scheme
    if host:
        environ["HTTP_HOST"] = host  # guards.hosts asks whether it is a name of the console's


def _last(said: str) -> str:
    """What the nearest of several proxies says."""
    return said.rpartition(",")[2].strip()


def _address(text: str) -> Address | None:
    """An address, with or without a port, as an IPv4 one where it is one in the clothes of IPv6."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
