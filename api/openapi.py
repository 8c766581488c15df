"""The OpenAPI 3.1 document, made of the operations and of the shapes that they read and answer."""

import re
from functools import cache
from http import HTTPStatus
from inspect import getdoc
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from api.operations import JSON, OPERATIONS, Header, Operation
from api.problems import PROBLEM_JSON, Problem
from services.permissions import scope_for

REF = "#/components/schemas/{model}"
_PATH_ID = re.compile(r"<(?:\w+:)?(\w+)>")
_ABOUT = (
    "What programs see of the Operations Console. Times are ISO 8601 in UTC, ids are UUIDs, and a deploy hook's URL, "
    "which is a credential, is masked wherever it is answered. Errors are problem JSON (RFC 9457). Unknown fields "
    "of a body are refused; clients should pass over fields of an answer that they don't know."
)
_SECURITY_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token that a person makes on the console, under API tokens, or that `flask console token "
        "EMAIL` prints. It may do what that person may, as far as its scope goes: read, remediate or admin, each of "
        "which holds the one before. What an operation needs stands beside it. A token lasts until it expires, at most "
        "for a year, or is revoked.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "session",
        "description": "The cookie of a signed-in browser; over TLS it is called __Host-session.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRFToken",
        "description": "The page's CSRF token, needed beside the cookie wherever something is written.",
    },
}


@cache
def document() -> dict[str, Any]:
    """The whole document, as JSON values; not to be changed."""
    return {
        "openapi": "3.1.1",
        "info": {"title": "Operations Console", "version": "1", "description": _ABOUT},
        "paths": _paths(),
        "components": {"schemas": _schemas(), "securitySchemes": _SECURITY_SCHEMES},
    }


def _paths() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for described in sorted(OPERATIONS, key=lambda described: described.path):
        methods = paths.setdefault(_PATH_ID.sub(r"{\1}", described.path), {})
        methods[described.method.lower()] = _operation(described)
    return paths


def _operation(described: Operation) -> dict[str, Any]:
    summary, _, description = (getdoc(described.act) or "").partition("\n")
    fields: dict[str, Any] = {
        "operationId": described.name,
        "summary": summary,
        "description": description.strip() or None,
        "parameters": _parameters(described) or None,
        "requestBody": _request_body(described),
        "responses": _responses(described),
        "security": _security(described),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _parameters(described: Operation) -> list[dict[str, Any]]:
    ids = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
        for name in _PATH_ID.findall(described.path)
    ]
    headers = [{"name": header.name, "in": "header", **_header(header)} for header in described.request_headers]
    return ids + _query(described.query) + headers


def _query(model: type[BaseModel] | None) -> list[dict[str, Any]]:
    """What may follow the path's question mark; its shapes stand where they are used, since they are short."""
    if model is None:
        return []
    schema = model.model_json_schema()
    required, definitions = schema.get("required", []), schema.get("$defs", {})
    return [
        {"name": name, "in": "query", "required": name in required, **_parameter(fields, definitions)}
        for name, fields in schema["properties"].items()
    ]


def _parameter(fields: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    shape = {name: value for name, value in fields.items() if name not in ("title", "description")}
    described = {"description": fields["description"]} if "description" in fields else {}
    return {"schema": _inlined(shape, definitions)} | described


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema with the shapes that it refers to in the places of the references."""
    if isinstance(schema, list):
        return [_inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    own = {name: _inlined(value, definitions) for name, value in schema.items() if name != "$ref"}
    return definitions[schema["$ref"].rpartition("/")[2]] | own if "$ref" in schema else own


def _header(header: Header) -> dict[str, Any]:
    return {"description": header.description, "schema": {"type": "string"}, "example": header.example}


def _request_body(described: Operation) -> dict[str, Any] | None:
    if described.body is None:
        return None
    return {"required": not _accepts_nothing(described.body), "content": {JSON: {"schema": _ref(described.body)}}}


def _accepts_nothing(body: type[BaseModel]) -> bool:
    try:
        body()
    except ValidationError:
        return False
    return True


def _responses(described: Operation) -> dict[str, Any]:
    schema = {} if described.answer is None else {"schema": _ref(described.answer)}
    good: dict[str, Any] = {"description": _phrase(described.status), "content": {described.media_type: schema}}
    if described.answer_headers:
        good["headers"] = {header.name: _header(header) for header in described.answer_headers}
    unchanged = {"304": good | {"description": _phrase(304), "content": {}}} if described.may_be_unchanged else {}
    problems = {str(status): _problem(status) for status in _problems(described)}
    if "412" in problems:
        tags = {header.name: _header(header) for header in described.answer_headers if header.name == "ETag"}
        problems["412"] |= {"headers": tags}
    return {str(described.status): good} | unchanged | problems


def _problems(described: Operation) -> list[int]:
    """Statuses that an operation may answer, beside its own, for what a caller sends or is."""
    statuses = set(described.problems)
    if described.permission is not None:
        statuses |= {400, 401, 403, 413, 429, 503}
    if described.writes:
        statuses |= {408}
    if described.query is not None or _PATH_ID.search(described.path):
        statuses.add(422)
    return sorted(statuses)


def _problem(status: int) -> dict[str, Any]:
    return {"description": _phrase(status), "content": {PROBLEM_JSON: {"schema": _ref(Problem)}}}


def _security(described: Operation) -> list[dict[str, list[str]]]:
    if described.permission is None:
        return []
    cookie: dict[str, list[str]] = {"cookie": [], "csrf": []} if described.writes else {"cookie": []}
    scope = scope_for(described.permission)
    return [{"token": [scope] if scope else []}, cookie]


def _schemas() -> dict[str, Any]:
    bodies: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (described.body, "validation") for described in OPERATIONS if described.body
    ]
    answers: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (described.answer, "serialization") for described in OPERATIONS if described.answer
    ]
    _, schema = models_json_schema([*bodies, *answers, (Problem, "serialization")], ref_template=REF)
    definitions: dict[str, Any] = schema["$defs"]
    return definitions


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REF.format(model=model.__name__)}


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase
