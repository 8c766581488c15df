"""What is wrong with lists before anybody opens them: orders and searches without an index, missing permissions.

It looks at the models' metadata alone, so that it can run at each start.
"""

import logging
import re
from collections.abc import Iterator
from typing import Any

from flask_admin import Admin
from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import RelationshipProperty

from admin_views.model_view import ConsoleModelView
from admin_views.writes import ServiceWrites
from services.permissions import Permission

_SERVICES = {"create_record": "create_permission", "update_record": "edit_permission"}
_OPEN = {"can_create": "create_permission", "can_edit": "edit_permission", "can_delete": "delete_permission"}
_log = logging.getLogger("console.web")


def warn_of(admin: Admin) -> None:
    """Log all that is wrong with the lists."""
    for problem in problems_of(admin):
        _log.warning(problem)


def problems_of(admin: Admin) -> list[str]:
    """All that is wrong with the lists: one sentence each, which names the view and what mends it."""
    views = [view for view in admin._views if isinstance(view, ConsoleModelView)]
    return [f"{type(view).__name__}: {problem}" for view in views for problem in problems_with(view)]


def problems_with(view: ConsoleModelView) -> Iterator[str]:
    """What is wrong with one list."""
    yield from _orders(view)
    yield from _search(view)
    yield from _permissions(view)


def _orders(view: ConsoleModelView) -> Iterator[str]:
    for name, group in view._sortable_columns.items():
        first, path = _first(group, view._sortable_joins.get(name))
        if name in view.column_unindexed:
            continue
        yield from _order(f"the order by “{name}”", first, path)
    for first, path, _ in list(view._get_default_order() or ())[:1]:
        yield from _order("the order that it has by itself", first, path)


def _first(group: Any, path: Any) -> tuple[Any, Any]:
    """The column that an order begins with, and the relations that lead to it."""
    if not isinstance(group, list):
        return group, path
    return group[0], path[0] if path else None


def _order(what: str, attribute: Any, path: Any) -> Iterator[str]:
    column = attribute.property.columns[0] if hasattr(attribute, "property") else attribute
    table = getattr(column, "table", None)
    if table is None or not hasattr(table, "indexes"):
        yield f"{what} is by an expression, which needs an index of its own; leave it out of column_sortable_list."
        return
    if not begins_an_index(table, column):
        yield (
            f"{what} reads the whole table: no index of {table.name} begins with {column.name}. "
            "Add one, or leave it out of column_sortable_list."
        )
    for relation in path or ():
        prop = getattr(relation, "property", None)
        if isinstance(prop, RelationshipProperty) and prop.direction.name == "MANYTOONE":
            yield from (
                f"{what} goes along {prop.key}: no index of {local.table.name} begins with {local.name}. Add one."
                for local in prop.local_columns
                if not begins_an_index(local.table, local)
            )


def begins_an_index(table: Any, column: Any) -> bool:
    """Whether some index of a table begins with a column, or with the beginning of its text."""
    if next(iter(table.primary_key.columns), None) is column or column.unique:
        return True
    constraints = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    return any(next(iter(one.columns), None) is column for one in constraints) or any(
        _begins_with(index, column) for index in table.indexes
    )


def _begins_with(index: Index, column: Any) -> bool:
    if index.dialect_options["postgresql"].get("using") not in (None, False, "btree"):
        return False
    expression = index.expressions[0]
    if expression is column:
        return True
    words = re.match(r"(?:[a-z]+\.)?(\w+)\b(?: +(?:ASC|DESC).*)?$|substr\((?:\w+\.)?(\w+),", str(expression))
    return words is not None and column.name in words.groups()


def _search(view: ConsoleModelView) -> Iterator[str]:
    if not view._search_supported:
        return
    for group in view.searched.groups:
        keys = [field.column.key for field in group.fields if not field.is_whole]
        if not group.is_indexed and not set(keys) <= set(view.column_unindexed):
            names = ", ".join(f"{group.fields[0].column.table.name}.{key}" for key in keys)
            yield f"the search of {names} reads the whole table. Give them trigram indexes: `trigrams(table, column)`."


def _permissions(view: ConsoleModelView) -> Iterator[str]:
    if not isinstance(view.permission, Permission):
        yield "it names no permission that opens it."
    actions = set(view._actions_data) - {"delete"} - set(view.action_disallowed_list)
    yield from (
        f"nobody may run its action “{name}”: action_permissions does not name it."
        for name in sorted(actions - set(view.action_permissions))
    )
    yield from (
        f"action_permissions names “{name}”, and there is no such action."
        for name in sorted(set(view.action_permissions) - set(view._actions_data))
    )
    for service, permission in _SERVICES.items():
        if getattr(type(view), service) is not getattr(ServiceWrites, service) and not getattr(view, permission):
            yield f"nobody may use its {service}: it names no {permission}."
    for name, permission in _OPEN.items():
        if getattr(type(view), name) is True:
            yield f"{name} is open to all who see it; name {permission} in its place."
