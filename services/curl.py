"""HTTP requests as commands for a shell: what people copy to repeat, or to report, a request; without its secrets."""

import json
import shlex
from collections.abc import Sequence
from typing import Any

REDACTED = "<redacted>"
"""What stands in the place of a secret that whoever repeats the request has to fill in."""
AUTHORIZATION = '"Authorization: Bearer $TOKEN"'
"""In double quotes, so that the shell puts in the token, which is not in the command."""

Headers = Sequence[tuple[str, str]]


def command(method: str, url: str, headers: Headers = (), body: Any = None) -> str:
    """A request as a command: each value is one word to the shell, whatever is in it.

    Args:
        headers: names and values, secrets already redacted.
        body: sent as JSON; null for none.
    """
    words = [f"curl --request {shlex.quote(method)}", f"--url {shlex.quote(url)}"]
    words += [f"--header {shlex.quote(f'{name}: {value}')}" for name, value in headers]
    if body is not None:
        words.append(f"--data-raw {shlex.quote(json.dumps(body))}")
    return _lines(words)


def api_command(url: str) -> str:
    """How a program reads a record from the console's own API, with its token in the variable TOKEN."""
    return _lines(["curl", f"--header {AUTHORIZATION}", f"--url {shlex.quote(url)}"])


def _lines(words: Sequence[str]) -> str:
    return " \\\n  ".join(words)
