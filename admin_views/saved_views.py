"""Saved views: saving, changing, sharing, pinning and forgetting them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal
from uuid import UUID

from flask import Flask, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin_views import views_in_sight
from admin_views.access import PermittedView, needs_sight
from admin_views.flashes import flash_done
from admin_views.list_views import find_list, get_list
from admin_views.refusals import refusal_of, status_of
from admin_views.ways_back import way_back
from extensions import db_session, transaction
from models import SavedView
from people.accounts import current_actor
from services import list_preferences, saved_views, view_pins
from services.database import DbSession
from services.errors import ConflictError, InvalidInputError, NotFoundError, ServiceError
from services.permissions import Actor, Permission
from services.saved_views import Known

Act = Callable[[DbSession, Actor], object]


@dataclass(frozen=True)
class Pinned:
    """A saved view in the navigation."""

    name: str
    url: str
    count_url: str
    kind: str | None
    """What the live connection calls the list's records."""
    is_here: bool


@dataclass(frozen=True)
class Listed:
    """A saved view with the list that it is of."""

    known: Known
    list_name: str
    url: str


@dataclass(frozen=True)
class Draft:
    """A saved view as a form has it."""

    endpoint: str
    arguments: str
    name: str
    is_shared: bool
    view: SavedView | None = None
    """None while it is not saved yet."""


def init_app(app: Flask) -> None:
    app.jinja_env.globals["pinned_views"] = pinned_views


def pinned_views() -> Sequence[Pinned]:
    """What the person pinned, as far as they may see its list."""
    here = g.get("saved_view_id")
    lists = [(known.view, find_list(known.view.endpoint)) for known in views_in_sight.pinned()]
    return [
        Pinned(view.name, of.view_url(view), of.count_url(view), of.live_kind, is_here=view.id == here)
        for view, of in lists
        if of is not None
    ]


def openable() -> list[Listed]:
    """All saved views whose lists the person may see: one's own and those that others share."""
    known = saved_views.all_of(db_session(), actor=current_actor())
    lists = [(one, find_list(one.view.endpoint)) for one in known]
    return [Listed(one, str(of.name), of.view_url(one.view)) for one, of in lists if of is not None]


class SavedViewsView(PermittedView, BaseView):
    """The page of all saved views, the form of one, and the acts on them."""

    permission: ClassVar[Permission] = Permission.SEE_RECORDS

    def is_visible(self) -> bool:
        """It is reached from lists and from what is pinned."""
        return False

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """All saved views, the pinned ones in their order."""
        views = openable()
        order = [view.id for view in view_pins.pinned(db_session(), actor=current_actor())]
        pinned = sorted((one for one in views if one.known.is_pinned), key=lambda one: order.index(one.known.view.id))
        return self.render("console/views/index.html", views=views, pinned=pinned)

    @expose("/", methods=["POST"])
    @needs_sight
    def create(self) -> ResponseReturnValue:
        """Save a list's address under a name.

        Raises:
            NotFoundError: there is no such list, or none that this person may see.
            ForbiddenError: the person may not share views.
        """
        of = get_list(request.form.get("endpoint", ""))
        draft = _sent(of.endpoint, request.form.get("arguments", ""))
        saved: list[SavedView] = []

        def save(db: DbSession, actor: Actor) -> None:
            values = {"name": draft.name, "arguments": draft.arguments, "is_shared": draft.is_shared}
            saved.append(saved_views.create(db, endpoint=of.endpoint, **values, actor=actor))
            if "pin" in request.form:
                view_pins.pin(db, saved[0].id, actor=actor)

        if refusal := refusal_of(save):
            return self._form(draft, refusal)
        flash("The view is saved.", "success")
        return redirect(of.view_url(saved[0]), 303)

    @expose("/<uuid:id>")
    def form(self, id: UUID) -> ResponseReturnValue:
        """The form of one view: its name, and whether it is shared.

        Raises:
            NotFoundError: there is no such view, or none that this person may see.
        """
        view = _view(id)
        return self._form(Draft(view.endpoint, view.arguments, view.name, view.is_shared, view))

    @expose("/<uuid:id>", methods=["POST"])
    @needs_sight
    def edit(self, id: UUID) -> ResponseReturnValue:
        """Rename a view, share it, or stop sharing it."""
        view = _view(id)
        draft = _sent(view.endpoint, view.arguments, view)
        changes = {"name": draft.name, "is_shared": draft.is_shared}

        if refusal := refusal_of(lambda db, actor: _edit(db, id, actor, **changes)):
            return self._form(draft, refusal)
        flash_done("The view is changed.")
        return redirect(get_list(view.endpoint).view_url(view), 303)

    @expose("/<uuid:id>/arguments", methods=["POST"])
    @needs_sight
    def overwrite(self, id: UUID) -> ResponseReturnValue:
        """Have a view show what the list shows now."""
        of, arguments = get_list(_view(id).endpoint), request.form.get("arguments", "")
        self._do(lambda db, actor: _edit(db, id, actor, arguments=arguments), done="The view shows this from now on.")
        return redirect(of.view_url(_view(id)), 303)

    @expose("/<uuid:id>/delete", methods=["POST"])
    @needs_sight
    def delete(self, id: UUID) -> ResponseReturnValue:
        """Forget a view; that can be undone."""
        index = url_for(f"{_view(id).endpoint}.index_view")
        self._do(lambda db, actor: saved_views.delete(db, id, actor=actor), done="The view is deleted.")
        return redirect(way_back() if request.form.get("back") else f"{index}?view=all", 303)

    @expose("/<uuid:id>/pin", methods=["POST"])
    @needs_sight
    def pin(self, id: UUID) -> ResponseReturnValue:
        """Have a view in the navigation."""
        self._do(lambda db, actor: view_pins.pin(db, _view(id).id, actor=actor))
        return redirect(way_back(), 303)

    @expose("/<uuid:id>/unpin", methods=["POST"])
    @needs_sight
    def unpin(self, id: UUID) -> ResponseReturnValue:
        """Take a view out of the navigation."""
        self._do(lambda db, actor: view_pins.unpin(db, id, actor=actor))
        return redirect(way_back(), 303)

    @expose("/<uuid:id>/move", methods=["POST"])
    @needs_sight
    def move(self, id: UUID) -> ResponseReturnValue:
        """Have a pinned view one place further up or down."""
        to: Literal["up", "down"] = "up" if request.form.get("to") == "up" else "down"
        self._do(lambda db, actor: view_pins.move(db, id, to, actor=actor))
        return redirect(way_back(), 303)

    @expose("/<uuid:id>/default", methods=["POST"])
    @needs_sight
    def default(self, id: UUID) -> ResponseReturnValue:
        """Have the list open with a view from now on, or, with `off`, without one."""
        view = _view(id)
        if "off" in request.form:
            self._do(lambda db, actor: list_preferences.open_plainly(db, view.endpoint, actor=actor))
        else:
            self._do(lambda db, actor: list_preferences.open_with(db, id, actor=actor))
        return redirect(way_back(), 303)

    def _do(self, act: Act, *, done: str = "") -> None:
        """Do it, and say so; what is in its way is said instead.

        Raises:
            ForbiddenError: the view is not this person's to change.
            NotFoundError: there is no such view.
        """
        try:
            with transaction(current_actor()) as db:
                act(db, current_actor())
        except (ConflictError, InvalidInputError) as error:
            flash(error.message, "error")
            return
        if done:
            flash_done(done)

    def _form(self, draft: Draft, refusal: ServiceError | None = None) -> ResponseReturnValue:
        page = self.render("console/views/form.html", draft=draft, list=get_list(draft.endpoint), refusal=refusal)
        return page, status_of(refusal) if refusal else 200


def _sent(endpoint: str, arguments: str, view: SavedView | None = None) -> Draft:
    return Draft(endpoint, arguments, request.form.get("name", ""), "shared" in request.form, view)


def _view(view_id: UUID) -> SavedView:
    """
    Raises:
        NotFoundError: there is no such view, or none of a list that this person may see.
    """
    view = saved_views.get_view(db_session(), view_id, actor=current_actor())
    if find_list(view.endpoint) is None:
        raise NotFoundError("There is no such saved view, or none that you may see.")
    return view


def _edit(db: DbSession, view_id: UUID, actor: Actor, **changes: Any) -> SavedView:
    return saved_views.edit(db, view_id, **changes, actor=actor)
