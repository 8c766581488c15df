"""What requests were refused: a line in the log for each, and an event of the audit trail where it is known who asked.

Anybody can have requests refused. So the trail has one a person, reason and minute, and none of who is not signed in.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from time import monotonic
from uuid import UUID

from flask import Flask, Response, g, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from extensions import transaction
from people.accounts import ANONYMOUS, current_actor
from services import refusals
from services.permissions import Actor, Permission, Scope

log = logging.getLogger("console.web")

FORGED_FORM = "the form’s token"
OTHER_SITE = "a page of another site"
OTHER_HOST = "another host"
ACTING = "acting as somebody else"
NOT_TOLD = "not permitted"
NOT_THEIRS = "a record of somebody else’s, or none"
FROM_ELSEWHERE = frozenset({OTHER_SITE, OTHER_HOST})
"""What does not come from a person who is here: whose cookie it has is not asked, since that would be use of it."""

TOLD_EVERY_S = 60
ADDRESSES = 1_000
"""Addresses of which a process remembers when it last told of them."""
_told_at: dict[str, float] = {}


def init_app(app: Flask) -> None:
    app.after_request(_tell)


def note(what: str) -> None:
    """Have it told at the request's end that it was refused, in part at least.

    Args:
        what: the permission that is missing, or what else stood in the way, in words that are the same each time.
    """
    g.setdefault("refused", []).append(what)


def _tell(response: Response) -> Response:
    """After the answer is made; what hinders it hinders no answer."""
    noted: list[str] = g.get("refused", [])
    if response.status_code == 429:
        _tell_of_too_much(request.remote_addr or "nowhere")
    if not noted and response.status_code not in (403, 404):
        return response
    try:
        actor = ANONYMOUS if FROM_ELSEWHERE & {*noted} else current_actor()
        for what in dict.fromkeys(noted or _guess(response, actor)):
            _tell_one(what, actor)
    except (DBAPIError, PoolTimeoutError):
        log.exception("That request %s was refused could not be recorded.", g.get("request_id"))
    return response


def _tell_of_too_much(address: str) -> None:
    """Once a minute and address: who asks too much would else have the log written as fast as they ask."""
    now = monotonic()
    if now - _told_at.get(address, -TOLD_EVERY_S) < TOLD_EVERY_S:
        return
    if len(_told_at) >= ADDRESSES:
        _told_at.clear()
    _told_at[address] = now
    log.warning("Request %s was refused (too much at once): %s from %s", g.get("request_id"), request.endpoint, address)


def _guess(response: Response, actor: Actor) -> Iterator[str]:
    """What nobody noted. To a member, what is not theirs is not there; who looks for it is told of to others."""
    if response.status_code == 403:
        yield NOT_TOLD
    elif _record_id() and actor.scope(Permission.SEE_RECORDS) is Scope.OWN:
        yield NOT_THEIRS


def _tell_one(what: str, actor: Actor) -> None:
    route, request_id = f"{request.method} {request.url_rule or 'no route'}", g.get("request_id")
    log.warning(
        "Request %s was refused (%s): %s by %s from %s",
        request_id,
        what,
        route,
        actor.answerable_id or "nobody who is known",
        request.remote_addr,
    )
    if actor.id is not None:
        with transaction(actor) as db:
            refusals.note(
                db,
                actor,
                what,
                route=route,
                record_id=_record_id(),
                request_id=request_id,
                now=datetime.now(UTC),
            )


def _record_id() -> UUID | None:
    """The record that was asked for, where the request names one."""
    for named in (*(request.view_args or {}).values(), request.args.get("id")):
        try:
            return UUID(str(named))
        except ValueError:
            continue
    return None
