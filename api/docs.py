"""The API's document, and the page on which a person reads it."""

import json
from typing import Any

from flask import Response, current_app, jsonify, make_response, request

from api.openapi import document
from api.operations import JSON, operation
from services.permissions import Actor, Permission


@operation("GET", "/api/openapi.json", permission=Permission.SEE_RECORDS, answer=None)
def read_openapi(actor: Actor) -> Response:
    """Read this document."""
    return jsonify(document())


@operation("GET", "/api/docs", permission=Permission.SEE_RECORDS, answer=None, media_type="text/html")
def read_docs(actor: Actor) -> Response:
    """Read this document as a page."""
    frame = current_app.extensions["admin"][0].index_view  # lends the page the navigation that all pages share
    helpers = {"type_words": type_words, "name_of": name_of, "curl": curl, "words_of_scheme": words_of_scheme}
    base = request.host_url.rstrip("/")
    page = frame.render(
        "api/docs.html",
        document=document(),
        chapters=chapters(document()["paths"]),
        base=base,
        page_url=request.path,
        **helpers,
    )
    return make_response(page)


def chapters(paths: dict[str, dict[str, Any]]) -> dict[str, list[tuple[str, str, dict[str, Any]]]]:
    """The operations by what they are about, each with its method and path: `deploys`, `recoveries`, …"""
    found: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, methods in paths.items():
        about = path.removeprefix("/api/").partition("/")[0] if path.startswith("/api/") else "health"
        about = "this-document" if about in ("docs", "openapi.json") else about
        found.setdefault(about, []).extend((method, path, described) for method, described in methods.items())
    return found


def name_of(schema: dict[str, Any]) -> str | None:
    """The name of the shape that a schema refers to."""
    reference: str | None = schema.get("$ref")
    return reference.rpartition("/")[2] if reference else None


def type_words(schema: dict[str, Any]) -> str:
    """A schema that refers to no other in a few words, such as `text` or `object of text`."""
    if "const" in schema:
        return json.dumps(schema["const"])
    kind, values = str(schema.get("type", "anything")), schema.get("additionalProperties")
    if kind == "object" and isinstance(values, dict):
        return f"object of {type_words(values)}"
    return _KINDS.get((kind, schema.get("format")), kind)


def words_of_scheme(scheme: dict[str, str]) -> str:
    """What a way of signing in looks like in a request, such as `Authorization: Bearer …`."""
    if scheme["type"] == "http":
        return f"Authorization: {scheme['scheme'].capitalize()} …"
    return f"Cookie: {scheme['name']}=…" if scheme["in"] == "cookie" else f"{scheme['name']}: …"


def curl(method: str, path: str, described: dict[str, Any]) -> str:
    """A command that calls an operation; the names in braces are to be filled in."""
    words = ["curl"]
    if method != "get":
        words.append(f"-X {method.upper()}")
    if described["security"]:
        words.append('-H "Authorization: Bearer $TOKEN"')
    if body := described.get("requestBody"):
        words.append(f"--json '{json.dumps(_example(body))}'")
    words.append(f"'{request.host_url.rstrip('/')}{path}'")
    return " ".join(words)


def _example(body: dict[str, Any]) -> Any:
    shape = name_of(body["content"][JSON]["schema"]) or ""
    return document()["components"]["schemas"][shape].get("examples", [{}])[0]


_KINDS = {
    ("string", None): "text",
    ("string", "uuid"): "id",
    ("string", "date-time"): "time",
    ("boolean", None): "true or false",
}
