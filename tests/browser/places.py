"""Every page of the console: who looks at it, where it is, and what it answers."""

from dataclasses import dataclass

from tests.browser.house import NEWCOMER


@dataclass(frozen=True)
class Place:
    """One page, or one page in another state."""

    path: str
    """With the names of `House.ids` in braces."""
    person: str | None = "admin"
    status: int = 200


LISTS = (
    "session",
    "project",
    "project_config",
    "template",
    "room",
    "deploy",
    "attempt",
    "user",
    "api_token",
    "audit_event",
)
CREATED = ("template",)
EDITED = ("project_config", "template", "room", "user")
AS_OF_DEPLOYS = ("export_page", "export_later", "facets_view")
STEPS = ("purpose", "audience", "model", "hosting", "key", "template", "summary")

PLACES: dict[str, Place] = {
    "console": Place("/console/"),
    "console of a viewer": Place("/console/", "viewer"),
    "console of a newcomer": Place("/console/", NEWCOMER),
    "failures": Place("/console/failures/"),
    "failures, resolved": Place("/console/failures/?tab=resolved"),
    "failure group": Place("/console/failures/{group}"),
    "recoveries": Place("/console/recoveries/"),
    "new recovery": Place("/console/recoveries/new?group={group}"),
    "recovery that runs": Place("/console/recoveries/{running_recovery}"),
    "recovery that halted": Place("/console/recoveries/{halted_recovery}"),
    "bulk jobs": Place("/console/bulk/"),
    "bulk jobs of a newcomer": Place("/console/bulk/", NEWCOMER),
    "preview of a bulk job": Place("/console/bulk/new/deploy/cancel"),
    "preview of what can't be undone": Place("/console/bulk/new/deploy/retry?flt0_status_equals=dead_lettered"),
    "bulk job that runs": Place("/console/bulk/{running_job}"),
    "bulk job that is over": Place("/console/bulk/{done_job}"),
    "trash": Place("/console/trash/"),
    "export of a list": Place("/admin/deploy/export/?flt0_status_equals=dead_lettered"),
    "export in the background": Place("/admin/deploy/export/later/?format=xlsx"),
    "exports": Place("/console/exports/"),
    "exports of a newcomer": Place("/console/exports/", NEWCOMER),
    "values of a list": Place("/admin/deploy/facets/"),
    "history of a template": Place("/admin/template/history/?id={template}"),
    "history of a project": Place("/admin/project/history/?id={project}", "viewer"),
    "deliveries": Place("/console/deliveries/"),
    "deliveries of a viewer": Place("/console/deliveries/", "viewer"),
    "session, draft": Place("/console/sessions/{draft}"),
    "session, failed": Place("/console/sessions/{failed_session}"),
    "session, completed": Place("/console/sessions/{completed_session}", "operator"),
    "project": Place("/console/projects/{project}"),
    "deploy, dead-lettered": Place("/console/deploys/{dead_deploy}"),
    "deploy, succeeded": Place("/console/deploys/{good_deploy}"),
    "deploy, live": Place("/console/deploys/{live_deploy}"),
    "attempt, failed": Place("/console/attempts/{failed_attempt}"),
    "attempt, succeeded": Place("/console/attempts/{attempt}"),
    "hooks": Place("/console/hooks/"),
    "uses of a deploy's hook": Place("/console/hooks/deploys/{dead_deploy}"),
    "uses of a session's hook": Place("/console/hooks/sessions/{failed_session}"),
    "room": Place("/console/rooms/{room}"),
    "studio": Place("/console/studio"),
    "studio of a project": Place("/console/studio/{room_project}"),
    **{f"list of {name}": Place(f"/admin/{name}/?page_size=5") for name in LISTS},
    "list without matches": Place("/admin/session/?search=nothing+is+called+so"),
    "list with filters": Place("/admin/deploy/?flt0_status_equals=dead_lettered&page_size=5"),
    "list with alternatives, one of them wrong": Place(
        "/admin/deploy/?flt0a_status_in_list=dead_lettered,cancelled&flt1a_trigger_equals=wizard&flt2_status_equals=gone"
    ),
    "list of a newcomer": Place("/admin/project/", NEWCOMER),
    "list of a viewer": Place("/admin/template/", "viewer"),
    "list in a saved view, changed": Place("/admin/deploy/?view={view}&search=hooks&page_size=5", "viewer"),
    "saved views": Place("/console/views/", "viewer"),
    "form of a saved view": Place("/console/views/{view}", "viewer"),
    "details of audit_event": Place("/admin/audit_event/details/?id={event}"),
    "details of project_config": Place("/admin/project_config/details/?id={config}"),
    "details of template": Place("/admin/template/details/?id={template}"),
    "details of user": Place("/admin/user/details/?id={operator_id}"),
    "edit project_config": Place("/admin/project_config/edit/?id={config}"),
    "edit template": Place("/admin/template/edit/?id={template}"),
    "edit room": Place("/admin/room/edit/?id={room}"),
    "edit user": Place("/admin/user/edit/?id={operator_id}"),
    "new template": Place("/admin/template/new/"),
    "palette": Place("/console/palette/"),
    "palette with finds": Place("/console/palette/?q=shop"),
    "palette without finds": Place("/console/palette/?q=nothing+is+called+so"),
    "keys": Place("/console/palette/keys"),
    "wizard, not begun": Place("/wizard/", NEWCOMER),
    **{f"wizard, {step}": Place(f"/wizard/{{own_draft}}/{step}") for step in STEPS},
    "wizard, done": Place("/wizard/{own_session}/done"),
    "second factors": Place("/console/account/second-factors/"),
    "sign-in rules": Place("/console/sign-in-rules/"),
    "sign-in": Place("/login", None),
    "lost password": Place("/reset", None),
    "a link that is no longer good": Place("/reset/x", None, 410),
    "a first admin's link that is no longer good": Place("/first-admin/x", None, 410),
    "one's sign-ins": Place("/console/account/sign-ins"),
    "one's password": Place("/console/account/password", "viewer"),
    "sign-in, again": Place("/verify"),
    "one's linked sign-ins": Place("/console/account/identities/"),
    "one's API tokens": Place("/console/account/tokens/"),
    "API docs": Place("/api/docs"),
    "error 404": Place("/no-such-page", "admin", 404),
    "error 403": Place("/admin/user/", "member", 403),
    "error 422": Place("/console/open-room?room=no-id", "admin", 422),
}

NOT_LOOKED_AT = {
    "acting.index": "leads to the console, unless one acts as somebody",
    "api_tokens.form": "asks for a fresh sign-in first",
    "api_token.details_view": "as those of templates",
    "account.index": "leads to one's sign-ins",
    "people.index": "leads to the list of people",
    "provider.*": "leads to the provider and back",
    "home": "leads to the console",
    "failures.of": "leads to the failure group",
    **{f"{name}.details_view": "leads to the record's own page" for name in ("session", "project", "deploy", "room")},
    "attempt.details_view": "leads to the record's own page",
    **{f"{name}.create_view": "closed: others make these" for name in LISTS if name not in CREATED},
    **{f"{name}.edit_view": "closed: history, or changed by acts" for name in LISTS if name not in EDITED},
    "*_live": "the part of a page that renews itself",
    "console.widget": "a part of the console",
    "records.attempt_reader": "the part of an attempt's page that the console shows",
    "*.ajax_lookup": "answers a script",
    "*.export": "answers a file",
    "*.export_file": "answers a file",
    "exports.file": "answers a file",
    "exports.live": "the part of a page that renews itself",
    **{f"{name}.{page}": "as that of deploys" for name in LISTS if name != "deploy" for page in AS_OF_DEPLOYS},
    **{f"{name}.history_view": "as that of templates" for name in LISTS if name not in ("project", "template")},
    "*.how_many": "answers the navigation",
    "*.count_view": "the number of a list's rows alone",
    "second_factors.app_form": "asks for a fresh sign-in: test_passkeys looks at it",
    "second_factors.passkey_form": "asks for a fresh sign-in: test_passkeys looks at it",
    "sign_in_steps.confirm_by_second_step": "takes a second factor: its page is that of the step",
    "sign_in_steps.second_step_page": "takes a password first: test_passkeys looks at it",
    "*static": "answers a file",
    "api.*": "answers programs",
}
"""Endpoints, by patterns of their names, that are not among the pages above, and why."""
