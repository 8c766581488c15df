"""Bodies that programs send: what may be in them, and how they are read."""

from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from api.schema import Body, optional
from models import DeploymentTarget, ProjectStatus
from services.deploys.hooks import URL_LIMIT
from services.errors import InvalidInputError
from services.projects import ENV_LIMIT
from services.secrets import HIDDEN
from services.text import LONG, SHORT

B = TypeVar("B", bound=BaseModel)
PATH_LIMIT = 2_000
"""Characters of an address, a command or a folder."""
WHOLE_ENVIRONMENT = f"Replaces the whole environment: names left out are removed, a value sent as {HIDDEN} is kept."
TOLD = 5
"""Faults of one body that an answer lists."""


class DeployRequest(Body):
    """How a session is to be deployed; it may be left out."""

    hook_url: str | None = optional(
        alias="hookUrl",
        max_length=URL_LIMIT,
        repr=False,
        description="Called instead of the session's own hook; admins only.",
    )


class ConfigChange(Body):
    """The fields of a configuration that are to change."""

    repo_url: str | None = optional(
        max_length=PATH_LIMIT, description="Without user name and password; sent as it was read, it stays as it is."
    )
    build_command: str | None = optional(max_length=PATH_LIMIT)
    output_dir: str | None = optional(max_length=PATH_LIMIT)
    env_config: dict[str, str] = optional(max_length=ENV_LIMIT, description=WHOLE_ENVIRONMENT)
    deployment_target: DeploymentTarget = optional()


class ProjectChange(Body):
    """What is to change of a project: at least one of status, prompt_text and config."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": ["status"]}, {"required": ["prompt_text"]}, {"required": ["config"]}],
            "examples": [{"status": "deploy_configured"}],
        }
    )

    status: ProjectStatus = optional(description="One step forward; admins may also step back or jump.")
    prompt_text: str | None = optional(max_length=LONG, description="Null or blank for none.")
    config: ConfigChange = optional()
    reason: str | None = optional(max_length=SHORT, description="Needed where a project steps back or jumps.")

    @model_validator(mode="after")
    def changes_something(self) -> "ProjectChange":
        if not self.model_fields_set & {"status", "prompt_text", "config"}:
            raise ValueError("Send at least one of status, prompt_text and config.")
        return self


def parse_body(model: type[B]) -> B:
    """The request's JSON body as `model`; an empty body is an empty object.

    Raises:
        RequestEntityTooLarge: it has more bytes than a request may.
        UnsupportedMediaType: it is something else than JSON.
        BadRequest: it is no valid JSON, or nested too deep.
        InvalidInputError: a field is unknown, or holds what it can't; says which.
    """
    raw, limit = request.get_data(), request.max_content_length
    if limit is not None and len(raw) >= limit:
        raise RequestEntityTooLarge("The body is too large.")  # a body sent in chunks was cut off there, silently
    if raw and not request.is_json:
        raise UnsupportedMediaType("Send the body as application/json.")
    try:
        return model.model_validate_json(raw or b"{}")
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise _meaning(faults) from None


def _meaning(faults: list[ErrorDetails]) -> Exception:
    if faults[0]["type"] == "json_invalid":
        return BadRequest(f"The body is not valid JSON: {faults[0]['ctx']['error']}.")
    return refusal(faults)


def refusal(faults: list[ErrorDetails]) -> InvalidInputError:
    """What is wrong with the fields that were sent: the first few faults in words."""
    message = " ".join(_words(fault) for fault in faults[:TOLD])
    return InvalidInputError(message, field=_path(faults[0]) or None)


def _words(fault: ErrorDetails) -> str:
    path, message = _path(fault), fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        message = "There is no such field."
    if fault["type"] == "model_type":
        message = "This must be a JSON object."
    sentence = message if message.endswith(".") else f"{message}."
    return f"{path}: {sentence}" if path else sentence


def _path(fault: ErrorDetails) -> str:
    """Where in the body the fault is, such as `config.env_config`; a name that was sent may be anything at all."""
    return ".".join(_printable(part) for part in fault["loc"])


def _printable(part: Any) -> str:
    return "".join(character if character.isprintable() else "�" for character in str(part)[:60])
