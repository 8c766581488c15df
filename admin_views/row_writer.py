"""The rows of a list as HTML: the same that the template's own loop makes, in a third of the time.

The loop stays in list.html, block by block as Flask-Admin has it, for lists with a template of their own; a test holds
the two to one another. What is the same in each row is made once.
"""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from flask import Flask
from flask_admin.model import BaseModelView
from flask_admin.model.template import ViewRowAction
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from admin_views.chips import icon_of
from admin_views.list_cells import around_id, cell
from admin_views.row_actions import PostRowAction

TEMPLATE = "admin/model/list.html"
"""The list whose rows are written here."""

WriteAct = Callable[[str, Any], str]
"""Of a row's id and the row, the HTML of one act."""


def init_app(app: Flask) -> None:
    """Give templates `written_rows()`; it is None where the template is to make the rows itself."""
    app.jinja_env.globals["written_rows"] = written_rows


@pass_context
def written_rows(context: Context) -> Markup | None:
    """The rows of the list that the context is of."""
    view = context["admin_view"]
    own_values = type(view).get_list_value is not BaseModelView.get_list_value
    if view.list_template != TEMPLATE or own_values or (view.column_editable_list and view.can_edit):
        return None
    return RowWriter(context, view).written(context["data"])


class RowWriter:
    """Writes the rows of one page."""

    def __init__(self, context: Context, view: Any) -> None:
        self._context, self._view = context, view
        self._cells = [
            (
                f'<td class="col-{escape(name)}" role="cell" data-label="{escape(label)}">',
                view.cell_reader(context, name),
            )
            for name, label in context["list_columns"]
        ]
        self._kind = f"{escape(view.live_kind)}:" if view.live_kind else ""
        self._details = self._address("details_view") if view.can_view_details else None
        self._edit = self._address("edit_view") if view.can_edit else None
        self._has_ticks = bool(context["actions"])
        self._quoted_id = ""  # of the row that is being written
        self._acts = [self._act(action) for action in context["list_row_actions"]]
        self._shows_acts = view.column_display_actions

    def written(self, rows: Sequence[Any]) -> Markup:
        parts: list[str] = []
        for row in rows:
            self._write(row, parts)
        return Markup("".join(parts))  # noqa: S704 - each part is escaped

    def _write(self, row: Any, parts: list[str]) -> None:
        row_id = self._view.get_pk_value(row)
        shown_id, quoted_id = _as_parts(str(row_id))
        self._quoted_id = quoted_id
        parts.append(f'<tr role="row"{self._attributes(shown_id, quoted_id)}>')
        if self._has_ticks:
            parts.append(_TICK.format(row_id=shown_id, name=escape(str(row_id)[:8])))
        for opening, read in self._cells:
            value = cell(read(row))
            parts += (opening, value if type(value) is Markup else escape(value), "</td>")
        if self._shows_acts:
            parts.append('<td class="list-buttons-column" role="cell"><div class="row-actions">')
            parts += [escape(act(row_id, row)) for act in self._acts]
            parts.append("</div></td>")
        parts.append("</tr>")

    def _attributes(self, shown_id: str, quoted_id: str) -> str:
        row = f' data-row="{self._kind}{shown_id}"' if self._kind else ""
        details = f' data-row-link="{quoted_id.join(self._details)}"' if self._details else ""
        edit = f' data-edit-link="{quoted_id.join(self._edit)}"' if self._edit else ""
        return row + details + edit

    def _address(self, page: str) -> tuple[str, str]:
        before, after = around_id(page, self._context["return_url"])
        return escape(before), escape(after)

    def _act(self, action: Any) -> WriteAct:
        if isinstance(action, PostRowAction):
            return action.writer(self._context)
        if type(action) is not ViewRowAction or self._details is None:
            return lambda row_id, row: action.render(self._context, row_id, row)
        details, title = self._details, escape(action.title or "Open")
        before = Markup('<a class="row-action" href="')
        after = Markup('" title="{}">{}<span class="visually-hidden">{}</span></a>').format(
            action.title or "", icon_of("eye"), title
        )
        around = f"{before}{details[0]}", f"{details[1]}{after}"
        return lambda row_id, row: Markup(self._quoted_id.join(around))  # noqa: S704 - between what is escaped


def _as_parts(row_id: str) -> tuple[str, str]:
    """A row’s id as HTML and as an address has it: most are letters and digits, which are the same in both."""
    if row_id.isascii() and row_id.replace("-", "").isalnum():
        return row_id, row_id
    return str(escape(row_id)), quote(row_id, safe="")


_TICK = (
    '<td class="list-checkbox-column" role="cell"><input type="checkbox" name="rowid" form="action_form" '
    'class="action-checkbox" value="{row_id}" aria-label="Select record {name}"></td>'
)
