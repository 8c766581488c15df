"""The navigation as one person has it: which of its entries lead anywhere for them."""

from collections.abc import Iterator
from typing import Any

from flask import Flask


def init_app(app: Flask) -> None:
    """Give templates `entries_open(admin_view.admin)`."""
    app.jinja_env.globals["entries_open"] = entries_open


def entries_open(admin: Any) -> tuple[int, ...]:
    """Tells the navigations of two people apart: they are alike where these are."""
    return tuple(_open([*admin.menu(), *admin.menu_links()]))


def _open(items: list[Any]) -> Iterator[int]:
    for item in items:
        if item.is_category():
            yield from _open(item._children)
        elif item.is_accessible() and item.is_visible():
            yield id(item)
