"""The trash: what was deleted, by whom, and until when it can be restored; and what a deletion would take along."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin_views.access import PermittedView, needs
from admin_views.positions import asked_after
from admin_views.refusals import carry_out
from admin_views.results import parse_id
from extensions import db_session
from people.accounts import current_actor
from services import trash
from services.errors import ServiceError
from services.permissions import Permission, can


class TrashView(PermittedView, BaseView):
    """What was deleted and can be restored, by those who may delete."""

    permission: ClassVar[Permission] = Permission.SEE_RECORDS

    def is_accessible(self) -> bool:
        """Whoever may delete anything has a trash."""
        actor = current_actor()
        return super().is_accessible() and any(can(actor, kind.permission) for kind in trash.KINDS.values())

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """What was deleted, the newest first."""
        return self._index()

    @expose("/<id>/restore", methods=["POST"])
    @needs(*(kind.permission for kind in trash.KINDS.values()))
    def restore(self, id: str) -> ResponseReturnValue:
        """Put one record back with all that went with it."""
        trashed_id = parse_id(id)
        return carry_out(
            lambda db, actor: trash.restore(db, trashed_id, actor=actor, now=datetime.now(UTC)),
            done="It is restored, with all that went with it.",
            to=url_for(".index"),
            show=lambda refusal: self._index(refusal=refusal, refused=trashed_id),
        )

    def _index(self, refusal: ServiceError | None = None, refused: Any = None) -> str:
        found = trash.newest(db_session(), actor=current_actor(), after=asked_after())
        return self.render(
            "console/trash/index.html",
            rows=found[: trash.PAGE],
            has_more=len(found) > trash.PAGE,
            contents_of=trash.contents_of,
            fields_of=trash.fields_of,
            now=datetime.now(UTC),
            refusal=refusal,
            refused=refused,
        )


def preview_of(view: Any, encoded: str) -> trash.Preview | None:
    """What deleting a record in a view would do; None where the view has a service of its own for that.

    Raises:
        NotFoundError: there is no such record in the person's scope.
        InvalidInputError: the id is none.
    """
    if not getattr(view, "deletes_into_trash", False):
        return None
    record_id = view._parse_visible(encoded)
    return trash.preview(db_session(), view.model, record_id, actor=current_actor(), permission=view.delete_permission)
