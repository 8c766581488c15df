"""One's own account: the password, and where one is signed in."""

from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from flask import current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose
from flask_security import ChangePasswordForm, current_user
from flask_security.utils import hash_password, login_user

from admin_views.access import PermittedView
from extensions import db_session, transaction
from people import mail, password_tries, second_step
from people import sign_ins as here
from people.accounts import Account, current_actor
from people.fresh_sign_in import fresh_sign_in_required, is_sign_in_fresh
from services import devices, passwords, sign_in_budgets, sign_ins
from services.permissions import Permission


class AccountView(PermittedView, BaseView):
    """The tabs of one's account that are about signing in with a password."""

    permission: ClassVar[Permission] = Permission.KEEP_SIGN_INS

    def is_visible(self) -> bool:
        return False  # the account menu leads to it

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return redirect(url_for(".sign_ins"))

    @expose("/password")
    def password(self) -> str:
        return self.render("console/account/password.html", form=ChangePasswordForm(formdata=None))

    @expose("/password", methods=["POST"])
    def change_password(self) -> ResponseReturnValue:
        """Set a new password; all other sign-ins end. Who has none yet, or a second factor, confirms who they are.

        Raises:
            TooManyRequests: the old one was wrong too often.
        """
        has_more = not current_user.password or current_user.second_factor_since is not None
        if has_more and not is_sign_in_fresh():
            return redirect(url_for("security.verify", next=url_for(".password")), 303)
        form, budgets = ChangePasswordForm(), [sign_in_budgets.of_person(str(current_user.id))]
        password_tries.take(budgets)
        is_right = form.validate()
        if not form.password.errors:
            password_tries.give_back(budgets)
        if not is_right:
            return self.render("console/account/password.html", form=form), 422
        self._change(str(form.new_password.data))
        flash("Your password is changed, and you are signed out everywhere else.", "success")
        return redirect(url_for(".password"), 303)

    def _change(self, password: str) -> None:
        account, actor = current_user._get_current_object(), current_actor()
        with transaction(actor) as db:
            passwords.change(db, str(hash_password(password)), actor=actor)
        _sign_in_again(account)
        mail.tell_of_new_password(account)

    @expose("/sign-ins")
    def sign_ins(self) -> str:
        """Where one is signed in."""
        actor = current_actor()
        return self.render(
            "console/account/sign_ins.html",
            sign_ins=sign_ins.live_of(db_session(), current_user.id, actor=actor, now=datetime.now(UTC)),
            here=here.current_id(),
            device=devices.name_of,
            lifetimes=here.lifetimes(current_app),
            duration=here.duration,
        )

    @expose("/sign-ins/<uuid:id>/end", methods=["POST"])
    @fresh_sign_in_required
    def end(self, id: UUID) -> ResponseReturnValue:
        with transaction(current_actor()) as db:
            sign_ins.end(db, id, actor=current_actor(), now=datetime.now(UTC))
        flash("That sign-in is ended.", "success")
        return redirect(url_for(".sign_ins"), 303)

    @expose("/sign-ins/end-others", methods=["POST"])
    @fresh_sign_in_required
    def end_others(self) -> ResponseReturnValue:
        with transaction(current_actor()) as db:
            ended = sign_ins.end_others(db, here.current_id(), actor=current_actor(), now=datetime.now(UTC))
        flash(f"{ended} other sign-in{'' if ended == 1 else 's'} ended." if ended else "There was no other.", "success")
        return redirect(url_for(".sign_ins"), 303)

    @expose("/sign-ins/end-all", methods=["POST"])
    @fresh_sign_in_required
    def end_all(self) -> ResponseReturnValue:
        """Sign out everywhere, here too."""
        with transaction(current_actor()) as db:
            sign_ins.end_all_of(db, current_user.id, actor=current_actor(), now=datetime.now(UTC))
        return redirect(url_for("security.login"), 303)


def _sign_in_again(account: Account) -> None:
    """Go on in this browser with a sign-in of its own, and the second factor that was given."""
    given_at = second_step.given_at()
    login_user(account, authn_via=["change"])
    if given_at is not None:
        second_step.note_given(given_at)
