"""Errors as programs see them: RFC 9457 problem JSON."""

from http import HTTPStatus

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

PROBLEM_JSON = "application/problem+json"


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(json_schema_extra={"additionalProperties": True})

    type: str = Field(
        default="about:blank", description="A URI reference; about:blank says no more than the status does."
    )
    title: str = Field(description="The status in words.")
    status: int
    detail: str = Field(description="What is wrong, and often what to do; safe to show to a person.")
    instance: str = Field(description="The request, under which the log has the rest.")
    field: str | None = Field(default=None, description="The input at fault, where there is one.")
    scope: str | None = Field(
        default=None, description="The scope that a token needs for this, where it is too narrow or missing."
    )


def problem(
    status: int, detail: str, request_id: str, *, field: str | None = None, scope: str | None = None
) -> Response:
    """An `application/problem+json` answer: {type, title, status, detail, instance, field?, scope?}."""
    body = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=f"urn:request:{request_id}",
        field=field,
        scope=scope,
    )
    return Response(body.model_dump_json(exclude_none=True), status, mimetype=PROBLEM_JSON)
