"""`flask console new-view` and `check-views`: what developers do who add lists."""

import json
import re
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import String

import models
from admin_views.formatters import is_secret
from admin_views.pick_loaders import named_by
from admin_views.view_checks import begins_an_index, problems_of
from cli import console
from config import ROOT

COLUMNS = 6
"""Columns of a new list."""
SEARCHED = 3
FILTERED = ("status", "kind", "created_at", "updated_at")
"""Columns by which nearly every list is filtered."""

_VIEW = '''"""{words} as a list."""

from admin_views.model_view import ConsoleModelView


class {model}View(ConsoleModelView):
    """{words}: read-only."""

{lines}
'''
_TEST = '''"""The list of {lower}."""

from models import Role
from tests.admin_views.pages import listed


def test_whoever_may_see_records_sees_the_list(sign_in):
    page = listed(sign_in(Role.VIEWER), endpoint="{endpoint}")

    assert page.status == 200
    assert page.count == 0


def test_the_list_can_be_exported(sign_in):
    answer = sign_in(Role.VIEWER).get("/admin/{endpoint}/export/csv/")

    assert answer.status_code == 200
    assert len(answer.text.splitlines()) == 1
'''


def init_app(app: Flask) -> None:
    """Put them among the console's commands."""
    console.add_command(new_view)
    console.add_command(check_views)


@click.command("new-view")
@click.argument("model")
@with_appcontext
def new_view(model: str) -> None:
    """Write a list of MODEL, a class or a table of `models`, with its test, and register it."""
    found = _find(model)
    endpoint = _snake(found.__name__)
    module = _plural(endpoint)
    view, test = ROOT / "admin_views" / f"{module}.py", ROOT / "tests" / "admin_views" / f"test_{module}.py"
    lists = ROOT / "admin_views" / "lists.py"
    taken = next((path for path in (view, test) if path.exists()), None)
    if taken or f"{found.__name__}View(" in lists.read_text():
        raise click.ClickException(
            f"{_short(taken or lists)} has a view of {found.__name__} already; nothing was written."
        )
    words = module.replace("_", " ")
    lines = "\n".join(f"    {name} = {value}" for name, value in _settings(found).items())
    registered = _registered(lists.read_text(), found, module, words)
    view.write_text(_VIEW.format(model=found.__name__, words=words.capitalize(), lines=lines))
    test.write_text(_TEST.format(lower=words, endpoint=endpoint))
    lists.write_text(registered)
    click.echo(f"Written: {_short(view)} and {_short(test)}; registered in {_short(lists)}.")
    click.echo(f"The list is at /admin/{endpoint}/ when the console starts next. Now:")
    click.echo(f"  pytest {_short(test)}     try it")
    click.echo("  flask console check-views     see what lacks an index or a permission")
    click.echo("  docs/add-a-view.md            columns, editing, actions")


@click.command("check-views")
@with_appcontext
def check_views() -> None:
    """Name each list whose order or search has no index, or whose permission is missing; exits with 1 for any."""
    [admin] = current_app.extensions["admin"]
    problems = problems_of(admin)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise SystemExit(1)
    click.echo("Every list has its indexes and its permissions.")


def _find(name: str) -> Any:
    """The model with this class or table name."""
    known = {one.class_.__name__: one.class_ for one in models.Base.registry.mappers}
    by_table = {one.__tablename__: one for one in known.values()}
    found = known.get(name) or by_table.get(name)
    if found is None:
        raise click.ClickException(f"There is no model “{_printable(name)}”. There is {', '.join(sorted(known))}.")
    if not hasattr(models, found.__name__):
        raise click.ClickException(f"models/__init__.py does not export {found.__name__}; add it there first.")
    return found


def _settings(model: Any) -> dict[str, str]:
    """The lines of the view."""
    columns = [column for column in model.__table__.columns if not is_secret(column.key)]
    shown = [column for column in columns if not column.primary_key and not column.foreign_keys][:COLUMNS]
    shown = shown or columns[:COLUMNS]
    trigrams = {name for name in named_by(model) if _has_trigrams(model, name)}
    searched = [column.key for column in columns if isinstance(column.type, String) and column.key in trigrams]
    filtered = [one.key for one in columns if one.key in FILTERED or begins_an_index(model.__table__, one)]
    ordered = [column.key for column in shown if begins_an_index(model.__table__, column)]
    return {
        "column_list": _tuple([column.key for column in shown]),
        **({"column_searchable_list": _tuple(searched[:SEARCHED])} if searched else {}),
        "column_filters": _tuple(filtered),
        "column_sortable_list": _tuple(ordered),
    }


def _has_trigrams(model: Any, name: str) -> bool:
    return any(name in (one.dialect_options["postgresql"].get("ops") or {}) for one in model.__table__.indexes)


def _tuple(names: list[str]) -> str:
    quoted = [json.dumps(name) for name in names]
    return f"({', '.join(quoted)}{',' if len(names) == 1 else ''})"


def _registered(lists: str, model: Any, module: str, words: str) -> str:
    """`admin_views/lists.py` with the view."""
    line = f"from admin_views.{module} import {model.__name__}View\n"
    imports = [*re.findall(r"^from admin_views\.\w+ import .*\n", lists, re.MULTILINE), line]
    block = re.compile(r"(?:^from admin_views\.\w+ import .*\n)+", re.MULTILINE)
    lists = block.sub("".join(sorted(imports)), lists, count=1)
    if not re.search(rf"^    {model.__name__},$", lists, re.MULTILINE):
        names = re.search(r"^from models import \(\n((?:    \w+,\n)+)\)", lists, re.MULTILINE)
        if names is None:
            raise click.ClickException("admin_views/lists.py has no `from models import (…)` to add the model to.")
        block_of = sorted([*names[1].splitlines(keepends=True), f"    {model.__name__},\n"])
        lists = lists.replace(names[1], "".join(block_of), 1)
    name, title, endpoint = model.__name__, words.capitalize(), _snake(model.__name__)
    return f'{lists.rstrip()}\n    admin.add_view({name}View({name}, "{title}", endpoint="{endpoint}"))\n'


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _plural(name: str) -> str:
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}es" if name.endswith(("s", "x")) else f"{name}s"


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "�" for character in text)[:60]
