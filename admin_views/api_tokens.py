"""The page of one's own API tokens: what there is, making one, which shows it once, and revoking."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID, uuid4

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin_views.access import PermittedView
from admin_views.refusals import status_of
from admin_views.ways_back import way_back
from extensions import db_session, transaction
from models import TokenScope
from people.accounts import current_actor
from people.fresh_sign_in import fresh_sign_in_required
from services import api_tokens, ids
from services.errors import ConflictError, InvalidInputError, ServiceError
from services.permissions import Permission

REACHES = {
    TokenScope.READ: "Sees what you see, and changes nothing.",
    TokenScope.REMEDIATE: "Also puts right what you may: retries, moves projects, pauses deliveries.",
    TokenScope.ADMIN: "All that you may do through the API.",
}
"""What each scope is, to whoever chooses among them."""
USUAL_DAYS = 30


class ApiTokensView(PermittedView, BaseView):
    """One's own tokens; admins end those of others, here too, and make none for them."""

    permission: ClassVar[Permission] = Permission.KEEP_TOKENS

    def is_visible(self) -> bool:
        return False  # it is a tab of one's account

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """What there is, newest first."""
        return self._page()

    @expose("/new")
    @fresh_sign_in_required
    def form(self) -> ResponseReturnValue:
        """The form for a new one."""
        return self._form()

    @expose("/new", methods=["POST"])
    @fresh_sign_in_required
    def create(self) -> ResponseReturnValue:
        """Make one, and show it: this once, since only its hash is kept."""
        actor, form = current_actor(), request.form
        asked = {name: form.get(name, "") for name in ("name", "scope")}
        new_id = ids.parse_id(form.get("new_id", ""), field="new_id")
        try:
            with transaction(actor) as db:
                about = {"days": _days(form.get("days", "")), "actor": actor, "now": datetime.now(UTC)}
                made = api_tokens.make(db, actor.id, token_id=new_id, **asked, **about)
                known = {"name": made.token.name, "scope": made.token.scope, "expires_at": made.token.expires_at}
        except (InvalidInputError, ConflictError) as error:
            return self._form(error), status_of(error)
        return self.render("console/account/token_made.html", text=made.text, curl=_curl(), **known)

    @expose("/<uuid:token_id>/revoke", methods=["POST"])
    def revoke(self, token_id: UUID) -> ResponseReturnValue:
        """End one at once."""
        actor = current_actor()
        try:
            with transaction(actor) as db:
                name = api_tokens.revoke(db, token_id, actor=actor, now=datetime.now(UTC)).name
                said, tone = f"“{name}” is revoked: whoever uses it is refused from now on.", "success"
        except ConflictError as error:
            said, tone = error.message, "error"
        flash(said, tone)
        return redirect(way_back() if request.form.get("back") else url_for(".index"), 303)

    def _page(self) -> str:
        actor = current_actor()
        tokens = api_tokens.of_person(db_session(), actor.id, actor=actor)
        return self.render("console/account/tokens.html", tokens=tokens, now=datetime.now(UTC))

    def _form(self, refusal: ServiceError | None = None) -> str:
        scopes: Sequence[tuple[TokenScope, str]] = [
            (scope, REACHES[scope]) for scope in api_tokens.scopes_for(current_actor().role)
        ]
        return self.render(
            "console/account/token_form.html",
            scopes=scopes,
            lifetimes=api_tokens.LIFETIMES_DAYS,
            usual_days=USUAL_DAYS,
            new_id=request.form.get("new_id") or uuid4(),
            refusal=refusal,
        )


def _days(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 0


def _curl() -> str:
    """A command that tries the token; it has it by a name, since shells keep what is typed."""
    return f'curl -H "Authorization: Bearer $TOKEN" {request.host_url.rstrip("/")}/api/console/summary'
