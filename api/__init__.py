"""What programs see: JSON resources under /api, described by OpenAPI."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the API and the health endpoints."""
