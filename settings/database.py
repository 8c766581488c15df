"""What the settings say of the way to the database: over a network it is encrypted, or somebody has said otherwise."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from psycopg.conninfo import conninfo_to_dict

from settings.network import is_loopback

CHECKED = frozenset({"verify-full", "verify-ca"})
"""Each `sslmode` that checks who answers for the server's certificate; verify-full compares its name besides."""
CHOSEN = frozenset({"require", "disable"})
"""Those that check nothing, or encrypt nothing, but say so: neither falls back to what it did not say."""


@dataclass(frozen=True)
class OpenWay:
    """A way over a network, on which somebody in between may be."""

    host: str
    sslmode: str


def closed_way(url: str, name: str, environ: Mapping[str, str]) -> str:
    """The URL, if what goes there stays on this machine, or its `sslmode` says how it is encrypted, if at all.

    libpq's own default, `prefer`, goes on in the clear with whoever says that there is no TLS.

    Args:
        name: the setting that it comes from.

    Raises:
        ValueError: it says nothing, or something that falls back.
    """
    way = open_way(url, environ)
    if way is not None and way.sslmode not in CHOSEN:
        raise ValueError(
            f"{name} must say how the way to {way.host} is encrypted: with sslmode=verify-full, and sslrootcert=system "
            "or a file of the authority, in it or as PGSSLMODE and PGSSLROOTCERT. Where nobody else is on that "
            "network, sslmode=disable does too."
        )
    return url


def open_way(url: str, environ: Mapping[str, str] = os.environ) -> OpenWay | None:
    """Where and how the URL leads over a network, if no certificate is checked there.

    Raises:
        ValueError: PostgreSQL's own library can't read the URL.
    """
    try:
        read = conninfo_to_dict(f"postgresql://{url.partition('://')[2]}")
    except psycopg.ProgrammingError:  # which quotes the URL
        raise ValueError("It is no URL that PostgreSQL's own library can read; see its manual, 32.1.1.2.") from None
    known = {name: str(value) for name, value in read.items() if value}
    far = next((host for host in _hosts(known, environ) if not _is_here(host)), None)
    sslmode = known.get("sslmode") or environ.get("PGSSLMODE") or "prefer"
    return None if far is None or sslmode in CHECKED else OpenWay(far, sslmode)


def _hosts(known: Mapping[str, str], environ: Mapping[str, str]) -> list[str]:
    """What the library connects to, as it decides it; what a file of services says, is for the URL to say again."""
    named = known.get("hostaddr") or known.get("host")
    if service := known.get("service") or environ.get("PGSERVICE"):
        named = named or f"the service {service}"
    return (named or environ.get("PGHOSTADDR") or environ.get("PGHOST") or "").split(",")


def _is_here(host: str) -> bool:
    """Whether it is a socket, which files and their owners guard, or an address of this machine's own."""
    return host.startswith(("/", "@")) or not host or is_loopback(host)
