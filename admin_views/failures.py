"""The pages of failure groups: what fails, as few causes, and what people make of each."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose

from admin_views.access import PermittedView, needs
from admin_views.refusals import carry_out
from admin_views.results import parse_id
from extensions import db_session
from people.accounts import current_actor
from services.database import DbSession
from services.deploys import failure_counts, failures, triage
from services.deploys.failures import FailureOrder, FailureTab
from services.errors import InvalidInputError
from services.permissions import Actor, Permission, can

BARE = "console/_bare.html"
"""The frame of a page that sends only what it renews."""

Choice = TypeVar("Choice", bound=StrEnum)


class FailuresView(PermittedView, BaseView):
    """Failure groups: the list, a page for each, and the acts on it."""

    permission: ClassVar[Permission] = Permission.SEE_FAILURES

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The groups of one tab, page by page."""
        tab = _choice(FailureTab, "tab", FailureTab.OPEN)
        order = _choice(FailureOrder, "order", FailureOrder.NEWEST)
        host = request.args.get("host") or None
        page = failures.list_groups(
            db_session(),
            now=datetime.now(UTC),
            tab=tab,
            host=host,
            order=order,
            cursor=request.args.get("cursor"),
        )
        return self.render(
            "console/failures/index.html", page=page, tab=tab, order=order, host=host, **_permitted(current_actor())
        )

    @expose("/of/<fingerprint>")
    def of(self, fingerprint: str) -> ResponseReturnValue:
        """Lead to the group of the failures with a fingerprint."""
        group = failures.find_by_fingerprint(db_session(), fingerprint)
        if group is None:
            abort(404, "There is no failure group with this fingerprint.")
        return redirect(url_for(".group", id=group.id), 303)

    @expose("/<id>")
    def group(self, id: str) -> ResponseReturnValue:
        """A group, what became of its deploys, an example, and what can be done."""
        return self._group(parse_id(id))

    @expose("/<id>/live")
    def group_live(self, id: str) -> ResponseReturnValue:
        """What a group's page renews of itself."""
        return self._group(parse_id(id), frame=BARE)

    @expose("/<id>/resolve", methods=["POST"])
    @needs(Permission.TRIAGE_FAILURES)
    def resolve(self, id: str) -> ResponseReturnValue:
        done = "The group is resolved. Should it fail again, it reopens by itself."
        return self._triage(parse_id(id), triage.resolve, done=done)

    @expose("/<id>/ignore", methods=["POST"])
    @needs(Permission.TRIAGE_FAILURES)
    def ignore(self, id: str) -> ResponseReturnValue:
        return self._triage(parse_id(id), triage.ignore, done="The group is ignored. Its failures are still counted.")

    @expose("/<id>/reopen", methods=["POST"])
    @needs(Permission.TRIAGE_FAILURES)
    def reopen(self, id: str) -> ResponseReturnValue:
        return self._triage(parse_id(id), triage.reopen, done="The group is open again.")

    def _triage(self, group_id: UUID, act: Callable[..., Any], *, done: str) -> ResponseReturnValue:

        def run(db: DbSession, actor: Actor) -> None:
            act(db, group_id, actor=actor, now=datetime.now(UTC))

        to = url_for(".group", id=group_id)
        return carry_out(run, done=done, to=to, show=lambda refusal: self._group(group_id, refusal=refusal.message))

    def _group(self, group_id: UUID, **more: Any) -> str:
        now = datetime.now(UTC)
        details = failures.get_group(db_session(), group_id, now=now)
        hours = failure_counts.hours_until(now)
        return self.render(
            "console/failures/group.html", details=details, hours=hours, **_permitted(current_actor()), **more
        )


def _permitted(actor: Actor) -> dict[str, bool]:
    return {
        "may_recover": can(actor, Permission.RECOVER_DEPLOYS),
        "may_triage": can(actor, Permission.TRIAGE_FAILURES),
    }


def _choice(choices: type[Choice], name: str, default: Choice) -> Choice:
    """The member of an enum that the page's address names.

    Raises:
        InvalidInputError: there is no such member.
    """
    given = request.args.get(name)
    if not given:
        return default
    try:
        return choices(given)
    except ValueError:
        raise InvalidInputError(f"{name.capitalize()} is one of {', '.join(choices)}.", field=name) from None
