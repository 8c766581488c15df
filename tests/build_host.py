"""The demo's build host, as a server of a test's own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from demo.receiver import Receiver


@contextmanager
def building(*, slow_s: float, quota: int) -> Iterator[str]:
    """Serve until the block ends, at the address that is given.

    Args:
        slow_s: seconds that its slow hooks take.
        quota: deploys that its limiting hooks take in a minute.
    """
    server = Receiver(socket.create_server(("127.0.0.1", 0)), slow_s=slow_s, quota=quota)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()
