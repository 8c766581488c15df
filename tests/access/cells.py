"""What a table of access is made of: rows of one request each, and a cell for each who may ask."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from models import Role
from tests.client import Browser

COLUMNS = ("visitor", "own", "other", Role.VIEWER, Role.OPERATOR, Role.ADMIN)
"""`own`: a member asks of what is the member's own; `other`: of what is another's, as the roles to the right do."""
SAFE = ("GET", "HEAD")


@dataclass
class Action:
    """One request; braces in its path and in its values name records."""

    method: str
    path: str
    form: dict[str, Any] = field(default_factory=dict)
    json: dict[str, Any] | None = None
    opens: str | None = None
    """The page whose form this is; its hidden `seen` says which version of the record the person saw."""

    def send(self, browser: Browser, ids: dict[str, str], **arguments: Any) -> Any:
        path = self.path.format(**ids)
        values = self.form | ({"seen": "{seen}"} if self.opens else {})
        form = {name: value.format(**ids) for name, value in values.items()}
        if self.method == "GET":
            return browser.get(path, **arguments)
        if self.json is not None:
            return browser.send(self.method, path, json=_filled(self.json, ids), **arguments)
        return browser.post(path, form, **arguments)

    def names_one_of(self, names: set[str]) -> bool:
        """Whether it is about a record that one of these names stands for."""
        written = f"{self.path} {self.form} {self.json} {self.opens}"
        return any(f"{{{name}}}" in written for name in names)


def _filled(values: Any, ids: dict[str, str]) -> Any:
    """The values with the names in braces filled in."""
    if isinstance(values, dict):
        return {name: _filled(value, ids) for name, value in values.items()}
    if isinstance(values, list):
        return [_filled(value, ids) for value in values]
    return values.format(**ids) if isinstance(values, str) else values


def get(path: str) -> Action:
    return Action("GET", path)


def post(path: str, **form: str) -> Action:
    return Action("POST", path, form)


def form(path: str, opens: str | None = None, **values: str) -> Action:
    return Action("POST", path, values, opens=opens or path)


def act(endpoint: str, action: str, record: str) -> Action:
    return post(f"/admin/{endpoint}/action/", action=action, rowid=record)


def read(table: str) -> Iterator[tuple[str, dict[str | Role, str]]]:
    """(action, what each column expects) for each row of a table, whose first line names the columns."""
    for line in table.strip("\n").splitlines()[1:]:
        if line.startswith("  "):
            yield line[2:36].strip(), dict(zip(COLUMNS, line[36:].split(), strict=True))


def outcome(answer: Any) -> str:
    """The answer in the tables' words: `ok` is an answer or a redirect onward.

    `login` is a redirect to sign in, and `verify` one to confirm who one is, after which nothing was done either.
    """
    if answer.status_code in (302, 303, 307):
        place = re.match(r"/(login|verify)\b", answer.headers["Location"])
        return place[1] if place else "ok"
    return "ok" if answer.status_code < 300 else str(answer.status_code)
