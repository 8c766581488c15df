"""The page of deliveries: the switch for all, and each host with its switch, circuit and limits."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin_views.access import PermittedView, needs
from admin_views.refusals import carry_out
from extensions import db_session
from people.accounts import current_actor
from services.database import DbSession
from services.deploys import host_controls, hosts, switches
from services.deploys.limits import Limits
from services.errors import InvalidInputError, ServiceError
from services.permissions import Actor, Permission, can

BARE = "console/_bare.html"
"""The frame of a page that sends only what it renews."""
START_LIMIT = 1_000
"""Characters of the place in the list of hosts that a URL may name."""


@dataclass(frozen=True)
class Refused:
    """What was refused, at which of the page's forms, and what had been filled in there."""

    place: str
    """`all`, `other`, or what the form of a host is for and the host: `pause hooks.example.com`."""
    message: str
    field: str | None
    values: Mapping[str, str]


NOTHING = Refused("", "", None, {})


class DeliveriesView(PermittedView, BaseView):
    """Where deliveries are paused and resumed, and where an operator sees why deploys wait."""

    permission: ClassVar[Permission] = Permission.SEE_FAILURES

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The switches and the hosts."""
        return self._page()

    @expose("/live")
    def index_live(self) -> ResponseReturnValue:
        """What the page renews of itself."""
        return self._page(frame=BARE)

    @expose("/pause", methods=["POST"])
    @needs(Permission.PAUSE_DELIVERIES)
    def pause(self) -> ResponseReturnValue:
        """Pause deliveries: to the host that the form names, or, where it names none at all, to every host."""
        host, reason = request.form.get("host"), request.form.get("reason", "")

        def pause(db: DbSession, actor: Actor) -> None:
            switches.pause(db, host=host, reason=reason, actor=actor, now=datetime.now(UTC))

        return self._done(pause, f"Deliveries{_to(host)} are paused.")

    @expose("/resume", methods=["POST"])
    @needs(Permission.PAUSE_DELIVERIES)
    def resume(self) -> ResponseReturnValue:
        """Let deliveries go on, as `pause` has it."""
        host = request.form.get("host")

        def resume(db: DbSession, actor: Actor) -> None:
            switches.resume(db, host=host, actor=actor, now=datetime.now(UTC))

        return self._done(resume, f"Deliveries{_to(host)} go on.")

    @expose("/limits", methods=["POST"])
    @needs(Permission.SET_LIMITS)
    def limits(self) -> ResponseReturnValue:
        """Give a host limits of its own, or, where a field is empty, those of the settings."""
        host = request.form.get("host", "")

        def limit(db: DbSession, actor: Actor) -> None:
            limits = {name: _number(name) for name in ("max_in_flight", "max_per_s")}
            host_controls.set_limits(db, host, actor=actor, **limits)

        return self._done(limit, f"The limits of {host.strip()} are set.")

    @expose("/try", methods=["POST"])
    @needs(Permission.PAUSE_DELIVERIES)
    def try_now(self) -> ResponseReturnValue:
        """Have one POST try a host whose circuit is open."""
        host = request.form.get("host", "")

        def try_now(db: DbSession, actor: Actor) -> None:
            host_controls.try_now(db, host, actor=actor, now=datetime.now(UTC))

        return self._done(try_now, f"The next deploy to {host.strip()} tries whether it answers again.")

    def _done(self, act: Callable[[DbSession, Actor], None], done: str) -> ResponseReturnValue:
        """Do it and lead back to the list, or show at the form at fault why it was refused."""
        to = url_for(".index", start=_start() or None)
        return carry_out(act, done=done, to=to, show=lambda refusal: self._page(_refused(refusal)))

    def _page(self, refused: Refused = NOTHING, **more: Any) -> str:
        db, actor, now = db_session(), current_actor(), datetime.now(UTC)
        limits: Limits = current_app.extensions["console_limits"]
        pauses = switches.pauses(db)
        overview = hosts.overview(db, limits=limits, now=now, start=_start())
        changes_at = overview.changes_at(now, window=limits.breaker.window)
        return self.render(
            "console/deliveries.html",
            pause_of_all=next((pause for pause in pauses if pause.host is None), None),
            overview=overview,
            changes_in_s=changes_at and math.ceil((changes_at - now).total_seconds()),
            limits=limits,
            counted=hosts.COUNTED,
            start=_start(),
            refused=refused,
            may_switch=can(actor, Permission.PAUSE_DELIVERIES),
            may_limit=can(actor, Permission.SET_LIMITS),
            **more,
        )


def _refused(refusal: ServiceError) -> Refused:
    values = {name: value for name, value in request.form.items() if name != "csrf_token"}
    return Refused(request.form.get("place", ""), refusal.message, refusal.field, values)


def _start() -> str:
    """At which host the list begins; what can be the name of none is passed over."""
    start = request.values.get("start", "")
    return start if start.isprintable() and len(start) <= START_LIMIT else ""


def _to(host: str | None) -> str:
    return "" if host is None else f" to {host.strip()}"


def _number(name: str) -> int | None:
    """
    Raises:
        InvalidInputError: the field holds something else than a whole number.
    """
    text = request.form.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidInputError("A limit is a whole number, or empty where the setting is to count.", field=name)
    return int(text)
