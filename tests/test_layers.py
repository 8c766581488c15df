"""Arrows only point down: the part of it that import-linter can't see, since it reads packages and not single files."""

import ast

import pytest

from config import ROOT

_ENDS = {"app", "bench", "cli", "commands", "demo", "worker"}
"""Where processes begin: nothing but another end knows them."""
_EDGES = _ENDS | {"admin_views", "api"}
_SHARED = _EDGES | {"dispatcher", "error_handlers"}

ABOVE = {
    "config": _SHARED | {"embedded_database", "extensions", "guards", "models", "people", "services"},
    "embedded_database": _SHARED | {"extensions", "guards", "models", "people", "services"},
    "assets": _SHARED | {"embedded_database", "extensions", "guards", "models", "people", "services"},
    "content_security": _SHARED | {"embedded_database", "extensions", "guards", "models", "services"},
    "web_worker": _SHARED
    | {"config", "embedded_database", "extensions", "flask", "guards", "models", "people", "services"},
    "extensions": _SHARED | {"guards", "people"},
    "standings": _SHARED | {"extensions", "guards", "people"},
    "error_handlers": _ENDS | {"dispatcher"},
    "audit_signals": _SHARED,
    "log_lines": _SHARED | {"config", "extensions", "flask", "guards", "log_scrubbing", "models", "people", "services"},
    "log_scrubbing": _SHARED | {"extensions", "guards", "people"},
    "logins": _SHARED | {"extensions", "guards", "people"},
    "sealer": _EDGES | {"error_handlers", "config", "embedded_database", "extensions", "flask", "guards", "people"},
    "dispatcher": _EDGES | {"config", "embedded_database", "error_handlers", "extensions", "flask", "guards", "people"},
    "worker": (_EDGES - {"worker"}) | {"error_handlers", "extensions", "flask", "guards", "people"},
    "cli": {"admin_views", "api", "app", "bench", "demo", "dispatcher", "error_handlers", "worker"},
    "app": {"bench", "demo", "dispatcher", "worker"},
}
"""What each single-file room must not import."""


def imported_by(room):
    for node in ast.walk(ast.parse((ROOT / f"{room}.py").read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("room", ABOVE)
def test_a_room_imports_nothing_from_above_or_beside_it(room):
    assert set(imported_by(room)) & ABOVE[room] == set()


def test_every_single_file_room_is_held_to_it():
    rooms = {path.stem for path in ROOT.glob("*.py")} - {"gunicorn.conf"}

    assert rooms == set(ABOVE)
