"""What a request would like (RFC 7240): how long it is willing to wait."""

from flask import request
from werkzeug.http import parse_list_header


def preferred_wait_s(limit_s: int) -> int | None:
    """Seconds to wait by `Prefer: wait=N`, at most `limit_s`; None where there is no such wish, or none can be met.

    The first of several counts, and what can't be understood is passed over, as the standard has it.
    """
    for preference in parse_list_header(",".join(request.headers.getlist("Prefer"))):
        name, _, value = preference.partition(";")[0].partition("=")
        value = value.strip().strip('"')
        if name.strip().lower() == "wait" and value.isascii() and value.isdigit():
            return min(int(value[:9]), limit_s) or None
    return None
