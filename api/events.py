"""Events: what changed, told as it changes (Server-Sent Events)."""

from collections.abc import Iterable
from socket import socket

from flask import Flask, Response, current_app, g, request
from pydantic import Field
from werkzeug.exceptions import ServiceUnavailable, TooManyRequests

from api.operations import Header, operation
from api.schema import Query
from config import libpq_url
from people import made_for
from people.accounts import current_sign_in
from services.live.hub import NoRoomError, TooManyListenersError
from services.live.live import Live
from services.permissions import Actor, Permission

EVENT_STREAM = "text/event-stream"
RETRY_AFTER_S = 10
LAST_SEEN = "The id of the last event that was seen, to go on after it."


class EventsQuery(Query):
    """From where to go on."""

    last_event_id: str = Field(default="", description=f"{LAST_SEEN} The header, where there is one, counts.")
    made_for: str = Field(
        default="", max_length=40, description="For whom the page was made that listens; programs leave it out."
    )


def init_app(app: Flask) -> None:
    """Have what streams share; it does nothing until somebody listens."""
    app.extensions["console_live"] = Live(libpq_url(app.config["SQLALCHEMY_DATABASE_URI"]))
    app.before_request(_note_what_is_seen)


def _note_what_is_seen() -> None:
    """Have a page know from where to listen, so that it misses nothing of what happens while it is on its way."""
    g.seen_live = current_app.extensions["console_live"].token


@operation(
    "GET",
    "/api/console/events",
    permission=Permission.SEE_RECORDS,
    answer=None,
    query=EventsQuery,
    media_type=EVENT_STREAM,
    request_headers=(Header("Last-Event-ID", LAST_SEEN, "pX3kQw0aZr1b"),),
    problems=(409, 429),
)
def read_events(actor: Actor, query: EventsQuery) -> Response:
    """Hear of what changes, as it changes.

    A stream of Server-Sent Events, which goes on until the client leaves and ends when its sign-in or role does.
    “ready” comes first. “change” tells which records of one kind were inserted, updated or deleted: {kind, op, ids,
    count}, with at most 50 ids, all of records that the caller may see. “resync” says that something may have been
    missed: look at all anew. Kinds are session, project, deploy, attempt, room, room_state, failure_group, recovery,
    bulk_job, and host, which has no ids and means its pause or its limits. Who listens in too many places is refused
    (429), and so is everybody where too many listen (503).
    """
    made_for.check(query.made_for)
    if request.method == "HEAD":
        return _answer(())
    live: Live = current_app.extensions["console_live"]
    last_id = request.headers.get("Last-Event-ID") or query.last_event_id
    try:
        return _answer(live.join(actor, current_sign_in(), last_id=last_id, connection=_connection()))
    except TooManyListenersError as error:
        raise TooManyRequests(error.message, retry_after=RETRY_AFTER_S) from None
    except NoRoomError as error:
        raise ServiceUnavailable(error.message, retry_after=RETRY_AFTER_S) from None


def _connection() -> socket | None:
    """The client's connection, as gunicorn and Flask's own server hand it on."""
    connection: socket | None = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    return connection


def _answer(frames: Iterable[bytes]) -> Response:
    headers = {"X-Accel-Buffering": "no"}  # nginx would hold back what it gets piecemeal
    return Response(frames, headers=headers, content_type=EVENT_STREAM, direct_passthrough=True)
