"""Errors as programs see them: RFC 9457 problem JSON."""

from http import HTTPStatus

from flask import Response, jsonify


def problem(status: int, detail: str, request_id: str, *, field: str | None = None) -> Response:
    """An `application/problem+json` answer: {type, title, status, detail, instance, field?}."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": f"urn:request:{request_id}",
    }
    if field is not None:
        body["field"] = field
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    return response
