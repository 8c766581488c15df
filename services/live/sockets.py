"""What live needs of a listener's connection, beyond what its web server does with it."""

import socket
from contextlib import suppress
from fcntl import ioctl
from struct import calcsize, unpack
from termios import TIOCOUTQ

BUFFER_BYTES = 65_536
"""What the system may keep for a listener who does not read."""
ESTABLISHED = 1
"""The state of a connection that both ends keep (Linux, include/net/tcp_states.h)."""
IO_ERRORS = (OSError, ValueError)
"""What asking a connection that has ended raises."""


def keep_little(connection: socket.socket) -> None:
    """Have the system keep little of what is sent, so that it shows early who does not read."""
    with suppress(*IO_ERRORS):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)


def unread_bytes(connection: socket.socket) -> int:
    """How much was sent and has not arrived at the other end; 0 where the system can't tell (only Linux can)."""
    try:
        told = ioctl(connection.fileno(), TIOCOUTQ, bytes(calcsize("i")))
    except IO_ERRORS:
        return 0
    return int(unpack("i", told)[0])


def is_left(connection: socket.socket) -> bool:
    """Whether the other end has closed it, which is else only noticed when something is sent (Linux can tell)."""
    try:
        state = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    except IO_ERRORS:
        return True
    return state != ESTABLISHED


def shut(connection: socket.socket) -> None:
    """End the connection, and whatever waits for it; its owner closes it."""
    with suppress(*IO_ERRORS):
        connection.shutdown(socket.SHUT_RDWR)
