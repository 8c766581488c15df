"""How often somebody may ask, by what they ask for; said in each answer, refused with 429.

docs/decisions/0025-what-every-request-passes.md says why it counts by itself, and in the process.
"""

import time
from collections.abc import Iterator
from ipaddress import ip_network

from flask import Flask, Response, current_app, g, request, session
from werkzeug.exceptions import TooManyRequests

from config import Settings
from guards.forgery import SAFE
from guards.rates import Buckets, Rate, Standing
from people import api_tokens
from people.accounts import current_actor, has_bearer

FREE = frozenset({"api.alive", "api.ready", "api.read_events"})
"""What supervisors ask for, and what is asked for once and then listened to, within limits of its own."""
SIGN_INS = frozenset({"security.login", "security.verify", "password_resets.ask", "password_resets.reset"})
SIGN_IN_ROOMS = frozenset({"sign_in_steps", "first_admin", "provider"})
SEARCHES = frozenset({"index", "ajax_lookup", "facets_view", "how_many", "count_view"})
EXPORTS = frozenset({"export", "export_file", "export_by_job", "file"})


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["console_settings"]
    limits = settings.rate_limits
    rates = {name: Rate(name, quota) for name, quota in vars(limits).items() if quota}
    if not rates:
        return
    app.extensions["console_rates"] = rates, Buckets()
    app.before_request(_take)
    app.after_request(_tell)


def _take() -> None:
    """
    Raises:
        TooManyRequests: a bucket is empty.
    """
    if _is_free():
        return
    rates, buckets = current_app.extensions["console_rates"]
    who, now = _who(), time.monotonic_ns()
    g.rates = [buckets.take(rates[name], who, now=now) for name in _names(who) if name in rates]
    wait_s = max((standing.wait_s for standing in g.rates), default=0)
    if wait_s:
        raise TooManyRequests("That was too much at once; try again in a moment.", retry_after=wait_s)


def _is_free() -> bool:
    """Files, and parts of pages that renew themselves when something happens."""
    endpoint = request.endpoint or ""
    return endpoint in FREE or endpoint.endswith(("static", "live"))


def _who() -> str:
    """The token or the person that is behind the request, else the address; a made-up token is nobody's."""
    if has_bearer():
        return (api_tokens.sign_in() if current_actor().id else None) or _address()
    person = session.get("_user_id")
    return f"person {person}" if person else _address()


def _address() -> str:
    """Where it comes from; of IPv6 the network of 64 bits, which one household has."""
    address = request.remote_addr or ""
    return f"address {ip_network((address, 64), strict=False) if ':' in address else address}"


def _names(who: str) -> Iterator[str]:
    """The limits that the request counts towards."""
    yield "visitors" if who.startswith("address") else "requests"
    endpoint = request.endpoint or ""
    room, _, name = endpoint.rpartition(".")
    if request.method not in SAFE:
        yield _kind_of_write(endpoint, room, name)
    elif name in EXPORTS:
        yield "exports"
    elif "search" in request.args or (name in SEARCHES and (name != "index" or room == "palette")):
        yield "searches"


def _kind_of_write(endpoint: str, room: str, name: str) -> str:
    if endpoint in SIGN_INS or room in SIGN_IN_ROOMS:
        return "sign_ins"
    if room == "hooks":
        return "reveals"
    if name in EXPORTS:
        return "exports"
    return "api_writes" if room == "api" else "writes"


def _tell(response: Response) -> Response:
    """`RateLimit-Policy` and `RateLimit` as draft-ietf-httpapi-ratelimit-headers-10 has them."""
    standings: list[Standing] = g.get("rates", [])
    if standings:
        policies = (f'"{one.rate.name}";q={one.rate.quota};w={one.rate.window_s}' for one in standings)
        response.headers["RateLimit-Policy"] = ", ".join(policies)
        response.headers["RateLimit"] = ", ".join(
            f'"{one.rate.name}";r={one.left};t={one.full_in_s}' for one in standings
        )
    return response
