"""Arrows only point down: the part of it that import-linter can't see, since it reads packages and not single files."""

import ast

import pytest

from config import ROOT

ABOVE = {
    "config": {"accounts", "admin_views", "api", "app", "cli", "demo", "embedded_database", "error_handlers"}
    | {"dispatcher", "extensions", "models", "services", "worker"},
    "settings_of_people": {"accounts", "admin_views", "api", "app", "cli", "config", "demo", "dispatcher"}
    | {"embedded_database", "error_handlers", "extensions", "models", "services", "worker"},
    "settings_of_network": {"accounts", "admin_views", "api", "app", "cli", "config", "demo", "dispatcher"}
    | {"embedded_database", "error_handlers", "extensions", "guards", "models", "services", "worker"},
    "web_worker": {"accounts", "admin_views", "api", "app", "cli", "config", "demo", "dispatcher", "embedded_database"}
    | {"error_handlers", "extensions", "flask", "guards", "models", "services", "worker"},
    "settings_of_provider": {"accounts", "admin_views", "api", "app", "cli", "config", "demo", "dispatcher"}
    | {"embedded_database", "error_handlers", "extensions", "models", "services", "worker"},
    "embedded_database": {"accounts", "admin_views", "api", "app", "cli", "demo", "error_handlers", "extensions"}
    | {"dispatcher", "models", "services", "worker"},
    "assets": {"accounts", "admin_views", "api", "app", "cli", "demo", "dispatcher", "embedded_database"}
    | {"error_handlers", "extensions", "models", "services", "worker"},
    "content_security": {"accounts", "admin_views", "api", "app", "cli", "config", "demo", "dispatcher"}
    | {"embedded_database", "error_handlers", "extensions", "models", "services", "worker"},
    "extensions": {"accounts", "admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "worker"},
    "standings": {"accounts", "admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "extensions"}
    | {"worker"},
    "accounts": {"admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "worker"},
    "second_step": {"admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "worker"},
    "fresh_sign_in": {"admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "worker"},
    "passwords": {"accounts", "admin_views", "api", "app", "cli", "config", "demo", "dispatcher"}
    | {"embedded_database", "error_handlers", "extensions", "worker"},
    "mail": {"accounts", "admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "worker"},
    "reset_links": {"admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "worker"},
    "first_start": {"admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "worker"},
    "cli_people": {"admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "worker"},
    "acting": {"accounts", "admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "worker"},
    "api_tokens": {"accounts", "admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "worker"},
    "acting_guard": {"admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "worker"},
    "sign_ins": {"admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "worker"},
    "sign_in_provider": {"admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "worker"},
    "password_tries": {"admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "worker"},
    "error_handlers": {"app", "cli", "demo", "dispatcher", "worker"},
    "terminal": {"accounts", "admin_views", "api", "app", "cli", "cli_recoveries", "config", "demo", "dispatcher"}
    | {"embedded_database", "error_handlers", "extensions", "flask", "worker"},
    "cli_secrets": {"admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "worker"},
    "log_scrubbing": {"accounts", "admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers"}
    | {"extensions", "worker"},
    "cli_recoveries": {"admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "worker"},
    "cli_audit": {"admin_views", "api", "app", "demo", "dispatcher", "error_handlers", "worker"},
    "audit_signals": {"admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "worker"},
    "sealer": {"accounts", "admin_views", "api", "app", "cli", "config", "demo", "embedded_database"}
    | {"error_handlers", "extensions", "flask", "worker"},
    "cli_second_factors": {"admin_views", "api", "app", "cli", "demo", "dispatcher", "error_handlers", "worker"},
    "cli_views": {"api", "app", "demo", "dispatcher", "error_handlers", "worker"},
    "cli": {"admin_views", "api", "app", "demo", "dispatcher", "error_handlers", "worker"},
    "dispatcher": {"accounts", "admin_views", "api", "app", "cli", "config", "demo", "embedded_database"}
    | {"error_handlers", "extensions", "flask", "worker"},
    "worker": {"accounts", "admin_views", "api", "app", "cli", "demo", "error_handlers", "extensions", "flask"},
    "app": {"demo", "dispatcher", "worker"},
}
"""What each single-file room must not import, besides bench, which is above them all."""


def imported_by(room):
    for node in ast.walk(ast.parse((ROOT / f"{room}.py").read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("room", ABOVE)
def test_a_room_imports_nothing_from_above_or_beside_it(room):
    assert set(imported_by(room)) & (ABOVE[room] | {"bench"}) == set()


def test_every_single_file_room_is_held_to_it():
    rooms = {path.stem for path in ROOT.glob("*.py")} - {"gunicorn.conf"}

    assert rooms == set(ABOVE)
