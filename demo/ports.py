"""Which TCP ports are free."""

import socket
from collections.abc import Iterable

from demo.errors import DemoError


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


def first_free(host: str, ports: Iterable[int]) -> int:
    """The first of the ports that is free.

    Raises:
        DemoError: none is.
    """
    for port in ports:
        if is_free(host, port):
            return port
    raise DemoError("No port is free for the demo's deploy-hook receiver.")
