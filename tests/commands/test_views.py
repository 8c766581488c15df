"""`flask console new-view` and `check-views`: what is written works, and says what is still to do."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from admin_views.view_checks import problems_of
from config import ROOT
from tests import databases
from tests.vaults import HOOK_KEY

MODEL = '''"""Invoices."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, created_at, trigrams, uuid_pk


class Invoice(Base):
    """One invoice."""

    __tablename__ = "invoices"
    __table_args__ = (trigrams("invoices", "number"), Index("ix_invoices_created_at", "created_at"))

    id: Mapped[uuid_pk]
    number: Mapped[str]
    hook_url: Mapped[str | None]
    due_at: Mapped[datetime | None]
    created_at: Mapped[created_at]

    def __str__(self) -> str:
        return self.number
'''
MAKE_TABLE = '''

@pytest.fixture(autouse=True)
def invoices(connection):
    """The table, which has no migration yet."""
    from models import Invoice

    Invoice.__table__.create(connection)
'''
INNER = "console_inner"
"""What the databases are called of a test run within this one, on the same server."""
LEFT_OUT = (".git", "__pycache__", ".hypothesis", ".demo", "screenshots", "browser", "bench", "node_modules", ".venv")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The tree with a model of a developer's own."""
    copy = tmp_path_factory.mktemp("tree") / "console"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT), dirs_exist_ok=True)
    (copy / "models" / "invoice.py").write_text(MODEL)
    exports = copy / "models" / "__init__.py"
    exports.write_text(f"{exports.read_text()}\nfrom models.invoice import Invoice  # noqa: E402, F401\n")
    conftest = copy / "tests" / "admin_views" / "conftest.py"
    conftest.write_text(conftest.read_text() + MAKE_TABLE)
    yield copy
    databases.drop_database(f"{INNER}_template")


WRITE_TWICE = """
from app import create_app
for name in ("invoices", "Invoice"):
    result = create_app().test_cli_runner().invoke(args=["console", "new-view", name])
    print(result.exit_code, result.output)
"""


def run(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment = kept | {
        databases.NAME: INNER,
        "DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none",
        "SECRET_KEY": "a secret that only the tests know about",
        "HOOK_KEYS": HOOK_KEY,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_a_view_is_written_with_a_test_that_passes_and_never_over_another(copy):
    written = run(copy, "-c", WRITE_TWICE)
    view = (copy / "admin_views" / "invoices.py").read_text()
    tried = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/admin_views/test_invoices.py")

    assert written.returncode == 0, written.stderr
    assert "admin_views/invoices.py and tests/admin_views/test_invoices.py" in written.stdout
    assert "class InvoiceView(ConsoleModelView):" in view
    assert 'column_list = ("number", "due_at", "created_at")' in view
    assert 'column_searchable_list = ("number",)' in view
    assert 'column_sortable_list = ("created_at",)' in view
    assert "hook_url" not in view
    assert tried.returncode == 0, tried.stdout
    assert tried.stdout.startswith("..")
    assert written.stdout.startswith("0 Written:")
    assert "\n1 Error: admin_views/invoices.py has a view of Invoice already; nothing was written.\n" in written.stdout


@pytest.mark.parametrize("name", ["Nothing", "", "../x", "a\x1b[31m", "x" * 500])
def test_a_name_that_is_no_model_is_refused_in_one_line(app, name):
    result = app.test_cli_runner().invoke(args=["console", "new-view", name])

    assert result.exit_code == 1
    assert re.fullmatch(r"Error: There is no model “.{0,60}”\. There is .*\n", result.output)


def test_lists_are_checked_from_a_terminal(app):
    [admin] = app.extensions["admin"]
    problems = problems_of(admin)

    result = app.test_cli_runner().invoke(args=["console", "check-views"])

    assert result.exit_code == (1 if problems else 0)
    assert result.output == "".join(f"{problem}\n" for problem in problems) or "Every list" in result.output


def test_a_model_that_has_a_view_gets_no_other(app):
    result = app.test_cli_runner().invoke(args=["console", "new-view", "Project"])

    assert (result.exit_code, "nothing was written" in result.output) == (1, True)
