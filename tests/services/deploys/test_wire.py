"""The bytes of one connection: how many are read, and at what a broken one was."""

import asyncio
import socket
import struct

import pytest

from models import ErrorKind
from services.deploys.no_answer import NoAnswer
from services.deploys.wire import READ_LIMIT, Wire


def over_a_connection(act):
    """Run `act(wire, peer)` on both ends of a real connection; what it returns."""

    async def run():
        with socket.create_server(("127.0.0.1", 0)) as server:
            wire = Wire(*await asyncio.open_connection(*server.getsockname()))
            with server.accept()[0] as peer:
                try:
                    return await act(wire, peer)
                finally:
                    await wire.aclose()

    return asyncio.run(run())


async def reset(peer):
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()
    await asyncio.sleep(0.05)


def test_what_is_written_leaves_together_when_the_answer_is_asked_for():
    async def act(wire, peer):
        await wire.write(b"head")
        await wire.write(b"body")
        peer.setblocking(False)
        with pytest.raises(BlockingIOError):
            peer.recv(10)
        peer.sendall(b"answer")
        return await wire.read(100), peer.recv(100)

    assert over_a_connection(act) == (b"answer", b"headbody")


def test_a_connection_that_broke_before_the_request_was_sent_broke_while_sending():
    async def act(wire, peer):
        await wire.write(b"request")
        await reset(peer)
        await wire.read(100)

    with pytest.raises(NoAnswer) as failure:
        over_a_connection(act)

    assert failure.value.kind is ErrorKind.WRITE


def test_a_connection_that_broke_after_the_request_was_sent_broke_while_reading():
    async def act(wire, peer):
        await wire.write(b"request")
        reading = asyncio.create_task(wire.read(100))
        await asyncio.sleep(0.05)
        await reset(peer)
        await reading

    with pytest.raises(NoAnswer) as failure:
        over_a_connection(act)

    assert failure.value.kind is ErrorKind.READ


def test_no_byte_beyond_the_limit_is_handed_on():
    async def act(wire, peer):
        peer.settimeout(1)
        sending = asyncio.get_running_loop().run_in_executor(None, peer.sendall, b"x" * (READ_LIMIT + 1))
        got = 0
        while got < READ_LIMIT:
            got += len(await wire.read(65_536))
        await sending
        with pytest.raises(NoAnswer):
            await wire.read(65_536)
        return got

    assert over_a_connection(act) == READ_LIMIT
