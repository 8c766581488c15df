"""The page of the providers by which one can sign in."""

from typing import ClassVar
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose
from flask_security import current_user

from admin_views.access import PermittedView
from admin_views.provider_pages import lead_away
from admin_views.refusals import refusal_of
from extensions import db_session
from people import sign_in_provider
from people.fresh_sign_in import fresh_sign_in_required
from people.sign_in_provider import Purpose
from services import identities
from services.permissions import Permission


class IdentitiesView(PermittedView, BaseView):
    """As whom the provider knows the person; all that changes it asks for a fresh sign-in."""

    permission: ClassVar[Permission] = Permission.KEEP_SIGN_INS

    def is_visible(self) -> bool:
        return False  # it is a tab of one's account

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """What is linked."""
        linked = identities.of_person(db_session(), current_user.id)
        can_link = sign_in_provider.is_on() and sign_in_provider.directory().provider.issuer not in {
            identity.issuer for identity in linked
        }
        return self.render("console/account/identities.html", identities=linked, can_link=can_link)

    @expose("/link", methods=["POST"])
    @fresh_sign_in_required
    def link(self) -> ResponseReturnValue:
        """Lead to the provider, by whose answer the person is known from then on."""
        return lead_away(Purpose.LINK, to=url_for(".index"))

    @expose("/<uuid:id>/unlink", methods=["POST"])
    @fresh_sign_in_required
    def unlink(self, id: UUID) -> ResponseReturnValue:
        """Be known by it no longer."""
        refusal = refusal_of(lambda db, actor: identities.unlink(db, id, actor=actor))
        flash(str(refusal) if refusal else "It is unlinked.", "danger" if refusal else "success")
        return redirect(url_for(".index"), 303)
