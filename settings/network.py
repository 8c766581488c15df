"""The settings that concern the network: through whom requests may come, under which names, and how many."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from settings.items import items

LOOPBACK = ("localhost", ".localhost", "127.0.0.1", "[::1]")
"""The names of one's own machine, which nobody else can have."""
RATE_LIMIT = 1_000_000
"""Requests a minute that a limit may be."""


@dataclass(frozen=True)
class RateLimits:
    """Requests a minute in one process of web; 0 counts none."""

    requests: int = 1_200
    """Of a person or a token, in all."""
    visitors: int = 600
    """From an address (of IPv6: a network of 64 bits), without anybody being signed in."""
    writes: int = 240
    """Pages' requests that may change something."""
    api_writes: int = 240
    """The API's."""
    searches: int = 240
    """Searches, suggestions and exact counts."""
    exports: int = 30
    """Files that are made or fetched."""
    reveals: int = 20
    """Looks at whole hooks, and for where they are used."""
    sign_ins: int = 60
    """Steps of signing in and of confirming who one is; tries at passwords have budgets besides."""


OFF = RateLimits(**{limit.name: 0 for limit in fields(RateLimits)})


def trusted_proxies(environ: Mapping[str, str]) -> tuple[str, ...]:
    """`TRUSTED_PROXIES`: addresses and networks.

    Raises:
        ValueError: one of them is neither, or nothing says which names the console has.
    """
    named = items(environ, "TRUSTED_PROXIES")
    for item in named:
        try:
            ip_network(item)
        except ValueError:
            raise ValueError(
                "TRUSTED_PROXIES must be addresses and networks with commas between them, such as "
                f"127.0.0.1,10.1.0.0/16; {item!r} is neither."
            ) from None
    if named and not (environ.get("PUBLIC_URL") or environ.get("TRUSTED_HOSTS")):
        raise ValueError("PUBLIC_URL or TRUSTED_HOSTS must be set where TRUSTED_PROXIES is: proxies say any name.")
    return named


def trusted_hosts(environ: Mapping[str, str], *, host: str, public_url: str | None) -> tuple[str, ...]:
    """The names that requests may ask for; none where any will do.

    `TRUSTED_HOSTS` and PUBLIC_URL name them; where neither does and web listens on loopback, only the machine's own do.

    Raises:
        ValueError: something in TRUSTED_HOSTS is no name.
    """
    named = items(environ, "TRUSTED_HOSTS")
    for name in named:
        if not _is_host(name):
            raise ValueError(
                "TRUSTED_HOSTS must be names without ports and with commas between them, such as console.example.com, "
                f"or .example.com for it and all below it; {name!r} is none."
            )
    if public_url is not None:
        named += (_bracketed(urlsplit(public_url).hostname or ""),)
    if not named and not is_loopback(host):
        return ()
    return (*named, *LOOPBACK)


def rate_limits(environ: Mapping[str, str]) -> RateLimits:
    """`RATE_LIMITS`: `off`, or what differs from the defaults, such as `requests=2400,exports=60`.

    Raises:
        ValueError: it is neither.
    """
    text = environ.get("RATE_LIMITS", "").strip()
    if text == "off":
        return OFF
    known, chosen = {limit.name for limit in fields(RateLimits)}, {}
    for item in items(environ, "RATE_LIMITS"):
        name, _, number = item.partition("=")
        if name not in known or not _is_rate(number):
            raise ValueError(
                f"RATE_LIMITS must be off, or numbers from 0 to {RATE_LIMIT:,} with commas between them, such as "
                f"requests=2400,exports=60; there are {', '.join(sorted(known))}."
            )
        chosen[name] = int(number)
    return replace(RateLimits(), **chosen)


def _is_rate(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(RATE_LIMIT)) and int(text) <= RATE_LIMIT


def _is_host(text: str) -> bool:
    bare = text.removeprefix(".")
    return bool(bare) and bare.isascii() and all(part.replace("-", "").isalnum() for part in bare.split("."))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
