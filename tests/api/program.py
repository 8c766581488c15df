"""A program that calls the API with a bearer token."""

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from models import TokenScope
from tests.tokens import token_of


class Program:
    """Requests with a token; `Program(app)` has none."""

    def __init__(self, app: Flask, email: str | None = None, *, scope: TokenScope = TokenScope.ADMIN) -> None:
        self.client = app.test_client(use_cookies=False)
        self.headers: dict[str, str] = {}
        if email is not None:
            self.headers["Authorization"] = f"Bearer {token_of(app, email, scope=scope)}"

    def send(self, method: str, path: str, **arguments: Any) -> TestResponse:
        headers = self.headers | dict(arguments.pop("headers", {}))
        return self.client.open(path, method=method, headers=headers, **arguments)

    def get(self, path: str, **arguments: Any) -> TestResponse:
        return self.send("GET", path, **arguments)

    def post(self, path: str, **arguments: Any) -> TestResponse:
        return self.send("POST", path, **arguments)

    def patch(self, path: str, **arguments: Any) -> TestResponse:
        return self.send("PATCH", path, **arguments)
