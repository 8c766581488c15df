"""Every error leaves through here: as a page for people, as problem JSON for programs, never as a traceback."""

import logging
from uuid import uuid4

from flask import Flask, Response, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.exc import DataError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from admin_views.errors import error_page
from api.challenges import Challenge
from api.problems import problem
from extensions import db_session
from people import refused
from services import scrubbing
from services.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    MissingScopeError,
    NotFoundError,
    ServiceError,
    StaleError,
)

log = logging.getLogger("console.web")

STATUS: tuple[tuple[type[ServiceError], int], ...] = (
    (NotFoundError, 404),
    (StaleError, 412),
    (ConflictError, 409),
    (InvalidInputError, 422),
    (ForbiddenError, 403),
)
"""The HTTP status of each error of a service; the first that fits counts."""

STOCK = {
    400: "The request can’t be understood: something that it needs is missing or malformed.",
    401: "Sign in to go on.",
    403: "Your role does not permit this.",
    404: "There is nothing at this address.",
    405: "This address does not take requests of this kind.",
    406: "This can’t be answered in the form that was asked for.",
    408: "The request took too long to arrive.",
    413: "That is more than one request may send.",
    414: "The address is too long.",
    415: "This address does not take data of this kind.",
    429: "That was too much at once; try again in a moment.",
}
"""What to say of a status where nobody who raised it said more."""


def init_app(app: Flask) -> None:
    app.before_request(_name_request)
    app.after_request(_tell_its_name)
    app.register_error_handler(ServiceError, _service_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DataError, _data_error)
    app.register_error_handler(ProgrammingError, _refused_or_wrong)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(PoolTimeoutError, _database_away)
    app.register_error_handler(Exception, _unexpected)


def _name_request() -> None:
    g.request_id = uuid4().hex[:12]


def _tell_its_name(response: Response) -> Response:
    """So that programs, and people who save a page, can say which request they mean."""
    response.headers["X-Request-Id"] = g.get("request_id", "")
    return response


def _service_error(error: ServiceError) -> ResponseReturnValue:
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    if isinstance(error, ForbiddenError) and error.permission:
        refused.note(error.permission)
    scope = error.scope if isinstance(error, MissingScopeError) else None
    is_of_role = isinstance(error, ForbiddenError) and error.permission is not None
    answer = make_response(_answer(status, error.message, field=error.field, scope=scope, is_of_role=is_of_role))
    if scope:
        answer.headers["WWW-Authenticate"] = Challenge(scope=scope, error="insufficient_scope").to_header()
    if isinstance(error, StaleError) and error.newer:
        answer.headers["ETag"] = error.newer
    return answer


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    if isinstance(error, CSRFError):
        refused.note(refused.FORGED_FORM)
    if error.code == 401 and request.method == "GET" and not _is_api():
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
    is_of_role = error.code == 403 and not _has_own_words(error)
    answer = make_response(_answer(error.code, _words_of(error), scope=_scope_of(error), is_of_role=is_of_role))
    answer.headers.extend(header for header in error.get_headers() if header[0] != "Content-Type")
    return answer  # with what a status asks for: Allow, WWW-Authenticate, Retry-After


def _scope_of(error: HTTPException) -> str | None:
    """The scope of a token that a refusal asks for, where it does."""
    challenges = getattr(error, "www_authenticate", None) or ()
    return next((one.parameters.get("scope") for one in challenges if isinstance(one, Challenge)), None)


def _words_of(error: HTTPException) -> str:
    """Its own description where somebody wrote one, else ours in the place of the server's stock text."""
    if _has_own_words(error):
        return str(error.description)
    return STOCK.get(error.code or 0, "This can’t be answered.")


def _has_own_words(error: HTTPException) -> bool:
    return bool(error.description) and error.description != type(error).description


def _data_error(error: DataError) -> ResponseReturnValue:
    """PostgreSQL refused a value: a NUL byte, a number out of range."""
    log.warning("Refused by PostgreSQL: %s", type(error.orig).__name__)
    return _answer(400, "A value that was sent can't be stored or searched for.")


def _refused_or_wrong(error: ProgrammingError) -> ResponseReturnValue:
    """PostgreSQL refused it to the role of who asks, which the console should have done before; or it is our fault."""
    if not isinstance(error.orig, InsufficientPrivilege):
        return _unexpected(error)
    log.error("Request %s was refused by PostgreSQL", g.get("request_id"), exc_info=error)
    return _answer(403, STOCK[403], is_of_role=True)


def _database_away(error: Exception) -> ResponseReturnValue:
    log.error("The database is away: %s", type(error).__name__, exc_info=error)
    return _answer(503, "The database can't be reached just now. Nothing was lost; try again in a moment.")


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.error("Request %s failed", g.get("request_id"), exc_info=error)
    return _answer(500, "This is our fault, not yours. The log has the details under the request's id.")


def _answer(
    status: int, message: str, *, field: str | None = None, scope: str | None = None, is_of_role: bool = False
) -> ResponseReturnValue:
    """
    Args:
        is_of_role: whether another role would lift the refusal.
    """
    db_session().rollback()
    request_id, message = g.get("request_id", ""), scrubbing.without_known(message)
    if _is_api():
        return problem(status, message, request_id, field=field, scope=scope)
    return error_page(status, message, request_id, is_of_role=is_of_role)


def _is_api() -> bool:
    return request.path.startswith("/api/") or request.path in ("/healthz", "/readyz")
