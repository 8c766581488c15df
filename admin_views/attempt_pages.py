"""The reader: a page for a whole attempt, which lists and pages also open beside themselves."""

from typing import Any
from uuid import UUID

from flask import current_app, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views import copies, record_facts
from admin_views.frames import BARE
from admin_views.results import parse_id
from extensions import db_session
from people.accounts import current_actor
from services.attempt_details import get_attempt
from services.deploys.delivery import ATTEMPT_LIMIT

LIMIT_MS = int(ATTEMPT_LIMIT.total_seconds() * 1000)


class AttemptPages:
    """Mixed into the view of the records' pages."""

    render: Any

    @expose("/attempts/<id>")
    def attempt(self, id: str) -> ResponseReturnValue:
        """What one attempt sent, what came back, and what followed."""
        return self._attempt(parse_id(id), "console/records/attempt.html")

    @expose("/attempts/<id>/live")
    def attempt_live(self, id: str) -> ResponseReturnValue:
        """What an attempt's page renews of itself."""
        return self._attempt(parse_id(id), "console/records/attempt.html", frame=BARE)

    @expose("/attempts/<id>/reader")
    def attempt_reader(self, id: str) -> ResponseReturnValue:
        """The same for the reader that opens beside a list."""
        return self._attempt(parse_id(id), "console/records/_reader.html")

    def _attempt(self, attempt_id: UUID, template: str, **more: Any) -> str:
        signed = bool(current_app.extensions["console_settings"].webhook_secrets)
        details = get_attempt(db_session(), attempt_id, actor=current_actor(), signed=signed)
        of_deploy = copies.of_record("deploy", details.attempt.deploy_id)
        return self.render(
            template,
            details=details,
            limit_ms=LIMIT_MS,
            body_json=record_facts.json_text(details.request.body),
            copies=copies.of_record("attempt", attempt_id),
            more_copies=[
                (record_facts.json_of(details.attempt), "JSON"),
                (details.request.curl, "curl of the request"),
                (of_deploy.api_curl, "curl of the API’s request"),
            ],
            live_url=url_for(".attempt_live", id=attempt_id),
            reader_url=url_for(".attempt_reader", id=attempt_id),
            live_kinds="attempt deploy",
            **more,
        )
