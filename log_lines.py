"""How web and worker write their logs: to standard error, a line a record, which begins with when in UTC."""

import logging
import time


class Lines(logging.Formatter):
    """A record as a line that log processors read: time, level, who tells, and what; a traceback follows, indented."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self.converter = time.gmtime


def write(level: int) -> None:
    """Write what is logged from here on, from `level` upwards."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole URLs, and a hook's URL is a secret
