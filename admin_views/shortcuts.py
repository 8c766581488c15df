"""The keys: the one list of them, which pages show and static/js/keys.js acts on."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from flask_admin.menu import MenuView

GO = {
    "console": "c",
    "session": "s",
    "project": "p",
    "deploy": "d",
    "failures": "f",
    "recoveries": "r",
    "deliveries": "y",
    "attempt": "t",
    "wizard": "w",
    "room": "m",
    "template": "e",
    "user": "u",
    "audit_event": "a",
}
"""The letter after `g` that leads to each page of the navigation, by the page's endpoint."""


@dataclass(frozen=True)
class Shortcut:
    """Keys and what they do."""

    keys: tuple[str, ...]
    """Pressed together where one holds a `+`, one after the other otherwise."""
    words: str
    alternative: tuple[str, ...] = ()
    """Other keys that do the same."""


@dataclass(frozen=True)
class Group:
    """Keys that work at one place."""

    title: str
    shortcuts: tuple[Shortcut, ...]
    single: bool = True
    """Whether these are keys without a modifier, which a person can turn off."""


EVERYWHERE = Group(
    "Everywhere",
    (
        Shortcut(("Ctrl+K",), "Find anything", alternative=("⌘+K",)),
        Shortcut(("Esc",), "Close, or dismiss a message"),
    ),
    single=False,
)
ON_PAGES = Group("On every page", (Shortcut(("?",), "Show these keys"), Shortcut(("/",), "Search")))
ON_LISTS = Group(
    "On lists",
    (
        Shortcut(("j",), "Next row"),
        Shortcut(("k",), "Row before"),
        Shortcut(("x",), "Select the row, or don’t"),
        Shortcut(("Enter",), "Open the row"),
        Shortcut(("e",), "Edit the row"),
    ),
)


def init_app(app: Flask) -> None:
    """Give templates `key_groups()`, and `go_keys(item)` for an item of the navigation."""
    app.jinja_env.globals |= {"key_groups": key_groups, "go_keys": go_keys}


def go_keys(item: Any) -> str | None:
    """What leads to an item of the navigation, as `data-hotkey` has it; None where it has no keys."""
    endpoint = item._view.endpoint if isinstance(item, MenuView) else None
    return f"g {GO[endpoint]}" if endpoint in GO else None


def key_groups() -> list[Group]:
    """All keys that work for the person who asks."""
    letters = [(GO[view.endpoint], view.name) for view in _views() if view.endpoint in GO]
    going = tuple(Shortcut(("g", letter), name) for letter, name in letters)
    return [EVERYWHERE, ON_PAGES, ON_LISTS, Group("Go to", going)]


def _views() -> list[Any]:
    [admin] = current_app.extensions["admin"]
    return [view for view in admin._views if view.is_accessible() and view.is_visible()]
