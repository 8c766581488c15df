"""Acts on rows: the button in a row and the bulk action are one POST to one handler that delegates to a service."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.actions import action
from flask_admin.model.template import BaseListRowAction
from flask_wtf.csrf import generate_csrf
from jinja2.runtime import Context
from markupsafe import Markup, escape

from admin_views.chips import icon_of
from admin_views.flashes import category as undoable
from admin_views.formatters import shortened
from admin_views.keys import parse_key
from admin_views.list_filters import Pairs, arguments
from admin_views.results import ActResult, each_in_own_transaction
from people.accounts import current_actor
from services.bulk import Act
from services.errors import ForbiddenError, InvalidInputError, NotFoundError
from services.permissions import Permission, can

NAMED = 3
"""Records that a summary of many results names."""
LOOKED_UP = 10
"""Records of a selection whose names are looked up, so that most outcomes have theirs among them."""
NAME_LENGTH = 40
"""Characters of one name in a message."""


class PostRowAction(BaseListRowAction):
    """A button in each row on which the action can work; it POSTs the row's id to the bulk action's own handler."""

    def __init__(
        self, name: str, title: str, icon: str, works_on: Callable[[Any, Any], bool] = lambda view, row: True
    ) -> None:
        """
        Args:
            name: the action's, as in `@action(name, …)`.
            icon: one of the console's icons.
            works_on: of the view and the row, whether the action can work; where it can't, there is no button.
        """
        super().__init__(title)
        self.name = name
        self.icon = icon
        self.works_on = works_on

    def render(self, context: Context, row_id: str, row: Any) -> str:
        writers = g.setdefault("row_acts", {})
        if self not in writers:
            writers[self] = self.writer(context)
        write: Callable[[str, Any], str] = writers[self]
        return write(row_id, row)

    def writer(self, context: Context) -> Callable[[str, Any], str]:
        """What it is in each row of a page; all but the row's id and name is the same in each."""
        view = context["admin_view"]
        if not view.is_action_allowed(self.name):
            return lambda row_id, row: ""
        url, token, works_on = view.get_url(".action_view"), generate_csrf(), self.works_on
        before = str(_BEFORE.format(url=url, token=token, name=self.name))
        after = str(_AFTER.format(back=context["return_url"], title=self.title, icon=icon_of(self.icon)))

        def write(row_id: str, row: Any) -> str:
            if not works_on(view, row):
                return ""
            return Markup(f"{before}{escape(row_id)}{after}{escape(row)}</span></button></form>")  # noqa: S704 - escaped

        return write


_BEFORE = Markup(
    '<form class="row-form" method="post" action="{url}"><input type="hidden" name="csrf_token" value="{token}">'
    '<input type="hidden" name="action" value="{name}"><input type="hidden" name="rowid" value="'
)
_AFTER = Markup(
    '"><input type="hidden" name="url" value="{back}"><button type="submit" class="row-action" title="{title}">{icon}'
    '<span class="visually-hidden">{title}: '
)


class PermittedActions:
    """Mixed into a model view: who may run which action, and on which rows."""

    action_permissions: ClassVar[Mapping[str, Permission]] = {}
    """The permission that each action needs; an action that is not named here is refused to everybody."""
    bulk_acts: ClassVar[Mapping[str, Act]] = {}
    """What each action is as a bulk job; one that is not named here works on ticked rows only."""

    def is_action_allowed(self, name: str) -> bool:
        """Whether the person may run the action on any row at all; the service asks again about each."""
        if name == "delete":
            return bool(self.can_delete)
        permission = self.action_permissions.get(name)
        return permission is not None and name not in self.action_disallowed_list and can(current_actor(), permission)

    def handle_action(self, return_view: str | None = None) -> ResponseReturnValue:
        """Run the action that the form names.

        Raises:
            InvalidInputError: there is no such action, nothing was selected, or an id is none.
            ForbiddenError: the person's role does not permit it.
            NotFoundError: the person may see none of the rows.
        """
        name = request.form.get("action", "")
        if name not in self._actions_data:
            raise InvalidInputError(f"There is no action “{name[:40]}” on this list.", field="action")
        if not self.is_action_allowed(name):
            missing = self.delete_permission if name == "delete" else self.action_permissions.get(name)
            raise ForbiddenError("Your role does not permit this action.", permission=missing)
        if request.form.get("all_matching"):
            return redirect(self._begin_on_all(name), 303)
        self._check_selection(request.form.getlist("rowid"))
        return super().handle_action(return_view)

    def all_matching_url(self, name: str, asked: Pairs) -> str | None:
        """Where the action begins on all rows that a list's arguments select; None where it works on ticked ones."""
        if name not in self.bulk_acts:
            return None
        address = url_for("bulk.new", view=self.endpoint, action=name)
        return f"{address}?{urlencode(asked)}" if asked else address

    def _begin_on_all(self, name: str) -> str:
        """
        Raises:
            InvalidInputError: the action works on ticked rows only.
        """
        address = self.all_matching_url(name, arguments(request.form.get("url", "")))
        if address is None:
            label = self._actions_data[name][1]
            raise InvalidInputError(f"“{label}” works on ticked rows only; tick those that you mean.", field="action")
        return address

    def _check_selection(self, ids: Sequence[str]) -> None:
        for encoded in ids:
            parse_key(self.model, encoded)
        if len(ids) == 1:
            self._parse_visible(ids[0])

    def _parse_visible(self, encoded: str) -> Any:
        """The record's primary key: its value, or a tuple where it has several columns.

        Raises:
            NotFoundError: there is no such record in the person's scope.
        """
        key = parse_key(self.model, encoded)
        if not self.get_count_query().filter_by(**key).scalar():
            raise NotFoundError("There is no such record, or none that you may see.")
        return next(iter(key.values())) if len(key) == 1 else tuple(key.values())

    def act_on(self, ids: Sequence[str], act: Callable[..., Any], *, done: str, **arguments: Any) -> None:
        """Call `act(db, id, actor=…, now=…, **arguments)` for each row in scope, and flash what came of it.

        Args:
            done: what to say of a record on which it worked, such as “queued again”.
        """
        names = self._names_of(ids)
        results = each_in_own_transaction(ids, act, done=done, parse=self._parse_visible, **arguments)
        flash_outcomes(results, names, kind=str(self.name).lower())

    def init_actions(self) -> None:
        """As Flask-Admin's; a view that deletes by a service of its own does not promise that the trash has it."""
        super().init_actions()
        if "delete" in self._actions_data and not self.deletes_into_trash:
            run, label, _ = self._actions_data["delete"]
            self._actions_data["delete"] = (run, label, "Delete the selected records? This can’t be undone.")

    def _names_of(self, ids: Sequence[str]) -> dict[str, str]:
        """What the first records are called, before anything is done to them; those out of scope are not named."""
        first = {encoded: parse_key(self.model, encoded) for encoded in ids[:LOOKED_UP]}
        found = {encoded: self.get_query().filter_by(**key).one_or_none() for encoded, key in first.items()}
        return {encoded: shortened(str(record), NAME_LENGTH) for encoded, record in found.items() if _has_name(record)}

    @action("delete", "Delete", "Delete the selected records? They can be restored for 30 days.")
    def action_delete(self, ids: Sequence[str]) -> None:
        self.act_on(
            ids, lambda db, record_id, actor, now: self.delete_record(db, record_id, actor=actor), done="deleted"
        )
        self.after_deletes()


def flash_outcomes(results: Iterable[ActResult], names: Mapping[str, str], *, kind: str) -> None:
    """One message for each outcome, however many records had it, with a way to undo what can be undone.

    Args:
        names: what records are called, by their ids; the beginning of the id stands for a name that is not there.
        kind: what many of them are called, such as “deploys”.
    """
    outcomes: dict[tuple[str, str], list[ActResult]] = {}
    for result in results:
        outcomes.setdefault((result.category, result.outcome), []).append(result)
    for (category, outcome), alike in outcomes.items():
        named = [names.get(result.id, result.id[:8]) for result in alike]
        events = [result.undo for result in alike if result.undo]
        flash(f"{_counted(named, kind)}: {outcome}", undoable(category, events))


def _has_name(record: Any) -> bool:
    return record is not None and type(record).__str__ is not object.__str__


def _counted(names: Sequence[str], kind: str) -> str:
    if len(names) == 1:
        return names[0]
    return f"{len(names):,} {kind} ({', '.join(names[:NAMED])}{' …' if len(names) > NAMED else ''})"
