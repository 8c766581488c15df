"""The API's document, and the page on which a person reads it."""

from typing import Any

from flask import Response, jsonify, make_response, render_template

from api.openapi import document
from api.operations import operation
from services.permissions import Actor, Permission

HTML = "text/html"


@operation("GET", "/api/openapi.json", permission=Permission.SEE_RECORDS, answer=None)
def read_openapi(actor: Actor) -> Response:
    """Read this document."""
    return jsonify(document())


@operation("GET", "/api/docs", permission=Permission.SEE_RECORDS, answer=None, media_type=HTML)
def read_docs(actor: Actor) -> Response:
    """Read this document as a page."""
    return make_response(render_template("api/docs.html", document=document(), type_words=type_words, name_of=name_of))


def name_of(schema: dict[str, Any]) -> str | None:
    """The name of the shape that a schema refers to."""
    reference: str | None = schema.get("$ref")
    return reference.rpartition("/")[2] if reference else None


def type_words(schema: dict[str, Any]) -> str:
    """A schema in a few words, such as `list of SessionRow` or `text (uuid) or null`."""
    if name := name_of(schema):
        return name
    if options := schema.get("anyOf"):
        return " or ".join(type_words(option) for option in options)
    if "const" in schema:
        return str(schema["const"]).lower()
    if schema.get("type") == "array":
        return f"list of {type_words(schema['items'])}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {type_words(schema['additionalProperties'])}"
    kind = str(schema.get("type", "anything"))
    return _PLAIN.get((kind, schema.get("format")), kind)


_PLAIN = {
    ("string", None): "text",
    ("string", "uuid"): "id",
    ("string", "date-time"): "time",
    ("boolean", None): "true or false",
}
