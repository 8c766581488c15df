"""Role by action, over HTTP: the whole table in one parametrised test.

`ok` is an answer or a redirect onward, `login` a redirect to sign in; numbers are HTTP statuses. What a person may not
see is 404, what the person's role does not permit is 403, and never a silent redirect.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from extensions import database
from models import DeployStatus, ProjectStatus, Role, SessionStatus, User
from services.database import DbSession
from tests.admin_views.pages import Page
from tests.client import Browser
from tests.conftest import NOW, actor_of, bound
from tests.records import HOOK, Records
from tests.tokens import add_token

#  own: the member acts on what is the member's own; other: on what is another's, as the roles to the right do.
TABLE = """
                                    visitor  member's own  member, other's  viewer  operator  admin
lists
  sessions                          login    ok            ok               ok      ok        ok
  projects                          login    ok            ok               ok      ok        ok
  configs                           login    ok            ok               ok      ok        ok
  rooms                             login    ok            ok               ok      ok        ok
  deploys                           login    ok            ok               ok      ok        ok
  attempts                          login    ok            ok               ok      ok        ok
  templates                         login    403           403              ok      ok        ok
  people                            login    403           403              ok      ok        ok
  audit trail                       login    403           403              ok      ok        ok
exports
  export sessions                   login    ok            ok               ok      ok        ok
  export deploys                    login    ok            ok               ok      ok        ok
  export templates                  login    403           403              ok      ok        ok
  export people                     login    403           403              ok      ok        ok
  export audit trail                login    403           403              ok      ok        ok
details
  session details                   login    ok            404              ok      ok        ok
  project details                   login    ok            404              ok      ok        ok
  config details                    login    ok            404              ok      ok        ok
  room details                      login    ok            404              ok      ok        ok
  deploy details                    login    ok            404              ok      ok        ok
  attempt details                   login    ok            404              ok      ok        ok
  template details                  login    403           403              ok      ok        ok
  project history                   login    ok            404              ok      ok        ok
  template history                  login    403           403              ok      ok        ok
  person details                    login    403           403              ok      ok        ok
edits
  open template form                login    403           403              403     403       ok
  create template                   401      403           403              403     403       ok
  edit template                     401      403           403              403     403       ok
  delete template                   401      403           403              403     403       ok
  delete templates in bulk          401      403           403              403     403       ok
  revert template                   401      403           403              403     403       404
  delete room                       401      403           403              403     403       ok
  delete rooms in bulk              401      403           403              403     403       ok
  delete project                    401      403           403              403     403       ok
  delete session                    401      403           403              403     403       ok
  trash                             login    403           403              403     403       ok
  restore what is not there         401      403           403              403     403       404
  open config form                  login    403           403              403     ok        ok
  edit config                       401      403           403              403     ok        ok
  open room form                    login    403           403              403     ok        ok
  edit room                         401      403           403              403     ok        ok
  open person form                  login    403           403              403     403       ok
  edit person                       401      403           403              403     403       ok
history is nobody's to change
  create session                    401      403           403              403     403       403
  edit session                      401      403           403              403     403       403
  edit project                      401      403           403              403     403       403
  delete deploy                     401      403           403              403     403       403
  delete deploys in bulk            401      403           403              403     403       403
  edit attempt                      401      403           403              403     403       403
  delete audit event                401      403           403              403     403       403
  delete person                     401      403           403              403     403       403
acts from lists
  retry deploy                      401      ok            404              403     ok        ok
  cancel deploy                     401      403           403              403     ok        ok
  retry session                     401      ok            404              403     ok        ok
  mark configured                   401      403           403              403     ok        ok
console
  console                           login    ok            ok               ok      ok        ok
  a widget                          login    ok            ok               ok      ok        ok
  session page                      login    ok            404              ok      ok        ok
  project page                      login    ok            404              ok      ok        ok
  deploy page                       login    ok            404              ok      ok        ok
  attempt page                      login    ok            404              ok      ok        ok
  attempt, in the reader            login    ok            404              ok      ok        ok
  where a hook is used              login    ok            ok               ok      ok        ok
  find a hook                       401      ok            ok               ok      ok        ok
  uses of a deploy's hook           login    ok            404              ok      ok        ok
  uses of a session's hook          login    ok            404              ok      ok        ok
  reveal a deploy's hook            401      403           403              403     403       ok
  reveal a session's hook           401      403           403              403     403       ok
  room page                         login    ok            404              ok      ok        ok
  studio                            login    ok            ok               ok      ok        ok
  studio of a project               login    ok            404              ok      ok        ok
  console: retry session            401      ok            404              403     ok        ok
  console: mark configured          401      403           403              403     ok        ok
  console: move project forward     401      403           403              403     ok        ok
  console: move project back        401      403           403              403     409       ok
  console: retry deploy             401      ok            404              403     ok        ok
  console: cancel deploy            401      403           403              403     ok        ok
  console: edit room                401      403           403              403     ok        ok
  console: edit prompt              401      403           403              403     ok        ok
  palette                           login    ok            ok               ok      ok        ok
  keys                              login    ok            ok               ok      ok        ok
  undo what nobody did              401      404           404              404     404       404
second factors
  own second factors                login    ok            ok               ok      ok        ok
  set an app up                     401      ok            ok               ok      ok        ok
  remove an app                     401      ok            ok               ok      ok        ok
  sign-in rules                     login    403           403              403     403       ok
  set sign-in rules                 401      403           403              403     403       ok
  reset a second factor             401      403           403              403     403       ok
  second step without a first       login    ok            ok               ok      ok        ok
saved views
  saved views                       login    ok            ok               ok      ok        ok
  form of a view                    login    ok            404              404     404       404
  save a view                       401      ok            ok               ok      ok        ok
  share a view                      401      403           403              403     ok        ok
  change a view                     401      ok            404              404     404       404
  overwrite a view                  401      ok            404              404     404       404
  delete a view                     401      ok            404              404     404       404
  pin a view                        401      ok            404              404     404       404
  open a list with a view           401      ok            404              404     404       404
  unpin a view                      401      ok            ok               ok      ok        ok
  move a pinned view                401      ok            ok               ok      ok        ok
  change a shared view              401      403           403              403     403       ok
  delete a shared view              401      403           403              403     403       ok
  choose columns                    401      ok            ok               ok      ok        ok
  choose rows on a page             401      ok            ok               ok      ok        ok
  choose columns of templates       401      403           403              ok      ok        ok
  count a view's rows               login    ok            ok               ok      ok        ok
  count a view of templates         login    403           403              ok      ok        ok
one's account
  where one is signed in            login    ok            ok               ok      ok        ok
  form of one's password            login    ok            ok               ok      ok        ok
  set one's first password          401      ok            ok               ok      ok        ok
  end a sign-in that is not there   401      404           404              404     404       404
  end all other sign-ins            401      ok            ok               ok      ok        ok
  sign out everywhere               401      login         login            login   login     login
  end another's sign-ins            401      403           403              403     403       ok
  end another's one sign-in         401      403           403              403     403       404
  make another a reset link         401      403           403              403     403       ok
  form for a lost password          ok       ok            ok               ok      ok        ok
api tokens
  own api tokens                    login    ok            ok               ok      ok        ok
  form of an api token              login    ok            ok               ok      ok        ok
  make an api token                 401      ok            ok               ok      ok        ok
  revoke an api token               401      ok            404              404     404       ok
  all api tokens                    login    403           403              403     403       ok
  export all api tokens             login    403           403              403     403       ok
  api token details                 login    403           403              403     403       ok
  revoke api tokens in bulk         401      403           403              403     403       ok
acting as somebody
  act as somebody                   401      403           403              403     403       ok
  form for changes                  login    403           403              403     403       ok
  allow changes                     401      403           403              403     403       ok
  stop acting as somebody           401      403           403              403     403       ok
deliveries
  deliveries page                   login    403           403              ok      ok        ok
  pause deliveries                  401      403           403              403     ok        ok
  resume deliveries                 401      403           403              403     409       409
  pause a host                      401      403           403              403     ok        ok
  try a host now                    401      403           403              403     409       409
  set a host's limits               401      403           403              403     403       ok
failures
  failures                          login    403           403              ok      ok        ok
  failure group                     login    403           403              ok      ok        ok
  failure group by fingerprint      login    403           403              ok      ok        ok
  resolve failure group             401      403           403              403     ok        ok
  ignore failure group              401      403           403              403     ok        ok
  reopen failure group              401      403           403              403     409       409
  api: list failure groups          401      403           403              ok      ok        ok
  api: read failure group           401      403           403              ok      ok        ok
  api: resolve failure group        401      403           403              403     ok        ok
  api: ignore failure group         401      403           403              403     ok        ok
  api: reopen failure group         401      403           403              403     409       409
bulk jobs
  bulk jobs                         login    ok            ok               403     ok        ok
  bulk job                          login    ok            404              403     404       ok
  bulk job, renewed                 login    ok            404              403     404       ok
  preview retrying all              login    ok            ok               403     ok        ok
  preview cancelling all            login    403           403              403     ok        ok
  cancel all that match             401      403           403              403     ok        ok
  retry all without their count     401      422           422              403     422       422
  cancel all from the list          401      403           403              403     ok        ok
  cancel a bulk job                 401      ok            404              403     404       ok
  undo another's act                401      403           404              403     404       403
  retry what failed for another     401      403           404              403     404       403
recoveries
  recoveries                        login    403           403              ok      ok        ok
  recovery page                     login    403           403              ok      ok        ok
  recovery page, renewed            login    403           403              ok      ok        ok
  preview recovery                  login    403           403              403     ok        ok
  preview chosen deploys            401      403           403              403     ok        ok
  start recovery                    401      403           403              403     ok        ok
  pause recovery                    401      403           403              403     ok        ok
  resume recovery                   401      403           403              403     409       409
  abort recovery                    401      403           403              403     ok        ok
  recover from the list             401      403           403              403     ok        ok
  api: preview recovery             401      403           403              403     ok        ok
  api: start recovery               401      403           403              403     ok        ok
  api: list recoveries              401      403           403              ok      ok        ok
  api: read recovery                401      403           403              ok      ok        ok
  api: list recovery items          401      403           403              ok      ok        ok
  api: pause recovery               401      403           403              403     ok        ok
  api: resume recovery              401      403           403              403     409       409
  api: abort recovery               401      403           403              403     ok        ok
wizard
  wizard                            login    ok            ok               403     ok        ok
  start wizard                      401      ok            ok               403     ok        ok
  answer a draft                    401      ok            404              403     404       404
api
  api: summary                      401      ok            ok               ok      ok        ok
  api: read session                 401      ok            404              ok      ok        ok
  api: read project                 401      ok            404              ok      ok        ok
  api: read deploy                  401      ok            404              ok      ok        ok
  api: deploy session               401      ok            404              403     ok        ok
  api: deploy to another hook       401      403           404              403     403       ok
  api: move project forward         401      403           403              403     ok        ok
  api: move project back            401      403           403              403     409       ok
  api: edit prompt                  401      403           403              403     ok        ok
  api: edit config                  401      403           403              403     ok        ok
  api: read deliveries              401      403           403              ok      ok        ok
  api: pause deliveries             401      403           403              403     ok        ok
  api: resume deliveries            401      403           403              403     409       409
open to all
  sign-in page                      ok       ok            ok               ok      ok        ok
  alive                             ok       ok            ok               ok      ok        ok
  ready                             ok       ok            ok               ok      ok        ok
"""
COLUMNS = ("visitor", "own", "other", Role.VIEWER, Role.OPERATOR, Role.ADMIN)
TEMPLATE = {"title": "T", "content": "C", "combo_type": "all"}


@dataclass
class Action:
    """One request; braces in its path and in its values name records."""

    method: str
    path: str
    form: dict[str, Any] = field(default_factory=dict)
    json: dict[str, Any] | None = None
    opens: str | None = None
    """The page whose form this is; its hidden `seen` says which version of the record the person saw."""

    def send(self, browser: Browser, ids: dict[str, str]) -> Any:
        path = self.path.format(**ids)
        values = self.form | ({"seen": "{seen}"} if self.opens else {})
        form = {name: value.format(**ids) for name, value in values.items()}
        if self.method == "GET":
            return browser.get(path)
        if self.json is not None:
            return browser.send(self.method, path, json=_filled(self.json, ids))
        return browser.post(path, form)


def _filled(values: Any, ids: dict[str, str]) -> Any:
    """The values with the names in braces filled in."""
    if isinstance(values, dict):
        return {name: _filled(value, ids) for name, value in values.items()}
    if isinstance(values, list):
        return [_filled(value, ids) for value in values]
    return values.format(**ids) if isinstance(values, str) else values


def get(path: str) -> Action:
    return Action("GET", path)


def post(path: str, **form: str) -> Action:
    return Action("POST", path, form)


def form(path: str, opens: str | None = None, **values: str) -> Action:
    return Action("POST", path, values, opens=opens or path)


def act(endpoint: str, action: str, record: str) -> Action:
    return post(f"/admin/{endpoint}/action/", action=action, rowid=record)


ACTIONS = {
    "sessions": get("/admin/session/"),
    "projects": get("/admin/project/"),
    "configs": get("/admin/project_config/"),
    "rooms": get("/admin/room/"),
    "deploys": get("/admin/deploy/"),
    "attempts": get("/admin/attempt/"),
    "templates": get("/admin/template/"),
    "people": get("/admin/user/"),
    "audit trail": get("/admin/audit_event/"),
    "export sessions": get("/admin/session/export/csv/"),
    "export deploys": get("/admin/deploy/export/csv/"),
    "export templates": get("/admin/template/export/csv/"),
    "export people": get("/admin/user/export/csv/"),
    "export audit trail": get("/admin/audit_event/export/csv/"),
    "session details": get("/admin/session/details/?id={session}"),
    "project details": get("/admin/project/details/?id={project}"),
    "config details": get("/admin/project_config/details/?id={config}"),
    "room details": get("/admin/room/details/?id={room}"),
    "deploy details": get("/admin/deploy/details/?id={failed}"),
    "attempt details": get("/admin/attempt/details/?id={attempt}"),
    "template details": get("/admin/template/details/?id={template}"),
    "person details": get("/admin/user/details/?id={person}"),
    "open template form": get("/admin/template/edit/?id={template}"),
    "create template": post("/admin/template/new/", **TEMPLATE, new_id="{unused}"),
    "edit template": form("/admin/template/edit/?id={template}", **TEMPLATE),
    "delete template": post("/admin/template/delete/", id="{template}"),
    "delete templates in bulk": act("template", "delete", "{template}"),
    "revert template": post("/admin/template/revert/", id="{template}", event="{unused}"),
    "delete room": post("/admin/room/delete/", id="{room}"),
    "delete rooms in bulk": act("room", "delete", "{room}"),
    "delete project": post("/admin/project/delete/", id="{project}"),
    "delete session": post("/admin/session/delete/", id="{session}"),
    "trash": get("/console/trash/"),
    "restore what is not there": post("/console/trash/{unused}/restore"),
    "project history": get("/admin/project/history/?id={project}"),
    "template history": get("/admin/template/history/?id={template}"),
    "open config form": get("/admin/project_config/edit/?id={config}"),
    "edit config": form("/admin/project_config/edit/?id={config}", deployment_target="concept_aws"),
    "open room form": get("/admin/room/edit/?id={room}"),
    "edit room": form("/admin/room/edit/?id={room}", name="R", selected_combo_type=""),
    "open person form": get("/admin/user/edit/?id={person}"),
    "edit person": form("/admin/user/edit/?id={person}", name="P", role="viewer"),
    "create session": post("/admin/session/new/"),
    "edit session": post("/admin/session/edit/?id={session}"),
    "edit project": post("/admin/project/edit/?id={project}"),
    "delete deploy": post("/admin/deploy/delete/", id="{failed}"),
    "delete deploys in bulk": act("deploy", "delete", "{failed}"),
    "edit attempt": post("/admin/attempt/edit/?id={attempt}"),
    "delete audit event": post("/admin/audit_event/delete/", id="{unused}"),
    "delete person": post("/admin/user/delete/", id="{person}"),
    "retry deploy": act("deploy", "retry", "{failed}"),
    "cancel deploy": act("deploy", "cancel", "{waiting}"),
    "retry session": act("session", "retry", "{session}"),
    "mark configured": act("project", "mark_configured", "{project}"),
    "console": get("/console/"),
    "a widget": get("/console/widgets/funnel"),
    "session page": get("/console/sessions/{session}"),
    "project page": get("/console/projects/{project}"),
    "deploy page": get("/console/deploys/{failed}"),
    "attempt page": get("/console/attempts/{attempt}"),
    "attempt, in the reader": get("/console/attempts/{attempt}/reader"),
    "where a hook is used": get("/console/hooks/"),
    "find a hook": post("/console/hooks/", hook_url=HOOK),
    "uses of a deploy's hook": get("/console/hooks/deploys/{failed}"),
    "uses of a session's hook": get("/console/hooks/sessions/{session}"),
    "reveal a deploy's hook": post("/console/hooks/deploys/{failed}/reveal"),
    "reveal a session's hook": post("/console/hooks/sessions/{session}/reveal"),
    "room page": get("/console/rooms/{room}"),
    "studio": get("/console/studio"),
    "studio of a project": get("/console/studio/{project}"),
    "console: retry session": post("/console/sessions/{session}/retry"),
    "console: mark configured": post("/console/projects/{project}/configure"),
    "console: move project forward": post("/console/projects/{project}/move", to="deploy_configured"),
    "console: move project back": post("/console/projects/{project}/move", to="prompt_ready", reason="It broke."),
    "console: retry deploy": post("/console/deploys/{failed}/retry"),
    "console: cancel deploy": post("/console/deploys/{waiting}/cancel"),
    "console: edit room": form("/console/rooms/{room}", name="R", current_prompt_text="P", selected_combo_type=""),
    "console: edit prompt": form("/console/studio/{project}", prompt_text="P"),
    "palette": get("/console/palette/?q={session}"),
    "keys": get("/console/palette/keys"),
    "undo what nobody did": post("/console/undo/", events="{unused}"),
    "own second factors": get("/console/account/second-factors/"),
    "set an app up": post("/console/account/second-factors/app", code="123456"),
    "remove an app": post("/console/account/second-factors/app/remove"),
    "sign-in rules": get("/console/sign-in-rules/"),
    "set sign-in rules": post("/console/sign-in-rules/", role="admin"),
    "reset a second factor": post("/console/sign-in-rules/people/{person}/reset"),
    "second step without a first": get("/login/second-step"),
    "saved views": get("/console/views/"),
    "form of a view": get("/console/views/{view}"),
    "save a view": post("/console/views/", endpoint="session", name="V", arguments="search=x"),
    "share a view": post("/console/views/", endpoint="session", name="V", arguments="search=x", shared="1"),
    "change a view": post("/console/views/{view}", name="V"),
    "overwrite a view": post("/console/views/{view}/arguments", arguments="search=x"),
    "delete a view": post("/console/views/{view}/delete"),
    "pin a view": post("/console/views/{view}/pin"),
    "open a list with a view": post("/console/views/{view}/default"),
    "unpin a view": post("/console/views/{view}/unpin"),
    "move a pinned view": post("/console/views/{view}/move", to="up"),
    "change a shared view": post("/console/views/{shared_view}", name="V", shared="1"),
    "delete a shared view": post("/console/views/{shared_view}/delete"),
    "choose columns": post("/admin/session/columns/", column="status"),
    "choose rows on a page": post("/admin/session/page-size/", page_size="50"),
    "choose columns of templates": post("/admin/template/columns/", column="title"),
    "count a view's rows": get("/admin/session/how-many/?search=x"),
    "count a view of templates": get("/admin/template/how-many/?search=x"),
    "where one is signed in": get("/console/account/sign-ins"),
    "form of one's password": get("/console/account/password"),
    "set one's first password": post("/console/account/password"),
    "end a sign-in that is not there": post("/console/account/sign-ins/{unused}/end"),
    "end all other sign-ins": post("/console/account/sign-ins/end-others"),
    "sign out everywhere": post("/console/account/sign-ins/end-all"),
    "end another's sign-ins": post("/console/people/{person}/end-sign-ins"),
    "end another's one sign-in": post("/console/people/sign-ins/{unused}/end"),
    "make another a reset link": post("/console/people/{person}/reset-link"),
    "form for a lost password": get("/reset"),
    "own api tokens": get("/console/account/tokens/"),
    "form of an api token": get("/console/account/tokens/new"),
    "make an api token": post("/console/account/tokens/new", name="N", scope="read", days="7", new_id="{unused}"),
    "revoke an api token": post("/console/account/tokens/{token}/revoke"),
    "all api tokens": get("/admin/api_token/"),
    "export all api tokens": get("/admin/api_token/export/csv/"),
    "api token details": get("/admin/api_token/details/?id={token}"),
    "revoke api tokens in bulk": act("api_token", "revoke", "{token}"),
    "act as somebody": post("/console/acting/start", person="{person}", reason="A ticket"),
    "form for changes": get("/console/acting/"),
    "allow changes": post("/console/acting/"),
    "stop acting as somebody": post("/console/acting/stop"),
    "deliveries page": get("/console/deliveries/"),
    "pause deliveries": post("/console/deliveries/pause", reason="Moving"),
    "resume deliveries": post("/console/deliveries/resume"),
    "pause a host": post("/console/deliveries/pause", host="hooks.example.com", reason="Moving"),
    "try a host now": post("/console/deliveries/try", host="hooks.example.com"),
    "set a host's limits": post("/console/deliveries/limits", host="hooks.example.com", max_in_flight="2"),
    "failures": get("/console/failures/"),
    "failure group": get("/console/failures/{group}"),
    "failure group by fingerprint": get("/console/failures/of/1:known"),
    "resolve failure group": post("/console/failures/{group}/resolve"),
    "ignore failure group": post("/console/failures/{group}/ignore"),
    "reopen failure group": post("/console/failures/{group}/reopen"),
    "api: list failure groups": get("/api/failure-groups"),
    "api: read failure group": get("/api/failure-groups/{group}"),
    "api: resolve failure group": Action("POST", "/api/failure-groups/{group}/resolve", json={}),
    "api: ignore failure group": Action("POST", "/api/failure-groups/{group}/ignore", json={}),
    "api: reopen failure group": Action("POST", "/api/failure-groups/{group}/reopen", json={}),
    "bulk jobs": get("/console/bulk/"),
    "bulk job": get("/console/bulk/{job}"),
    "bulk job, renewed": get("/console/bulk/{job}/live?part=items"),
    "preview retrying all": get("/console/bulk/new/deploy/retry"),
    "preview cancelling all": get("/console/bulk/new/deploy/cancel"),
    "cancel all that match": post("/console/bulk/new/deploy/cancel", job="{unused}"),
    "retry all without their count": post("/console/bulk/new/deploy/retry", job="{unused}"),
    "cancel all from the list": post("/admin/deploy/action/", action="cancel", all_matching="1"),
    "cancel a bulk job": post("/console/bulk/{job}/cancel"),
    "undo another's act": post("/console/bulk/{job}/undo", job="{unused}"),
    "retry what failed for another": post("/console/bulk/{job}/retry", job="{unused}"),
    "recoveries": get("/console/recoveries/"),
    "recovery page": get("/console/recoveries/{recovery}"),
    "recovery page, renewed": get("/console/recoveries/{recovery}/live?part=progress"),
    "preview recovery": get("/console/recoveries/new?all=1"),
    "preview chosen deploys": post("/console/recoveries/new", rowid="{failed}"),
    "start recovery": post("/console/recoveries/", deploys="{failed}", as_of="{moment}", halt_share="20%"),
    "pause recovery": post("/console/recoveries/{recovery}/pause"),
    "resume recovery": post("/console/recoveries/{recovery}/resume"),
    "abort recovery": post("/console/recoveries/{recovery}/abort"),
    "recover from the list": act("deploy", "recover", "{failed}"),
    "api: preview recovery": Action("POST", "/api/recoveries/preview", json={"all": True}),
    "api: start recovery": Action("POST", "/api/recoveries", json={"deploys": ["{failed}"], "as_of": "{moment}"}),
    "api: list recoveries": get("/api/recoveries"),
    "api: read recovery": get("/api/recoveries/{recovery}"),
    "api: list recovery items": get("/api/recoveries/{recovery}/items"),
    "api: pause recovery": Action("POST", "/api/recoveries/{recovery}/pause", json={}),
    "api: resume recovery": Action("POST", "/api/recoveries/{recovery}/resume", json={}),
    "api: abort recovery": Action("POST", "/api/recoveries/{recovery}/abort", json={}),
    "wizard": get("/wizard/"),
    "start wizard": post("/wizard/start"),
    "answer a draft": post("/wizard/{draft}/purpose", purpose="A shop"),
    "api: summary": get("/api/console/summary"),
    "api: read session": get("/api/sessions/{session}"),
    "api: read project": get("/api/projects/{project}"),
    "api: read deploy": get("/api/deploys/{failed}"),
    "api: deploy session": Action("POST", "/api/console/deploy/{session}", json={}),
    "api: deploy to another hook": Action("POST", "/api/console/deploy/{session}", json={"hookUrl": HOOK}),
    "api: move project forward": Action("PATCH", "/api/projects/{project}", json={"status": "deploy_configured"}),
    "api: move project back": Action(
        "PATCH", "/api/projects/{project}", json={"status": "prompt_ready", "reason": "It broke."}
    ),
    "api: edit prompt": Action("PATCH", "/api/projects/{project}", json={"prompt_text": "P"}),
    "api: edit config": Action("PATCH", "/api/projects/{project}", json={"config": {"output_dir": "dist"}}),
    "api: read deliveries": get("/api/deliveries"),
    "api: pause deliveries": Action("POST", "/api/deliveries/pause", json={"reason": "Moving"}),
    "api: resume deliveries": Action("POST", "/api/deliveries/resume", json={}),
    "sign-in page": get("/login"),
    "alive": get("/healthz"),
    "ready": get("/readyz"),
}


def read(table: str) -> list[tuple[str, str, str]]:
    """(action, column, expected) for each cell of the table."""
    rows = [line for line in table.strip("\n").splitlines()[1:] if line.startswith("  ")]
    cells = [(line[2:36].strip(), line[36:].split()) for line in rows]
    return [(action, column, expected) for action, row in cells for column, expected in zip(COLUMNS, row, strict=True)]


ROWS = read(TABLE)


def records_of(make: Records, owner: Any, **shared: Any) -> dict[str, Any]:
    """One record of each kind that belongs to `owner`, and what is nobody's, by the names that actions use."""
    session = make.session(user=owner, status=SessionStatus.FAILED, vercel_hook_url=HOOK)
    failed = make.deploy(session=session)
    project = make.project(owner=owner, status=ProjectStatus.CODE_GENERATED)
    return {
        "session": session,
        "failed": failed,
        "attempt": make.attempt(deploy=failed),
        "waiting": make.deploy(
            session=make.session(user=owner, status=SessionStatus.COMPLETED), status=DeployStatus.QUEUED
        ),
        "draft": make.session(user=owner),
        "project": project,
        "config": make.config(project=project),
        "room": make.room(project=project),
        "view": make.saved_view(owner=owner),
        "token": add_token(make.db, owner),
        "job": make.bulk_job(failed, actor=actor_of(owner)),
        "recovery": make.recovery(make.deploy(session=make.session(user=owner, status=SessionStatus.COMPLETED))),
        **shared,
    }


@dataclass
class World:
    """What all cells of the table begin with."""

    connection: Connection
    people: dict[str | Role, User]
    """The member, for both of the member's columns, and one person for each role to the right."""
    own: dict[str, str]
    """The ids of what the member owns, by the names that actions use."""
    other: dict[str, str]
    """The ids of what is another's."""


@pytest.fixture(scope="module")
def world(app: Flask) -> Iterator[World]:
    """Made once, since it is much, in a transaction that ends with the last cell."""
    with app.app_context():
        engine = database.engine
    with engine.connect() as connection, connection.begin() as outer:
        with DbSession(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as db:
            make = Records(db, NOW)
            member = make.user(role=Role.MEMBER)
            shared = {
                "group": make.failure_group(fingerprint="1:known"),
                "template": make.template(),
                "person": make.user(),
                "shared_view": make.saved_view(is_shared=True),
            }
            own, other = records_of(make, member, **shared), records_of(make, make.user(), **shared)
            people = {role: make.user(role=role) for role in (Role.VIEWER, Role.OPERATOR, Role.ADMIN)}
            make.save()
        yield World(connection, {"own": member, "other": member, **people}, ids_of(own), ids_of(other))
        outer.rollback()


def ids_of(records: dict[str, Any]) -> dict[str, str]:
    return {name: str(record.id) for name, record in records.items()}


@pytest.fixture
def connection(app: Flask, world: World) -> Iterator[Connection]:
    """The world's connection; what a cell does to the world is rolled back at its end."""
    with world.connection.begin_nested() as savepoint, bound(app, world.connection):
        yield world.connection
        savepoint.rollback()


def outcome(answer: Any) -> str:
    """The answer in the table's words."""
    if answer.status_code in (302, 303, 307):
        return "login" if answer.headers["Location"].startswith("/login") else "ok"
    return "ok" if answer.status_code < 300 else str(answer.status_code)


@pytest.mark.parametrize(("action", "column", "expected"), ROWS)
def test_each_role_may_do_what_the_table_says(browser, sign_in, world, action, column, expected):
    ids = (world.own if column == "own" else world.other) | {
        "unused": "00000000-0000-4000-8000-000000000000",
        "moment": datetime.now(UTC).isoformat(),
    }
    who = browser if column == "visitor" else sign_in(user=world.people[column])

    if opens := ACTIONS[action].opens:
        ids["seen"] = Page(sign_in(user=world.people[Role.ADMIN]).get(opens.format(**ids))).field("seen")
    with ACTIONS[action].send(who, ids) as answer:
        text = answer.text  # to its end, as a browser reads a download

    assert outcome(answer) == expected, text


def test_the_table_has_every_action():
    assert {action for action, *_ in ROWS} == set(ACTIONS)
