"""Which TCP ports are free."""

import socket
from collections.abc import Iterable

from demo.errors import DemoError

_BACKLOG = 512


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # as gunicorn does, so that a restart is not refused
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def require_free(host: str, port: int) -> None:
    """Raise unless web could listen there.

    Raises:
        DemoError: something else listens there, or this machine has no such address.
    """
    if not is_free(host, port):
        raise DemoError(
            f"Port {port} of {host} is taken; stop what listens there, or choose another: PORT={port + 1} make demo"
        )


def listen_on_first_free(host: str, ports: Iterable[int]) -> socket.socket:
    """A socket that listens on the first of the ports that is free, so that nobody else gets it meanwhile.

    Raises:
        DemoError: none is.
    """
    for port in ports:
        try:
            return socket.create_server((host, port), backlog=_BACKLOG)
        except OSError:
            continue
    raise DemoError("No port is free for the demo's deploy-hook receiver.")
