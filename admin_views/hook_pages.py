"""The page of one hook: where it is used, and, for those who may see it, the hook itself."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from flask import current_app, make_response, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin_views.access import PermittedView, needs, needs_sight
from admin_views.refusals import status_of
from admin_views.results import parse_id
from extensions import db_session, transaction
from people.accounts import current_actor
from people.fresh_sign_in import fresh_sign_in_required
from services.database import DbSession
from services.deploys import hook_uses, reveal
from services.errors import ConflictError, InvalidInputError
from services.permissions import Actor, Permission, can


class HooksView(PermittedView, BaseView):
    """Hooks have no list: one is found by its URL, which is typed into a form and never into an address."""

    permission: ClassVar[Permission] = Permission.SEE_RECORDS

    def is_visible(self) -> bool:
        """Deploys and sessions lead here."""
        return False

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The form to look for a hook."""
        return self._page()

    @expose("/", methods=["POST"])
    @needs_sight
    def find(self) -> ResponseReturnValue:
        """Where the hook is used whose URL was pasted."""
        return self._uses(lambda: request.form.get("hook_url", ""))

    @expose("/deploys/<id>")
    def of_deploy(self, id: str) -> ResponseReturnValue:
        """Where the hook of a deploy is used."""
        deploy_id = parse_id(id)
        return self._uses(
            lambda: hook_uses.of_deploy(db_session(), deploy_id, actor=current_actor()), **_of("deploy", deploy_id)
        )

    @expose("/sessions/<id>")
    def of_session(self, id: str) -> ResponseReturnValue:
        """Where the hook is used that a session's next deploy would call."""
        session_id = parse_id(id)

        def url() -> str:
            return hook_uses.of_session(
                db_session(), session_id, actor=current_actor(), default_hook_url=_default_hook_url()
            )

        return self._uses(url, **_of("session", session_id))

    @expose("/deploys/<id>/reveal", methods=["POST"])
    @needs(Permission.REVEAL_HOOK)
    def reveal_deploy(self, id: str) -> ResponseReturnValue:
        """Show the hook of a deploy, once."""
        deploy_id = parse_id(id)
        return self._revealed(
            lambda db, actor: reveal.of_deploy(db, deploy_id, actor=actor), **_of("deploy", deploy_id)
        )

    @expose("/sessions/<id>/reveal", methods=["POST"])
    @needs(Permission.REVEAL_HOOK)
    def reveal_session(self, id: str) -> ResponseReturnValue:
        """Show the hook that a session's next deploy would call, once."""
        session_id = parse_id(id)

        def act(db: DbSession, actor: Actor) -> str:
            return reveal.of_session(db, session_id, actor=actor, default_hook_url=_default_hook_url())

        return self._revealed(act, **_of("session", session_id))

    @fresh_sign_in_required
    def _revealed(self, act: Callable[[DbSession, Actor], str], **about: Any) -> ResponseReturnValue:
        try:
            with transaction(current_actor()) as db:
                url = act(db, current_actor())
        except ConflictError as refusal:
            return self._page(refusal=refusal, **about), status_of(refusal)
        return self._uses(lambda: url, revealed=url, **about)

    def _uses(self, find_url: Callable[[], str], **about: Any) -> ResponseReturnValue:
        try:
            uses = hook_uses.of_url(
                db_session(), find_url(), actor=current_actor(), default_hook_url=_default_hook_url()
            )
        except (InvalidInputError, ConflictError) as refusal:
            return self._page(refusal=refusal, **about), status_of(refusal)
        return self._page(uses=uses, **about)

    def _page(self, **values: Any) -> ResponseReturnValue:
        answer = make_response(self.render("console/hooks/index.html", counted=hook_uses.COUNTED, **values))
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _of(kind: str, record_id: UUID) -> dict[str, Any]:
    """From which record the page was come to, and where its hook is shown to who may see it."""
    may_reveal = can(current_actor(), Permission.REVEAL_HOOK)
    return {
        "kind": kind,
        "record_url": url_for(f"records.{kind}", id=record_id),
        "reveal_url": url_for(f".reveal_{kind}", id=record_id) if may_reveal else None,
    }


def _default_hook_url() -> str | None:
    url: str | None = current_app.extensions["console_settings"].default_hook_url
    return url
