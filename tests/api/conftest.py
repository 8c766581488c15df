"""Programs of each role, and answers held against the document."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.test import TestResponse

from api.openapi import document
from models import Role, TokenScope, User
from tests.api.program import Program


@pytest.fixture
def program_of(app, make):
    """Makes a program of a new person, or of `user`: `program_of(Role.OPERATOR)`, as far as the role goes or less."""

    def program_of(
        role: Role | None = None, *, user: User | None = None, scope: TokenScope = TokenScope.ADMIN
    ) -> Program:
        return Program(app, (user or make.user(role=role)).email, scope=scope)

    return program_of


@pytest.fixture
def operator(program_of):
    return program_of(Role.OPERATOR)


@pytest.fixture
def admin(program_of):
    return program_of(Role.ADMIN)


def assert_described(answer: TestResponse, method: str, path: str) -> None:
    """Fail unless the document allows this answer of `method path`: status, media type, headers and shape."""
    response = document()["paths"][path][method.lower()]["responses"][str(answer.status_code)]
    [(media_type, content)] = response["content"].items()
    assert answer.content_type == media_type
    schema: dict[str, Any] = content["schema"] | {"components": document()["components"]}
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(answer.json)


def assert_problem(answer: TestResponse, status: int, *, field: str | None = None) -> str:
    """Fail unless it is problem JSON of this status; return what it says is wrong."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    problem = answer.json
    assert (problem["status"], problem.get("field")) == (status, field), problem
    assert problem["instance"].startswith("urn:request:")
    return str(problem["detail"])
