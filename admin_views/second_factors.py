"""The page of one's own second factors: the authenticator app, passkeys, recovery codes."""

import base64
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

import qrcode
from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose
from flask_security import current_user
from qrcode.image.svg import SvgPathImage

from admin_views.access import PermittedView
from admin_views.refusals import refusal_of, status_of
from extensions import db_session, transaction
from models import AuthenticatorApp
from people import second_step
from people.accounts import current_actor
from people.fresh_sign_in import fresh_sign_in_required
from services.errors import ConflictError, InvalidInputError
from services.permissions import Permission
from services.second_factors import apps, ceremonies, challenges, passkeys, recovery
from services.second_factors.apps import Offer
from services.second_factors.challenges import Purpose


class SecondFactorsView(PermittedView, BaseView):
    """What the person signs in with besides a password; all that changes it asks for a fresh sign-in."""

    permission: ClassVar[Permission] = Permission.KEEP_SECOND_FACTORS

    def is_visible(self) -> bool:
        return False  # it is a tab of one's account

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """What there is."""
        db, user_id = db_session(), current_user.id
        return self.render(
            "console/account/second_factors.html",
            authenticator=db.get(AuthenticatorApp, user_id),
            passkeys=passkeys.of_person(db, user_id),
            codes_left=recovery.left(db, user_id),
            is_required=current_user.must_have_second_factor,
        )

    @expose("/app")
    @fresh_sign_in_required
    def app_form(self) -> ResponseReturnValue:
        """A new key, as a picture for an app to scan, and the form for the app's first code."""
        return self._app_form(apps.offer(second_step.seal(), actor=current_actor(), now=datetime.now(UTC)))

    @expose("/app", methods=["POST"])
    @fresh_sign_in_required
    def set_app_up(self) -> ResponseReturnValue:
        """Take the app that shows the right code."""
        actor, now = current_actor(), datetime.now(UTC)
        offered = apps.open_offer(second_step.seal(), request.form.get("offer", ""), actor=actor, now=now)
        if offered is None:
            flash("That took too long. Scan the new picture.", "warning")
            return redirect(url_for(".app_form"), 303)
        try:
            with transaction(actor) as db:
                code = request.form.get("code", "")
                codes = apps.set_up(db, offered, code, seal=second_step.seal(), actor=actor, now=now)
        except InvalidInputError as error:
            return self._app_form(offered, error.message), 422
        second_step.note_given()
        return self._show_codes(codes, "Your authenticator app is set up.")

    @expose("/app/remove", methods=["POST"])
    @fresh_sign_in_required
    def remove_app(self) -> ResponseReturnValue:
        """Ask for no more codes."""
        refusal = refusal_of(lambda db, actor: apps.remove(db, actor=actor, now=datetime.now(UTC)))
        return self._done("The authenticator app is removed.", refusal)

    @expose("/recovery-codes", methods=["POST"])
    @fresh_sign_in_required
    def renew_codes(self) -> ResponseReturnValue:
        """Show a new set of recovery codes, once."""
        made: list[str] = []
        refusal = refusal_of(lambda db, actor: made.extend(recovery.renew_own(db, actor=actor)))
        if refusal is not None:
            return self._done("", refusal)
        return self._show_codes(made, "Your new recovery codes are made; the old ones are good for nothing now.")

    @expose("/passkeys/new")
    @fresh_sign_in_required
    def passkey_form(self) -> ResponseReturnValue:
        """What a new passkey is called, and the button that makes it."""
        return self.render("console/account/passkey.html")

    @expose("/passkeys/options", methods=["POST"])
    @fresh_sign_in_required
    def ask_for_passkey(self) -> ResponseReturnValue:
        """What the browser has a device do to make a passkey."""
        person, challenge, now = current_user, ceremonies.new_challenge(), datetime.now(UTC)
        known = passkeys.of_person(db_session(), person.id)
        state = challenges.seal(second_step.seal(), challenge, Purpose.ADD, user_id=person.id, now=now)
        about = {"user_id": person.id, "email": person.email, "name": person.name or person.email}
        return jsonify(state=state, options=ceremonies.ask_for_new(second_step.site(), challenge, **about, known=known))

    @expose("/passkeys", methods=["POST"])
    @fresh_sign_in_required
    def add_passkey(self) -> ResponseReturnValue:
        """Take the passkey that a device has made."""
        actor, now, form = current_actor(), datetime.now(UTC), request.form
        try:
            state = form.get("state", "")
            challenge = challenges.unseal(second_step.seal(), state, Purpose.ADD, user_id=actor.id, now=now)
            with transaction(actor) as db:
                key = ceremonies.read_new(second_step.site(), challenge, form.get("credential", ""))
                challenges.spend(db, challenge, now=now)
                added = passkeys.add(db, key, form.get("name", ""), actor=actor, now=now)
        except (InvalidInputError, ConflictError) as error:
            return jsonify(message=error.message), status_of(error)
        second_step.note_given()
        flash(f"The passkey “{added.name}” is added.", "success")
        return jsonify(location=url_for(".index"))

    @expose("/passkeys/<uuid:id>/remove", methods=["POST"])
    @fresh_sign_in_required
    def remove_passkey(self, id: UUID) -> ResponseReturnValue:
        """Let nobody sign in with it any more."""
        refusal = refusal_of(lambda db, actor: passkeys.remove(db, id, actor=actor, now=datetime.now(UTC)))
        return self._done("The passkey is removed. Delete it in your device, too.", refusal)

    def _app_form(self, offered: Offer, refusal: str = "") -> str:
        address = offered.key.address(current_user.email)
        picture = picture_of(address)
        return self.render("console/account/app.html", offer=offered, address=address, picture=picture, refusal=refusal)

    def _show_codes(self, codes: Sequence[str], done: str) -> ResponseReturnValue:
        if not codes:
            flash(done, "success")
            return redirect(url_for(".index"), 303)
        file = f"data:text/plain;base64,{base64.b64encode(chr(10).join(codes).encode()).decode()}"
        return self.render("console/account/recovery_codes.html", codes=codes, file=file, done=done)

    def _done(self, done: str, refusal: Exception | None) -> ResponseReturnValue:
        flash(str(refusal) if refusal else done, "danger" if refusal else "success")
        return redirect(url_for(".index"), 303)


def picture_of(address: str) -> str:
    """The address as a QR code: an image in an address of its own, dark on nothing."""
    file = io.BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, border=2).save(file)
    return "data:image/svg+xml;base64," + base64.b64encode(file.getvalue()).decode()
