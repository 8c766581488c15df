"""What admins do about the sign-ins of others: ending them, and making a link for a new password."""

from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from flask import flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin_views.access import PermittedView
from extensions import transaction
from people import reset_links
from people.accounts import current_actor
from people.fresh_sign_in import fresh_sign_in_required
from services import passwords, sign_ins
from services.permissions import Permission


class PeopleView(PermittedView, BaseView):
    """The acts of a person's page; the page itself is that of the list."""

    permission: ClassVar[Permission] = Permission.MANAGE_SIGN_INS

    def is_visible(self) -> bool:
        return False  # it has no page of its own

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Lead to the list of people."""
        return redirect(url_for("user.index_view"))

    @expose("/sign-ins/<uuid:id>/end", methods=["POST"])
    def end_sign_in(self, id: UUID) -> ResponseReturnValue:
        with transaction(current_actor()) as db:
            person_id = sign_ins.end(db, id, actor=current_actor(), now=datetime.now(UTC))
        flash("That sign-in is ended.", "success")
        return redirect(url_for("user.details_view", id=person_id), 303)

    @expose("/<uuid:id>/end-sign-ins", methods=["POST"])
    def end_sign_ins(self, id: UUID) -> ResponseReturnValue:
        with transaction(current_actor()) as db:
            ended = sign_ins.end_all_of(db, id, actor=current_actor(), now=datetime.now(UTC))
        flash(f"{ended} sign-in{' is' if ended == 1 else 's are'} ended, and so is each API token.", "success")
        return redirect(url_for("user.details_view", id=id), 303)

    @expose("/<uuid:id>/reset-link", methods=["POST"])
    @fresh_sign_in_required
    def make_reset_link(self, id: UUID) -> ResponseReturnValue:
        """Show a link by which the person chooses a new password, once; it is a credential."""
        with transaction(current_actor()) as db:
            person = passwords.allow_reset(db, id, actor=current_actor())
            link = reset_links.link_for(person)
        page = self.render("console/people/reset_link.html", person=person, link=link)
        answer = make_response(page)
        answer.headers["Cache-Control"] = "no-store"
        return answer
