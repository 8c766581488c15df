"""The wizard: seven steps from a purpose to a project and its deploy."""

import logging
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from flask import abort, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import BaseView, expose
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from admin_views import wizard_pages
from admin_views.access import PermittedView
from admin_views.wizard_forms import FORMS, STEP_OF, STEPS, SUMMARY, TITLES, StepForm
from admin_views.wizard_pages import first_missing, step_url
from extensions import db_session, transaction
from models import OnboardingSession, SessionStatus
from people.accounts import current_actor
from services import onboarding
from services.errors import ConflictError, InvalidInputError, ServiceError
from services.permissions import Permission

log = logging.getLogger("console.web")


class WizardView(PermittedView, BaseView):
    """A draft's steps, one page each; every answer is kept as soon as it is given."""

    permission: ClassVar[Permission] = Permission.RUN_WIZARD

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Go on with the draft that waits, or offer to begin one."""
        draft = onboarding.find_draft(db_session(), current_actor().id)
        if draft is None:
            return self.render("wizard/start.html", titles=TITLES)
        return redirect(step_url(draft.id, first_missing(draft)))

    @expose("/start", methods=["POST"])
    def start(self) -> ResponseReturnValue:
        """Resume the draft that waits, or, where `anew` is 1, begin another one."""
        actor, anew = current_actor(), request.form.get("anew") == "1"
        with transaction(actor) as db:
            draft = onboarding.start(db, actor=actor, now=datetime.now(UTC), anew=anew)
            step, resumed = first_missing(draft), bool(draft.survey)
        if resumed:
            flash("You have a draft already; this is where you left it.", "info")
        return redirect(step_url(draft.id, step), 303)

    @expose("/<uuid:session_id>/<step>", methods=["GET", "POST"])
    def step(self, session_id: UUID, step: str) -> ResponseReturnValue:
        """Ask, or keep what was answered; no step can be asked before the ones that it builds on."""
        if step not in STEPS:
            abort(404, "The wizard has no such step.")
        session = onboarding.get_own(db_session(), session_id, actor=current_actor())
        if request.method == "POST":
            return self._answer(session, step)
        if session.status is not SessionStatus.DRAFT:
            return redirect(url_for(".done", session_id=session_id))
        if STEPS.index(step) > STEPS.index(first_missing(session)):
            return redirect(step_url(session_id, first_missing(session)))
        if step == SUMMARY:
            return self._summary(session)
        return self._ask(session, FORMS[step](data=wizard_pages.kept_answers(session, step)))

    @expose("/<uuid:session_id>/finish", methods=["POST"])
    def finish(self, session_id: UUID) -> ResponseReturnValue:
        """Make the project and its deploy, once."""
        actor, default = current_actor(), current_app.extensions["console_settings"].default_hook_url
        try:
            with transaction(actor) as db:
                onboarding.finalize(db, session_id, actor=actor, now=datetime.now(UTC), default_hook_url=default)
        except InvalidInputError as error:
            return self._ask_again(session_id, error)
        except ConflictError as error:
            return self._ended(session_id, 409, error.message)
        except ServiceError:
            raise
        except Exception as error:
            if _may_pass(error):
                raise
            return self._fail(session_id, error)
        return redirect(url_for(".done", session_id=session_id), 303)

    @expose("/<uuid:session_id>/done")
    def done(self, session_id: UUID) -> ResponseReturnValue:
        """What came of a session."""
        return self._ended(session_id)

    @expose("/<uuid:session_id>/done/live")
    def done_live(self, session_id: UUID) -> ResponseReturnValue:
        """What the page of a session that has ended renews of itself while its deploy is live."""
        return self._ended(session_id, frame="console/_bare.html")

    @expose("/<uuid:session_id>/again", methods=["POST"])
    def again(self, session_id: UUID) -> ResponseReturnValue:
        """Begin a draft with the answers of a session that has ended."""
        actor = current_actor()
        with transaction(actor) as db:
            draft = onboarding.begin_again(db, session_id, actor=actor, now=datetime.now(UTC))
            step = first_missing(draft)
        return redirect(step_url(draft.id, step), 303)

    def _answer(self, session: OnboardingSession, step: str) -> ResponseReturnValue:
        if step == SUMMARY:
            abort(405, "The summary has nothing to answer; finish, or go back.")
        form = FORMS[step](request.form)
        goes_back = request.form.get("go") == "back"
        try:
            saved = self._save(session.id, form)
        except ConflictError as error:
            return self._ended(session.id, 409, error.message)
        if goes_back:
            return self._back(session.id, form, saved)
        if not saved:
            return self._ask(session, form), 422
        return redirect(step_url(session.id, _after(step, session)), 303)

    def _save(self, session_id: UUID, form: StepForm) -> bool:
        """Whether the answers were kept; where not, the form says why.

        Raises:
            ConflictError: the session has ended meanwhile.
        """
        actor, valid = current_actor(), form.validate()
        try:
            with transaction(actor) as db:
                if valid:
                    onboarding.save_step(db, session_id, form.answers, actor=actor)
                else:
                    onboarding.get_own_draft(db, session_id, actor=actor)
        except InvalidInputError as error:
            form.refuse(error)
            return False
        return valid

    def _back(self, session_id: UUID, form: StepForm, saved: bool) -> ResponseReturnValue:
        """Go to the step before; what could not be kept is told, unless nothing was answered."""
        if not saved and any(form.answers.values()):
            flash(f"What you answered to “{form.question}” was not kept. {form[form.focus].errors[0]}", "warning")
        return redirect(step_url(session_id, STEPS[max(STEPS.index(form.step) - 1, 0)]), 303)

    def _ask(self, session: OnboardingSession, form: StepForm) -> str:
        offers = wizard_pages.offers(db_session(), session) if form.step == "template" else None
        provider = wizard_pages.provider_of(session)
        return self._page("wizard/step.html", session, form.step, form=form, offers=offers, provider=provider)

    def _ask_again(self, session_id: UUID, error: InvalidInputError) -> ResponseReturnValue:
        """Show the step whose answer stands in the way of finishing."""
        session, step = onboarding.get_own(db_session(), session_id, actor=current_actor()), STEP_OF[error.field or ""]
        form = FORMS[step](data=wizard_pages.kept_answers(session, step))
        form.refuse(error)
        return self._ask(session, form), 422

    def _summary(self, session: OnboardingSession) -> str:
        facts, plan = wizard_pages.facts(db_session(), session), wizard_pages.plan(db_session(), session)
        return self._page("wizard/summary.html", session, SUMMARY, facts=facts, plan=plan)

    def _page(self, template: str, session: OnboardingSession, step: str, **values: Any) -> str:
        drafts = onboarding.newest_drafts(db_session(), session.user_id)
        number = STEPS.index(step)
        return self.render(
            template,
            session=session,
            way=wizard_pages.way(session, step),
            number=number + 1,
            back=STEPS[number - 1] if number else None,
            others=[wizard_pages.other_draft(draft) for draft in drafts if draft.id != session.id],
            **values,
        )

    def _ended(
        self, session_id: UUID, status: int = 200, message: str | None = None, **more: str
    ) -> ResponseReturnValue:
        """What a session has become; a draft that has not ended goes on instead."""
        finished = onboarding.find_finished(db_session(), session_id, actor=current_actor())
        if finished is None:
            session = onboarding.get_own(db_session(), session_id, actor=current_actor())
            return redirect(step_url(session_id, first_missing(session)))
        hook = wizard_pages.hook_of(db_session(), finished.session)
        return self.render("wizard/done.html", finished=finished, hook=hook, message=message, **more), status

    def _fail(self, session_id: UUID, error: Exception) -> ResponseReturnValue:
        """Turn the session failed, since its project could not be made, and say so."""
        log.error("Request %s: session %s has got no project", g.request_id, session_id, exc_info=error)
        actor, cause = current_actor(), type(getattr(error, "orig", None) or error).__name__
        reason = f"Its project could not be made ({cause}); the log has more under request {g.request_id}."
        try:
            with transaction(actor) as db:
                onboarding.mark_failed(db, session_id, reason, actor=actor)
        except ConflictError as conflict:
            return self._ended(session_id, 409, conflict.message)
        return self._ended(session_id, 500)


def _after(step: str, session: OnboardingSession) -> str:
    """The next step, or, where nothing is missing any more, the summary."""
    following = STEPS[STEPS.index(step) + 1]
    return SUMMARY if first_missing(session) == SUMMARY else following


def _may_pass(error: Exception) -> bool:
    """Whether the database was only away, or busy with someone else: the draft then stays one, to be finished later."""
    away = isinstance(error, DBAPIError) and error.connection_invalidated
    return away or isinstance(error, OperationalError | PoolTimeoutError)
