"""Saved views: names for lists' addresses, a person's own and those that others share."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID, uuid4

from sqlalchemy import BindParameter, ColumnElement, Select, Text, Uuid, and_, bindparam, func, or_, select
from sqlalchemy.exc import IntegrityError

from models import ListPreference, SavedView, SavedViewPin, User
from services import audit, field_rules, text
from services.database import DbSession
from services.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from services.permissions import Actor, Permission, can, require

NAME_LIMIT = 60
ARGUMENTS_LIMIT = 4_000
"""Characters of an address' arguments: servers and browsers take no address of any length."""
PASSING = ("page", "cursor", "count", "view")
"""Arguments of an address that hold for one look at a list, and are not saved."""
LIMIT = 100
"""Views that one person saves of one list."""


@dataclass(frozen=True)
class Known:
    """A saved view as one person knows it."""

    view: SavedView
    owner: str
    is_own: bool
    may_change: bool
    pin: int | None
    """Its place among what the person pinned; None where it is not pinned."""
    is_default: bool
    """Whether the list opens with it."""

    @property
    def is_pinned(self) -> bool:
        return self.pin is not None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition on views that the actor may see: their own and those that are shared.

    Whether the actor may see the list itself is the edge's to ask.
    """
    return or_(SavedView.owner_id == actor.id, SavedView.is_shared)


def may_change(view: SavedView, actor: Actor) -> bool:
    """Whether the actor may change or delete it: its owner may, and whoever may share all once it is shared."""
    if view.owner_id == actor.id:
        return True
    return view.is_shared and can(actor, Permission.SHARE_VIEW, owner_id=view.owner_id)


def in_sight(db: DbSession, endpoint: str | None, *, actor: Actor) -> list[Known]:
    """The views of one list that the actor may see, and those of others that the actor pinned.

    Shared ones that ask for an address which the actor does not see are left out, here and below.
    """
    return _known(db, _IN_SIGHT, actor, endpoint=endpoint)


def all_of(db: DbSession, *, actor: Actor) -> list[Known]:
    """The views of all lists that the actor may see: by list, the actor's own first."""
    return _known(db, _SEEN, actor)


def find_view(db: DbSession, view_id: UUID, *, actor: Actor) -> SavedView | None:
    """The view, where the actor may see it."""
    return db.scalar(select(SavedView).where(SavedView.id == view_id, visible_to(actor)))


def get_view(db: DbSession, view_id: UUID, *, actor: Actor, hold: bool = False) -> SavedView:
    """
    Args:
        hold: keep it from being deleted until the transaction ends, for rows that are about to refer to it.

    Raises:
        NotFoundError: there is no such view, or none that this person may see.
    """
    mine = select(SavedView).where(SavedView.id == view_id, visible_to(actor))
    view = db.scalar(mine.with_for_update(read=True, key_share=True) if hold else mine)
    if view is None:
        raise NotFoundError("There is no such saved view, or none that you may see.")
    return view


def create(
    db: DbSession,
    *,
    endpoint: str,
    name: str,
    arguments: str,
    is_shared: bool = False,
    actor: Actor,
) -> SavedView:
    """Save a list's address under a name.

    Raises:
        ForbiddenError: the actor may not share views.
        InvalidInputError: the name or the address can't be used, or the actor has too many views of this list.
        ConflictError: the actor has a view of this list with this name.
    """
    _require_sharing(is_shared, actor)
    values = {"endpoint": endpoint, "name": _name(name), "arguments": _arguments(arguments), "is_shared": is_shared}
    mine = select(func.count()).where(SavedView.owner_id == actor.id, SavedView.endpoint == endpoint)
    if (db.scalar(mine) or 0) >= LIMIT:
        raise InvalidInputError(f"You have {LIMIT} views of this list, which is as many as fit.", field="name")
    view = _add(db, SavedView(id=uuid4(), owner_id=actor.id, **values))
    audit.record(db, actor, "saved_view:create", view.id, after=values)
    return view


def edit(
    db: DbSession,
    view_id: UUID,
    *,
    name: str | None = None,
    arguments: str | None = None,
    is_shared: bool | None = None,
    actor: Actor,
    tag: str = "saved_view:edit",
) -> SavedView:
    """Rename a view, give it another address, share it or stop sharing it; None leaves each as it is.

    Raises:
        NotFoundError: there is no such view, or none that this person may see.
        ForbiddenError: it is not the actor's to change, or the actor may not share views.
        InvalidInputError: the name or the address can't be used.
        ConflictError: its owner has a view of this list with this name.
    """
    view = _lock(db, view_id, actor)
    given = {
        "name": None if name is None else _name(name),
        "arguments": None if arguments is None else _arguments(arguments),
        "is_shared": is_shared,
    }
    before, after = audit.changed(_fields(view), {key: value for key, value in given.items() if value is not None})
    if after:
        _require_sharing(bool(after.get("is_shared")), actor)
        _set(db, view, after)
        audit.record(db, actor, tag, view.id, before=before, after=after)
    return view


def delete(db: DbSession, view_id: UUID, *, actor: Actor) -> None:
    """Forget a view; it leaves the navigation of all who pinned it.

    Raises:
        NotFoundError: there is no such view, or none that this person may see.
        ForbiddenError: it is not the actor's to delete.
    """
    view = _lock(db, view_id, actor)
    before = {"owner_id": view.owner_id, **_fields(view)}
    db.delete(view)
    db.flush()
    audit.record(db, actor, "saved_view:delete", view_id, before=before)


def restore(db: DbSession, view_id: UUID, was: Any, *, actor: Actor) -> SavedView:
    """Put a view back that was deleted, as the audit event of that has it.

    Raises:
        ForbiddenError: the view was not the actor's to delete, or may not be shared any more.
        ConflictError: its owner has another view of this list with this name by now.
    """
    view = SavedView(id=view_id, **was | {"owner_id": UUID(was["owner_id"])})
    if not may_change(view, actor):
        raise ForbiddenError("This view is not yours to put back.")
    _require_sharing(view.is_shared, actor)
    _add(db, view)
    audit.record(db, actor, "saved_view:undo_delete", view_id, after=_fields(view))
    return view


_ME: BindParameter[UUID] = bindparam("me", type_=Uuid())
_SEEN = (
    select(SavedView, User.name, User.email, SavedViewPin.position, ListPreference.endpoint)
    .join(User, User.id == SavedView.owner_id)
    .outerjoin(SavedViewPin, and_(SavedViewPin.view_id == SavedView.id, SavedViewPin.user_id == _ME))
    .outerjoin(ListPreference, and_(ListPreference.default_view_id == SavedView.id, ListPreference.user_id == _ME))
    .where(or_(SavedView.owner_id == _ME, SavedView.is_shared))
    .order_by(SavedView.endpoint, SavedView.owner_id != _ME, func.lower(SavedView.name), SavedView.id)
)
"""Made once, since each page of a list asks it."""
_IN_SIGHT = _SEEN.where(
    or_(SavedView.endpoint == bindparam("endpoint", type_=Text()), SavedViewPin.position.is_not(None))
)


def _known(db: DbSession, seen: Select[Any, Any, Any, Any, Any], actor: Actor, **values: str | None) -> list[Known]:
    return [
        Known(
            view,
            owner=name or field_rules.shown_email(db, email),
            is_own=view.owner_id == actor.id,
            may_change=may_change(view, actor),
            pin=position,
            is_default=default is not None,
        )
        for view, name, email, position, default in db.execute(seen, {"me": actor.id, **values})
        if view.owner_id == actor.id or field_rules.REST not in view.arguments
    ]


def _lock(db: DbSession, view_id: UUID, actor: Actor) -> SavedView:
    mine = select(SavedView).where(SavedView.id == view_id, visible_to(actor)).with_for_update()
    view = db.scalar(mine.execution_options(populate_existing=True))
    if view is None:
        raise NotFoundError("There is no such saved view, or none that you may see.")
    if not may_change(view, actor):
        raise ForbiddenError("Only who shared this view, or an admin, may change it. Save it as one of your own.")
    return view


def _add(db: DbSession, view: SavedView) -> SavedView:
    try:
        with db.begin_nested():
            db.add(view)
    except IntegrityError as error:
        raise _taken(view.name) from error
    return view


def _set(db: DbSession, view: SavedView, values: dict[str, Any]) -> None:
    try:
        with db.begin_nested():
            for name, value in values.items():
                setattr(view, name, value)
    except IntegrityError as error:
        raise _taken(values["name"]) from error


def _taken(name: str) -> ConflictError:
    return ConflictError(f"There is a view “{name}” of this list already.", field="name")


def _fields(view: SavedView) -> dict[str, Any]:
    return {name: getattr(view, name) for name in ("endpoint", "name", "arguments", "is_shared")}


def _require_sharing(is_shared: bool, actor: Actor) -> None:
    if is_shared:
        require(actor, Permission.SHARE_VIEW)


def _name(given: str) -> str:
    name = text.clean(" ".join(given.split()), field="name", limit=NAME_LIMIT, required=True)
    return str(name)


def _arguments(given: str) -> str:
    """The arguments that make the list what it is, as a query string, which holds no character that can't be stored."""
    query = urlencode([pair for pair in parse_qsl(given) if pair[0] not in PASSING], errors="replace")
    return text.clean(query, field="arguments", limit=ARGUMENTS_LIMIT) or ""
