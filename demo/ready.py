"""Whether web answers."""

import urllib.error
import urllib.request

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy does not reach this machine's loopback


def answers(url: str) -> bool:
    """Whether a GET of the URL is answered with success within a second or two."""
    try:
        with _OPENER.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False
