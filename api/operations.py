"""Operations: one decorator routes a method and a path, asks for the permission, and describes both to OpenAPI."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import Blueprint, Response
from pydantic import BaseModel

from api.access import permitted_actor
from api.bodies import parse_body
from api.queries import parse_query
from services.ids import parse_id
from services.permissions import Permission

blueprint = Blueprint("api", __name__, template_folder=None)
JSON = "application/json"


@dataclass(frozen=True)
class Header:
    """A request's header, or an answer's, that an operation knows."""

    name: str
    description: str
    example: str


@dataclass(frozen=True)
class Operation:
    """One method of one path, as the router and the document know it."""

    method: str
    path: str
    act: Callable[..., Any]
    permission: Permission | None
    """Who may call it; None for everybody, signed in or not."""
    answer: type[BaseModel] | None
    """The shape of a good answer; None where it is no JSON of a fixed shape."""
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    """What may follow the path's question mark."""
    status: int = 200
    problems: tuple[int, ...] = ()
    """Statuses of problems, beside those that any operation may answer."""
    request_headers: tuple[Header, ...] = ()
    answer_headers: tuple[Header, ...] = ()
    """What a good answer has, and where it is an ETag, the problem of a stale version (412), too."""
    media_type: str = JSON
    may_be_unchanged: bool = False
    """Whether it answers 304 where the request has the answer already (If-None-Match)."""

    @property
    def name(self) -> str:
        return self.act.__name__

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD")


@dataclass(frozen=True)
class Answer:
    """A shape, with headers beside it."""

    body: BaseModel
    headers: Mapping[str, str] = field(default_factory=dict)


OPERATIONS: list[Operation] = []
"""Every operation, as the modules beside this one add them."""


def operation(
    method: str, path: str, *, permission: Permission | None, answer: type[BaseModel] | None, **details: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Route `method path` to the function below, for those who hold `permission`.

    The function is called with the path's ids, `actor` unless everybody may call it, and `body` and `query` where it
    takes them; it returns a shape, an `Answer`, or a response that is sent as it is. Its docstring is its description.
    """

    def register(act: Callable[..., Any]) -> Callable[..., Any]:
        described = Operation(method, path, act, permission, answer, **details)
        OPERATIONS.append(described)
        blueprint.add_url_rule(path, endpoint=described.name, view_func=_view(described), methods=[method])
        return act

    return register


def _view(described: Operation) -> Callable[..., Response]:
    @wraps(described.act)
    def view(**path: str) -> Response:
        arguments: dict[str, Any] = {}
        if described.permission is not None:
            arguments["actor"] = permitted_actor(described.permission, page=described.media_type == "text/html")
        arguments |= {name: parse_id(text, field=name) for name, text in path.items()}
        if described.body is not None:
            arguments["body"] = parse_body(described.body)
        if described.query is not None:
            arguments["query"] = parse_query(described.query)
        return _respond(described.act(**arguments), described.status)

    view.permissions = frozenset([described.permission] if described.permission else ())  # type: ignore[attr-defined]
    return view


def _respond(answer: Any, status: int) -> Response:
    if isinstance(answer, Response):
        return answer
    if isinstance(answer, BaseModel):
        answer = Answer(answer)
    return Response(answer.body.model_dump_json(by_alias=True), status, answer.headers, mimetype=JSON)
